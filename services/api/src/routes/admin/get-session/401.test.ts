import { expect, test } from '@jest/globals'
import request from 'supertest'
import { bearer, useApi } from '../../../testing/harness.ts'

const api = useApi()

test('no session, one that was made up, and a token, which is none', async () => {
  for (const headers of [{}, { cookie: `hangar_session=${'x'.repeat(43)}` }, await bearer('admin')]) {
    const response = await request(api.app).get('/admin/session').set(headers)
    expect(response.status).toBe(401)
    expect(response.body).toMatchObject({ code: 'unauthorized' })
  }
})
