import { listAudit } from '@hangar/db'
import { createAdmin } from '@hangar/testkit'
import { expect, test } from '@jest/globals'
import request from 'supertest'
import { accessToken, SERVICE_KEY, useApi } from '../../../testing/harness.ts'
import { signedIn } from '../../../testing/browser.ts'

const api = useApi()
const signIn = () => request(api.app).post('/admin/session')
const COOKIE = /^hangar_session=[\w-]{43}; Max-Age=43200; Path=\/; HttpOnly; SameSite=Strict$/

test('a token for a session: who, which role, until when, and what a change needs', async () => {
  const { userId, email } = await createAdmin(api.db, 'viewer')
  const response = await signIn().send({ access_token: await accessToken('viewer', { sub: userId }) })
  expect(response.status).toBe(200)
  expect(response.get('set-cookie')).toEqual([expect.stringMatching(COOKIE)])
  expect(response.body).toEqual({
    actor: `user:${userId}`,
    email,
    role: 'viewer',
    expires_at: expect.any(String),
    idle_timeout_ms: 1_800_000,
    csrf_token: expect.stringMatching(/^[\w-]{43}$/),
  })
  expect(response.headers['cache-control']).toBe('no-store')
})

test('the service key too, and each sign-in is in the audit log', async () => {
  const response = await signIn().send({ access_token: SERVICE_KEY })
  expect(response.body).toMatchObject({ actor: 'service_role', email: null, role: 'admin' })
  const [latest] = await listAudit(api.db, { limit: 1 })
  expect(latest).toMatchObject({ actor: 'service_role', action: 'session.create', after: { role: 'admin' } })
  expect(api.log.join('')).not.toContain(SERVICE_KEY)
})

test('the session that the browser had before is over', async () => {
  const before = await signedIn(api, 'viewer')
  await signIn().set(before).send({ access_token: SERVICE_KEY })
  expect((await request(api.app).get('/admin/session').set(before)).status).toBe(401)
})
