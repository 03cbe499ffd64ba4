import { createServer, type IncomingMessage, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, beforeEach, expect, test } from '@jest/globals'
import { runSql, startCourier, useTestDatabase, waitFor, type Courier, type Delivery } from '../index.ts'

type Received = { method: string | undefined; headers: IncomingMessage['headers']; body: string }

const t = useTestDatabase()
const received: Received[] = []
const deliveries: Delivery[] = []
let status = 202
let server: Server
let url: string
let courier: Courier | undefined

beforeEach(async () => {
  received.length = deliveries.length = 0
  status = 202
  server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      received.push({
        method: request.method,
        headers: request.headers,
        body: Buffer.concat(chunks).toString(),
      })
      response.writeHead(status).end()
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`
})

afterEach(async () => {
  await courier?.stop()
  server.closeAllConnections()
  await new Promise((resolve) => server.close(resolve))
})

const start = async () => {
  courier = await startCourier({
    connectionString: t.url,
    onDelivery: (delivery) => deliveries.push(delivery),
  })
}

const post = (body: string) =>
  runSql(
    t.url,
    `select net.http_post('${url}', '${body}'::jsonb, headers := '{"Content-Type": "application/json", "X-One": "1"}')`,
  )

test('sends what was queued before it came and what is queued after, with its headers and exact bytes', async () => {
  await post('{"n":   1}')
  await start()
  await waitFor(() => received.length === 1, { what: 'the first request' })
  await post('{"n": "ü"}')
  await waitFor(() => received.length === 2, { what: 'the second request' })
  expect(received.map(({ body }) => body)).toEqual(['{"n": 1}', '{"n": "ü"}'])
  expect(received[0]).toMatchObject({
    method: 'POST',
    headers: { 'x-one': '1', 'content-type': 'application/json' },
  })
})

test('tries once: an answer that is an error is not repeated, nor is a receiver that is away', async () => {
  status = 500
  await start()
  await post('{}')
  await waitFor(() => deliveries.length === 1, { what: 'the delivery' })
  const real = url
  url = 'http://127.0.0.1:1/nobody'
  await post('{}')
  await waitFor(() => deliveries.length === 2, { what: 'the failed delivery' })
  url = real
  status = 202
  await post('{"after": true}')
  await waitFor(() => deliveries.length === 3, { what: 'the next delivery' })
  expect(deliveries.map((delivery) => delivery.status)).toEqual([500, 'failed', 202])
  expect(received.map(({ body }) => body)).toEqual(['{}', '{"after": true}'])
})
