import { expect, test } from '@jest/globals'
import request from 'supertest'
import { signedIn } from '../../../testing/browser.ts'
import { useApi } from '../../../testing/harness.ts'

const api = useApi()

test.each([
  ['another site', { 'sec-fetch-site': 'cross-site' }],
  ['a page without the token', { 'x-csrf-token': '' }],
])('%s cannot sign a visitor out', async (_who, change) => {
  const headers = await signedIn(api, 'viewer')
  const response = await request(api.app)
    .delete('/admin/session')
    .set({ ...headers, ...change })
  expect(response.status).toBe(403)
  expect(response.body).toMatchObject({ code: 'csrf_failed' })
  expect((await request(api.app).get('/admin/session').set(headers)).status).toBe(200)
})
