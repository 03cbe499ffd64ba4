/** A long list of mail addresses against an API that takes so many requests in a minute and no more. */
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { testClock } from '@hangar/testkit'
import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals'
import { runCli } from '../../testing/cli.ts'

const WINDOW_SECONDS = 55
/** Who are looked up fills four windows: what is asked after them is refused at first too. */
const MOST_IN_WINDOW = 25
/** How many are looked up at the same time. */
const AT_ONCE = 8
const ADDRESSES = Array.from({ length: 4 * MOST_IN_WINDOW }, (_, at) => `user${at}@example.test`)

let server: Server
let env: Record<string, string>
let most: number
let clock: ReturnType<typeof hurriedClock>
let taken: Map<number, number>
let refused: number
/** Answers that wait; undefined: none does. */
let held: (() => void)[] | undefined

/** Each pause takes as long as it is, and none of ours. */
function hurriedClock() {
  const time = testClock()
  return {
    now: () => time.now(),
    sleep: (ms: number) => {
      time.set(new Date(time.now().getTime() + ms))
      return Promise.resolve()
    },
  }
}

/** Whether there is room in this window; with it the request counts. */
function takes(): boolean {
  const window = Math.floor(clock.now().getTime() / (WINDOW_SECONDS * 1_000))
  const before = taken.get(window) ?? 0
  if (before >= most) return false
  taken.set(window, before + 1)
  return true
}

beforeAll(async () => {
  server = createServer((request, response) => {
    request.resume()
    const answer = (status: number, body: unknown, headers = {}) =>
      response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body))
    if (!takes()) {
      refused += 1
      answer(429, { code: 'rate_limited', title: 'Too many requests.' }, { 'retry-after': WINDOW_SECONDS })
      return
    }
    const mail = new URL(request.url ?? '', 'http://here').searchParams.get('q') ?? ''
    if (request.method === 'POST') answer(200, { total: ADDRESSES.length, eligible: 0 })
    else if (mail === 'broken@example.test') answer(500, { code: 'internal', title: 'Something went wrong.' })
    else if (held) held.push(() => answer(200, { items: [] }))
    else answer(200, { items: [{ user_id: `id of ${mail}`, email: mail }], next_cursor: null })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  env = { HANGAR_API_URL: `http://127.0.0.1:${port}`, HANGAR_TOKEN: 'geheim' }
})
afterAll(() => {
  server.closeAllConnections()
  return new Promise((resolve) => server.close(resolve))
})
beforeEach(() => {
  most = MOST_IN_WINDOW
  clock = hurriedClock()
  taken = new Map()
  refused = 0
  held = undefined
})

const preview = (addresses: readonly string[]) =>
  runCli(['migrate-users', '--users-file', '-', '--dry-run', '--json'], {
    env,
    clock,
    input: addresses.join('\n'),
  })
const looked = () => [...taken.values()].reduce((sum, count) => sum + count, 0)

test('the limit is waited out, by all who look and by what comes after, and said once each time', async () => {
  const { code, stdout, stderr } = await preview(ADDRESSES)
  expect([code, stderr.split('\n')[0]]).toEqual([0, 'Too many requests. Trying again in 55 s.'])
  expect(JSON.parse(stdout)).toMatchObject({ total: ADDRESSES.length })
  expect(looked()).toBe(ADDRESSES.length + 1)
  expect(stderr.match(/Trying again/g)).toHaveLength(4)
  expect(refused).toBeGreaterThan(0)
})

test('what is wrong for good is told at once, and nobody is looked up after it', async () => {
  most = 1_000
  const others = (held = [])
  const { code } = await preview(['broken@example.test', ...ADDRESSES])
  expect(code).toBe(70)
  for (const answerOne of others as (() => void)[]) answerOne()
  // Whoever goes on has asked by then: requests of our own are answered after theirs.
  for (let turn = 1; turn <= 3; turn += 1) await fetch(`${env['HANGAR_API_URL']}/?q=broken@example.test`)
  expect(looked()).toBeLessThanOrEqual(AT_ONCE + 3)
})

test('there is an end to it', async () => {
  most = 0
  const { code, stderr } = await preview(ADDRESSES)
  expect([code, stderr]).toEqual([75, expect.stringMatching(/hangar: Too many requests\.|"exit_code":75/)])
  expect(refused).toBeLessThan(100)
})
