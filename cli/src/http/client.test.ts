/** What the client does when the way to the API is bad: a server that answers as it is told. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { testClock } from '@hangar/testkit'
import { afterEach, beforeEach, expect, test } from '@jest/globals'
import { answer, type Api, createApi } from './client.ts'
import { ConnectionError, ProblemError } from './problem.ts'

type Answer = (response: ServerResponse, request: IncomingMessage) => void
type Seen = { method: string | undefined; key: unknown; authorization: unknown }

let server: Server
let seen: Seen[]
let answers: Answer[]
let api: Api
const interrupt = new AbortController()

const json =
  (status: number, body: unknown, headers: Record<string, string> = {}): Answer =>
  (response) =>
    response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body))
const hangUp: Answer = (response) => response.destroy()
const breakOff: Answer = (response) => {
  response.writeHead(200, { 'content-type': 'application/json', 'content-length': '100' })
  response.write('{"items":', () => response.destroy())
}

beforeEach(async () => {
  seen = []
  server = createServer((request, response) => {
    const { method, headers } = request
    seen.push({ method, key: headers['idempotency-key'], authorization: headers.authorization })
    request.resume()
    ;(answers[seen.length - 1] ?? hangUp)(response, request)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const clock = testClock()
  // No pause takes any time: what is tested is whether there is a next try.
  const hurried = { now: () => clock.now(), sleep: () => Promise.resolve() }
  api = createApi({ url, token: 'geheim', clock: hurried, signal: interrupt.signal, version: '1' })
})
afterEach(() => {
  server.closeAllConnections()
  return new Promise((resolve) => server.close(resolve))
})

const read = () => answer(api.GET('/v1/brakes'))
const change = () => answer(api.POST('/v1/sweeps/{name}', { params: { path: { name: 'health' } }, body: {} }))
const busy = { code: 'idempotency_in_flight', title: 'The first request is still being carried out.' }

test('a change that is cut off, refused for a moment or still in hand is sent again under the same key', async () => {
  answers = [hangUp, breakOff, json(409, busy), json(202, { name: 'health', dry_run: false })]
  expect(await change()).toEqual({ name: 'health', dry_run: false })
  expect(seen).toHaveLength(4)
  expect(new Set(seen.map(({ key }) => key)).size).toBe(1)
  expect(seen[0]).toEqual({
    method: 'POST',
    key: expect.stringMatching(/^[0-9a-f-]{36}$/),
    authorization: 'Bearer geheim',
  })
})

test('two changes have two keys, and reads have none', async () => {
  answers = [json(202, {}), json(202, {}), json(200, { items: [] })]
  await change()
  await change()
  await read()
  expect(new Set(seen.map(({ key }) => key)).size).toBe(3)
  expect(seen[2]?.key).toBeUndefined()
})

test('it gives up after a few tries, and says how to repeat a change', async () => {
  answers = []
  const error = await change().catch((reason: unknown) => reason)
  expect(error).toBeInstanceOf(ConnectionError)
  expect(seen).toHaveLength(4)
  const hint = `Whether it was done is not known. Once at most: repeat it with --idempotency-key ${String(seen[0]?.key)}`
  expect((error as ConnectionError).hints).toEqual([hint])
})

test('what is refused for good is not asked again, nor is a limit that lasts', async () => {
  const limited = { code: 'rate_limited', title: 'Too many requests.' }
  answers = [
    json(422, { code: 'validation_failed', title: 'Wrong.', errors: [{ field: 'a', message: 'b' }] }),
  ]
  await expect(read()).rejects.toMatchObject({ exitCode: 65, hints: ['a: b'] })
  expect(seen).toHaveLength(1)
  answers.push(json(429, limited, { 'retry-after': '60' }))
  await expect(read()).rejects.toMatchObject({ exitCode: 75, retryAfterSeconds: 60 })
  expect(seen).toHaveLength(2)
  answers.push(json(429, limited, { 'retry-after': '1' }), json(200, { items: [] }))
  expect(await read()).toEqual({ items: [] })
})

test('the token goes nowhere else', async () => {
  answers = Array.from(
    { length: 4 },
    () => (response: ServerResponse) => response.writeHead(307, { location: '/else' }).end(),
  )
  await expect(read()).rejects.toBeInstanceOf(ConnectionError)
  expect(seen.every(({ method }) => method === 'GET')).toBe(true)
  expect(seen).toHaveLength(4)
})

test('something in between answers', async () => {
  answers = [json(418, '<html>')]
  const error = await read().catch((reason: unknown) => reason)
  expect(error).toBeInstanceOf(ProblemError)
  expect(error).toMatchObject({
    code: 'http_418',
    message: "The API answered 418, and not as Hangar's does.",
  })
})
