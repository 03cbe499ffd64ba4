import { expect, test } from '@jest/globals'
import request from 'supertest'
import { signedIn } from '../../../testing/browser.ts'
import { useApi } from '../../../testing/harness.ts'

const api = useApi()
const EMPTY = /^hangar_session=; Max-Age=0; Path=\/admin;/

test('the cookie is emptied, with or without a session', async () => {
  for (const headers of [await signedIn(api, 'admin'), {}]) {
    const response = await request(api.app).delete('/admin/session').set(headers)
    expect(response.status).toBe(204)
    expect(response.get('set-cookie')).toEqual([expect.stringMatching(EMPTY)])
  }
})

test('the button of the page does the same and leads back to it', async () => {
  const response = await request(api.app)
    .post('/admin/sign-out')
    .set(await signedIn(api, 'admin'))
  expect(response.status).toBe(303)
  expect(response.headers['location']).toBe('/admin')
  expect(response.get('set-cookie')).toEqual([expect.stringMatching(EMPTY)])
})

test('another site cannot sign a visitor out', async () => {
  const response = await request(api.app).post('/admin/sign-out').set({ 'sec-fetch-site': 'cross-site' })
  expect(response.status).toBe(403)
})
