import { listAudit } from '@hangar/db'
import { describe, expect, test } from '@jest/globals'
import request from 'supertest'
import { accessToken, bearer, SERVICE_KEY, useApi } from '../../../testing/harness.ts'

const api = useApi()
const signIn = () => request(api.app).post('/admin/session')
const COOKIE = /^hangar_session=[\w.-]+; Max-Age=3600; Path=\/admin; HttpOnly; SameSite=Strict$/

describe('a credential for a cookie', () => {
  test('in the body', async () => {
    const response = await signIn().send({ access_token: await accessToken('viewer') })
    expect(response.status).toBe(200)
    expect(response.get('set-cookie')).toEqual([expect.stringMatching(COOKIE)])
    expect(response.body).toEqual({
      actor: expect.stringMatching(/^user:/),
      role: 'viewer',
      expires_at: expect.any(String),
    })
    expect(response.headers['cache-control']).toBe('no-store')
  })

  test('as bearer, and the service key as apikey', async () => {
    const asBearer = await signIn().set(await bearer('admin'))
    expect(asBearer.body).toMatchObject({ role: 'admin' })
    const asKey = await signIn().set({ apikey: SERVICE_KEY })
    expect(asKey.body).toMatchObject({ actor: 'service_role', role: 'admin' })
  })

  test('each sign-in is in the audit log', async () => {
    await signIn().set({ apikey: SERVICE_KEY })
    const [latest] = await listAudit(api.db, { limit: 1 })
    expect(latest).toMatchObject({
      actor: 'service_role',
      action: 'session.create',
      after: { role: 'admin' },
    })
  })
})

test('the form of the page leads to the queues', async () => {
  const response = await signIn().type('form').send({ access_token: SERVICE_KEY })
  expect(response.status).toBe(303)
  expect(response.headers['location']).toBe('/admin/queues/')
  expect(response.get('set-cookie')).toEqual([expect.stringMatching(COOKIE)])
})
