import { describe, expect, test } from '@jest/globals'
import request from 'supertest'
import { signedIn } from '../../../testing/browser.ts'
import { bearer, useApi } from '../../../testing/harness.ts'

describe('200', () => {
  const api = useApi()

  test('who is signed in, and again the token for changes', async () => {
    const headers = await signedIn(api, 'operator')
    const response = await request(api.app).get('/admin/session').set('cookie', headers.cookie)
    expect(response.status).toBe(200)
    expect(response.headers['cache-control']).toBe('no-store')
    expect(response.get('set-cookie')).toBeUndefined()
    expect(response.body).toMatchObject({ role: 'operator', csrf_token: headers['x-csrf-token'] })
  })
})

describe('401', () => {
  const api = useApi()

  test('no session, one that was made up, and a token, which is none', async () => {
    for (const headers of [{}, { cookie: `hangar_session=${'x'.repeat(43)}` }, await bearer('admin')]) {
      const response = await request(api.app).get('/admin/session').set(headers)
      expect(response.status).toBe(401)
      expect(response.body).toMatchObject({ code: 'unauthorized' })
    }
  })
})
