import { expect, test } from '@jest/globals'
import request from 'supertest'
import { signedIn } from '../../../testing/browser.ts'
import { useApi } from '../../../testing/harness.ts'

const api = useApi()

test('who is signed in, and again the token for changes', async () => {
  const headers = await signedIn(api, 'operator')
  const response = await request(api.app).get('/admin/session').set('cookie', headers.cookie)
  expect(response.status).toBe(200)
  expect(response.headers['cache-control']).toBe('no-store')
  expect(response.get('set-cookie')).toBeUndefined()
  expect(response.body).toMatchObject({ role: 'operator', csrf_token: headers['x-csrf-token'] })
})
