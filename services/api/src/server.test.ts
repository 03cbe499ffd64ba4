import { once } from 'node:events'
import { Agent, get, type IncomingMessage } from 'node:http'
import { connect } from 'node:net'
import { afterEach, expect, test } from '@jest/globals'
import { startServer } from './server.ts'

const agent = new Agent({ keepAlive: true })
afterEach(() => agent.destroy())

const never = new AbortController().signal

function fetchFrom(port: number): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const request = get({ port, host: '127.0.0.1', agent }, (response) => {
      response.resume()
      response.on('end', () => resolve(response))
    })
    request.on('error', reject)
  })
}

test('closing waits for the answer under way, and not for the connection that a client keeps', async () => {
  const asked = Promise.withResolvers<undefined>()
  const mayAnswer = Promise.withResolvers<undefined>()
  const server = await startServer(
    (_request, response) => {
      asked.resolve(undefined)
      void mayAnswer.promise.then(() => response.end('done'))
    },
    { port: 0, host: '127.0.0.1' },
  )
  const answer = fetchFrom(server.port)
  await asked.promise
  const closed = server.close(never)
  mayAnswer.resolve(undefined)
  expect((await answer).statusCode).toBe(200)
  const startedAt = performance.now()
  await closed
  expect(performance.now() - startedAt).toBeLessThan(4000)
})

test('closing does not wait for a connection on which nothing was ever asked', async () => {
  const server = await startServer(() => undefined, { port: 0, host: '127.0.0.1' })
  const socket = connect(server.port, '127.0.0.1')
  await once(socket, 'connect')
  const ended = once(socket, 'close')
  await server.close(never)
  await ended
})

test('at the deadline whatever is left is cut off', async () => {
  const asked = Promise.withResolvers<undefined>()
  const server = await startServer(() => asked.resolve(undefined), { port: 0, host: '127.0.0.1' })
  const answer = fetchFrom(server.port)
  await asked.promise
  const deadline = new AbortController()
  const closed = server.close(deadline.signal)
  deadline.abort()
  await closed
  await expect(answer).rejects.toThrow(/hang up|ECONNRESET/)
})

test('while it gives notice it answers, and keeps no connection', async () => {
  const server = await startServer((_request, response) => response.end('done'), {
    port: 0,
    host: '127.0.0.1',
  })
  expect((await fetchFrom(server.port)).headers.connection).toBe('keep-alive')
  const enough = new AbortController()
  const closed = server.close(enough.signal, 60_000)
  const answer = await fetchFrom(server.port)
  expect([answer.statusCode, answer.headers.connection]).toEqual([200, 'close'])
  // The deadline ends the notice too.
  enough.abort()
  await closed
  await expect(fetchFrom(server.port)).rejects.toThrow(/ECONNREFUSED/)
})
