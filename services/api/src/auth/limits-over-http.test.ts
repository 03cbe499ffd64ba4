/** What a caller sees who asks too often, and that it is told apart from everybody else. */
import { randomUUID } from 'node:crypto'
import { expect, test } from '@jest/globals'
import request from 'supertest'
import { signedIn } from '../testing/browser.ts'
import { bearer, serviceKey, useApi } from '../testing/harness.ts'

const api = useApi({
  deps: {
    limits: { personPerMinute: 3, keyPerMinute: 4, refusedPerMinute: 20, signInFailures: 10 },
    trustedProxyHops: 1,
  },
})
const ask = (headers: Record<string, string>, path = '/v1/apps') => request(api.app).get(path).set(headers)
const statuses = async (times: number, headers: Record<string, string>, path?: string) => {
  const all: number[] = []
  for (let n = 0; n < times; n++) all.push((await ask(headers, path)).status)
  return all
}

test('a person by token and by session is one caller; another person is another, and so is a key', async () => {
  const browser = await signedIn(api, 'viewer')
  expect(await statuses(3, browser)).toEqual([200, 200, 200])
  const response = await ask(browser)
  expect(response.status).toBe(429)
  expect(Number(response.headers['retry-after'])).toBeGreaterThan(0)
  expect(response.body).toMatchObject({ code: 'rate_limited', title: 'Too many requests. Try again later.' })
  const session = await request(api.app).get('/admin/session').set(browser)
  const sub = (session.body as { actor: string }).actor.replace('user:', '')
  expect((await ask(await bearer('viewer', { sub }))).status).toBe(429)
  expect((await ask(await bearer('viewer', { sub: randomUUID() }))).status).toBe(200)
  expect(await statuses(5, serviceKey)).toEqual([200, 200, 200, 200, 429])
})

test('Bull Board counts as well', async () => {
  const headers = await signedIn(api, 'viewer')
  expect(await statuses(4, headers, '/admin/queues/api/queues')).toEqual([200, 200, 200, 429])
})

test('guesses from one address become 429, and those of others stay 401', async () => {
  const guess = { apikey: 'sb_secret_guessed', 'x-forwarded-for': '198.51.100.1' }
  const answers = await Promise.all(Array.from({ length: 30 }, () => ask(guess)))
  expect(answers.filter(({ status }) => status === 401)).toHaveLength(20)
  expect(answers.filter(({ status }) => status === 429)).toHaveLength(10)
  expect((await ask({ ...guess, 'x-forwarded-for': '198.51.100.2' })).status).toBe(401)
})

test('what asks whether the API is alive is never counted', async () => {
  expect(new Set(await statuses(20, {}, '/healthz'))).toEqual(new Set([200]))
})
