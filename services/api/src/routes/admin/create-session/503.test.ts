import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, expect, test } from '@jest/globals'
import request from 'supertest'
import { SERVICE_KEY, useApi } from '../../../testing/harness.ts'

let answer: (response: ServerResponse) => void = (response) => response.end()
const server = createServer((_request, response) => answer(response))
await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/auth/v1`
afterAll(async () => {
  server.closeAllConnections()
  await new Promise((resolve) => server.close(resolve))
})

const api = useApi({
  deps: {
    supabaseAuth: { url, apiKey: 'sb_publishable_of_the_test' },
    limits: { personPerMinute: 0, keyPerMinute: 0, refusedPerMinute: 0, signInFailures: 1 },
  },
})
const signIn = (body: object) => request(api.app).post('/admin/session').send(body)
const ada = { email: 'ada@example.test', password: 'the right one' }

const says = (status: number, body: unknown) => (response: ServerResponse) =>
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))

// Often enough that it would be too often, if any of it counted as Ada's failure.
test.each<[string, (response: ServerResponse) => void]>([
  ['cuts the connection', (response) => response.destroy()],
  ['has an error of its own', says(500, { msg: 'Internal Server Error' })],
  ['does not know our key', says(401, { message: 'Invalid API key' })],
  ['is not there', says(404, {})],
  ['wants a captcha, which this page has not', says(400, { error_code: 'captcha_failed' })],
  ['answers with a page', (response) => response.end('<html>')],
  ['answers without a token', says(200, { user: {} })],
  ['leads elsewhere', (response) => response.writeHead(302, { location: 'http://127.0.0.1:1/' }).end()],
])('Supabase Auth %s', async (_what, how) => {
  answer = how
  const response = await signIn(ada)
  expect(response.status).toBe(503)
  expect(response.headers['retry-after']).toBe('2')
  expect(response.body).toMatchObject({ code: 'sign_in_unavailable' })
  expect(response.get('set-cookie')).toBeUndefined()
  expect(api.log.join('')).not.toContain(ada.password)
})

test('its own limit is passed on', async () => {
  answer = says(429, { error_code: 'over_request_rate_limit' })
  const response = await signIn(ada)
  expect(response.status).toBe(429)
  expect(response.headers['retry-after']).toBe('60')
})

test('the service key opens a session meanwhile', async () => {
  expect((await signIn({ access_token: SERVICE_KEY })).status).toBe(200)
})
