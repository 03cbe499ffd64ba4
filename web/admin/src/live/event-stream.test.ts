import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, beforeEach, expect, test } from '@jest/globals'
import {
  openEventStream,
  type Away,
  type EventStream,
  type EventStreamOptions,
  type StreamState,
} from './event-stream.ts'
import type { ServerEvent } from './sse-parser.ts'

/** What the server does with each request, in their order; the last one goes on. */
type Answer = (response: ServerResponse) => void

let server: Server
let requests: IncomingMessage[]
let answers: Answer[]
let streams: EventStream[]
let listeners: (() => void)[]

beforeEach(async () => {
  requests = []
  answers = []
  streams = []
  listeners = []
  server = createServer((request, response) => {
    requests.push(request)
    answers[Math.min(requests.length, answers.length) - 1]?.(response)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
})

afterEach(async () => {
  for (const stream of streams) stream.close()
  server.closeAllConnections()
  await new Promise((resolve) => server.close(resolve))
})

const say =
  (text: string, thenEnd = false): Answer =>
  (response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' })
    response.write(text)
    if (thenEnd) response.end()
  }
const refuse =
  (status: number): Answer =>
  (response) =>
    void response.writeHead(status).end()

function start(options: Partial<EventStreamOptions> = {}) {
  const events: ServerEvent[] = []
  const states: StreamState[] = []
  const away: Away[] = []
  let refused = 0
  const tell = () => {
    for (const listener of listeners) listener()
  }
  const stream = openEventStream({
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    onEvent: (event) => {
      events.push(event)
      tell()
    },
    onState: (state, why) => {
      states.push(state)
      if (why !== undefined) away.push(why)
      tell()
    },
    onRefused: () => {
      refused += 1
      tell()
    },
    retryBaseMs: 5,
    random: () => 1,
    ...options,
  })
  streams.push(stream)
  return { stream, events, states, away, refused: () => refused }
}

/** Resolves as soon as it is so, which is looked at with each event and state. */
function until(condition: () => boolean): Promise<void> {
  return new Promise((resolve) => {
    const look = () => {
      if (condition()) resolve()
    }
    listeners.push(look)
    look()
  })
}

test('after a break it asks for what followed the last event that it saw', async () => {
  answers = [
    say('id: 41\nevent: app\ndata: 1\n\nid: 42\nevent: app\ndata: 2\n\n', true),
    say('id: 43\ndata: 3\n\n'),
  ]
  const { events, states } = start()
  await until(() => events.length === 3)
  expect(events.map((event) => event.data)).toEqual(['1', '2', '3'])
  expect(requests.map((request) => request.headers['last-event-id'])).toEqual([undefined, '42'])
  expect(states).toEqual(['connecting', 'open', 'waiting', 'connecting', 'open'])
})

test('while the API is away it tries on, and is live as soon as it is back', async () => {
  answers = [refuse(503), (response) => response.destroy(), refuse(502), say('data: back\n\n')]
  const { events, states } = start()
  await until(() => events.length === 1)
  expect(states.filter((state) => state === 'waiting')).toHaveLength(3)
  expect(states.at(-1)).toBe('open')
})

test('it says why it is away: too many is not the same as gone', async () => {
  answers = [refuse(429), (response) => response.destroy(), refuse(503), say('data: back\n\n')]
  const { events, away } = start()
  await until(() => events.length === 1)
  expect(away).toEqual(['too-many', 'unreachable', 'failing'])
})

test('a connection that is open and silent counts as broken', async () => {
  answers = [say(': hello\n\n'), say('data: x\n\n')]
  const { events } = start({ silenceMs: 40 })
  await until(() => events.length === 1)
  expect(requests.length).toBe(2)
})

test('when the session is over it stops, says so once and asks no more', async () => {
  answers = [refuse(401)]
  const { refused, states } = start()
  await until(() => refused() === 1)
  expect(states).toEqual(['connecting', 'closed'])
  expect(requests.length).toBe(1)
})

test('closed, it says nothing more', async () => {
  answers = [say('data: x\n\n')]
  const { stream, events, states } = start()
  await until(() => events.length === 1)
  stream.close()
  stream.close()
  expect(states.filter((state) => state === 'closed')).toHaveLength(1)
})

test('a pause is cut short when somebody looks at the page again', async () => {
  answers = [refuse(503), say('data: x\n\n')]
  const { stream, events, states } = start({ retryBaseMs: 3_600_000 })
  await until(() => states.at(-1) === 'waiting')
  stream.wake()
  await until(() => events.length === 1)
  expect(requests.length).toBe(2)
})
