import { expect, test } from '@jest/globals'
import request from 'supertest'
import { accessToken, SERVICE_KEY, useApi } from '../../../testing/harness.ts'

const api = useApi()

test('a customer of the product is known, and not let in', async () => {
  const response = await request(api.app)
    .post('/admin/session')
    .send({ access_token: await accessToken(null) })
  expect(response.status).toBe(403)
  expect(response.get('set-cookie')).toBeUndefined()
})

test.each([
  ['another site', { 'sec-fetch-site': 'cross-site' }],
  ['a sibling domain', { 'sec-fetch-site': 'same-site' }],
  ['an old browser on another site', { origin: 'https://evil.test' }],
  ['a sandboxed frame', { origin: 'null' }],
])('%s cannot sign a visitor in', async (_name, headers) => {
  const response = await request(api.app)
    .post('/admin/session')
    .set(headers)
    .send({ access_token: SERVICE_KEY })
  expect(response.status).toBe(403)
  expect(response.get('set-cookie')).toBeUndefined()
})

test.each([
  ['our page', { 'sec-fetch-site': 'same-origin' }],
  ['our page in an old browser', { origin: 'http://hangar.test' }],
])('%s can', async (_name, headers) => {
  const response = await request(api.app)
    .post('/admin/session')
    .set(headers)
    .send({ access_token: SERVICE_KEY })
  expect(response.status).toBe(200)
})
