/** Signing in by password, against the stand-in for Supabase Auth: its accounts are this file's auth.users. */
import { createAdmin, createUser, startAuthStandIn } from '@hangar/testkit'
import { afterAll, describe, expect, test } from '@jest/globals'
import { sql } from 'kysely'
import request from 'supertest'
import { SERVICE_KEY, useApi } from '../../../testing/harness.ts'

const standIn = await startAuthStandIn({ connectionString: () => api.databaseUrl })
const { issuer } = standIn
const api = useApi({
  deps: {
    auth: { serviceRoleKeys: [SERVICE_KEY], issuer, keysUrl: `${issuer}/.well-known/jwks.json` },
    supabaseAuth: { url: issuer, apiKey: 'sb_publishable_of_the_test' },
    limits: { personPerMinute: 0, keyPerMinute: 0, refusedPerMinute: 0, signInFailures: 3 },
    trustedProxyHops: 1,
  },
})
afterAll(() => standIn.stop())

/** From an address of its own, unless told: else the tests would count each other's failures. */
let addresses = 0
const signIn = (email: string, password = standIn.password, from = `203.0.113.${++addresses}`) =>
  request(api.app).post('/admin/session').set('x-forwarded-for', from).send({ email, password })

describe('the right password', () => {
  test('opens a session, and the one that Supabase Auth began is given back', async () => {
    const { email, userId } = await createAdmin(api.db, 'operator')
    const before = standIn.calls.logout
    const response = await signIn(email.toUpperCase())
    expect(response.status).toBe(200)
    expect(response.body).toMatchObject({ actor: `user:${userId}`, email, role: 'operator' })
    const [cookie = ''] = response.get('set-cookie') ?? []
    expect((await request(api.app).get('/v1/apps').set('cookie', cookie)).status).toBe(200)
    expect(standIn.calls.logout).toBe(before + 1)
    expect(standIn.calls.jwks).toBe(1)
  })

  test.each([
    ['a customer', async () => (await createUser(api.db)).email, 403, 'forbidden'],
    [
      'somebody who is banned',
      async () => {
        const { email, userId } = await createAdmin(api.db, 'admin')
        await sql`update auth.users set banned_until = 'infinity' where id = ${userId}`.execute(api.db)
        return email
      },
      401,
      'sign_in_failed',
    ],
  ])('of %s opens nothing', async (_who, make, status, code) => {
    const response = await signIn(await make())
    expect(response.status).toBe(status)
    expect(response.body).toMatchObject({ code })
    expect(response.get('set-cookie')).toBeUndefined()
  })
})

test('a wrong password and an address that nobody has are one and the same answer', async () => {
  const { email } = await createAdmin(api.db, 'viewer')
  const answers = await Promise.all([signIn(email, 'guess-of-a-password'), signIn('nobody@example.test')])
  const bodies = answers.map(({ body }) => ({ ...(body as object), request_id: '' }))
  expect(bodies[0]).toEqual(bodies[1])
  expect(answers.map(({ status }) => status)).toEqual([401, 401])
  expect(bodies[0]).toMatchObject({ code: 'sign_in_failed', title: 'The address or the password is wrong.' })
  expect(api.log.join('')).not.toContain('guess-of-a-password')
})

test('after too many failures from one address: 429 and when to come back, without a try', async () => {
  const { email } = await createAdmin(api.db, 'viewer')
  const from = '198.51.100.7'
  for (let n = 0; n < 3; n++) expect((await signIn(email, 'wrong', from)).status).toBe(401)
  const tried = standIn.calls.token
  const response = await signIn(email, standIn.password, from)
  expect(response.status).toBe(429)
  expect(response.body).toMatchObject({ code: 'rate_limited', retry_after_seconds: expect.any(Number) })
  const seconds = Number(response.headers['retry-after'])
  expect(seconds).toBeGreaterThan(800)
  expect(seconds).toBeLessThanOrEqual(900)
  expect(standIn.calls.token).toBe(tried)
  // A header that the client made up is not the address: the proxy adds its own behind it.
  expect((await signIn(email, standIn.password, `10.0.0.1, ${from}`)).status).toBe(429)
  expect((await signIn(email)).status).toBe(200)
})

test('a token of another project, or of an unpublished key, opens nothing', async () => {
  const { userId } = await createAdmin(api.db, 'admin')
  const claims = { sub: userId, aud: 'authenticated', exp: 4e9, app_metadata: { role: 'admin' } }
  const send = (token: string) => request(api.app).post('/admin/session').send({ access_token: token })
  expect((await send(standIn.sign({ ...claims, iss: 'https://other.supabase.co/auth/v1' }))).status).toBe(401)
  expect((await send(standIn.sign({ ...claims, iss: issuer }))).status).toBe(200)
  standIn.rotateKey({ keepOld: false })
  expect((await send(standIn.sign({ ...claims, iss: issuer }))).status).toBe(401)
})
