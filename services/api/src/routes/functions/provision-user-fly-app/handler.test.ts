import { findActiveOverride, findWant, listAudit } from '@hangar/db'
import { createUser } from '@hangar/testkit'
import { describe, expect, test } from '@jest/globals'
import request from 'supertest'
import { createAppRow, JWT_SECRET, SERVICE_KEY, serviceKey, useApi } from '../../../testing/harness.ts'
import { SignJWT } from 'jose'
import { randomUUID } from 'node:crypto'

describe('200, redis down', () => {
  const api = useApi({ redis: 'down' })

  test('with Redis away the want is in Postgres, and the relay will make the job', async () => {
    const { userId } = await createUser(api.db, { tier: 'pro' })
    const response = await request(api.app)
      .post('/functions/v1/provision-user-fly-app')
      .set(serviceKey)
      .send({ user_id: userId, tier: 'pro' })
    expect(response.status).toBe(200)
    expect(response.body).toMatchObject({ success: true, job_id: null })
    expect(await findWant(api.db, userId)).toMatchObject({ wantedVersion: 2, source: 'manual' })
  })

  test('a sweep of all health has nowhere else to be: 503', async () => {
    const response = await request(api.app).post('/functions/v1/check-fly-apps-health').set(serviceKey)
    expect(response.status).toBe(503)
    expect(response.body).toMatchObject({ code: 'redis_unavailable' })
  })
})

describe('200', () => {
  const api = useApi()
  const call = (body: object, headers: Record<string, string> = serviceKey) =>
    request(api.app).post('/functions/v1/provision-user-fly-app').set(headers).send(body)

  test('a paying user without an app yet: it is on its way', async () => {
    const { userId } = await createUser(api.db, { tier: 'pro' })
    const response = await call({ user_id: userId, tier: 'pro' })
    expect(response.status).toBe(200)
    expect(response.body).toEqual({
      success: true,
      user_id: userId,
      status: 'provisioning',
      fly_app_name: null,
      job_id: expect.any(String),
    })
    expect(await listAudit(api.db, { userId, limit: 5 })).toMatchObject([
      { actor: 'service_role', action: 'app.provision', userId },
    ])
  })

  test('twice at once: one job, and both know it', async () => {
    const { userId } = await createUser(api.db, { tier: 'pro' })
    const answers = await Promise.all([1, 2, 3].map(() => call({ user_id: userId, tier: 'pro' })))
    const jobIds = new Set(answers.map((answer) => (answer.body as { job_id: string }).job_id))
    expect(answers.map((answer) => answer.status)).toEqual([200, 200, 200])
    expect(jobIds.size).toBe(1)
    expect((await findWant(api.db, userId))?.wantedVersion).toBe(4)
  })

  test('with an app: its name and status', async () => {
    const { userId } = await createUser(api.db, { tier: 'elite' })
    const app = await createAppRow(api.db, userId, { tier: 'elite' })
    const response = await call({ user_id: userId.toUpperCase(), tier: 'Elite' })
    expect(response.body).toMatchObject({ user_id: userId, status: 'active', fly_app_name: app.flyAppName })
  })

  test('as the product calls it: with a service-role bearer, and fields of its own', async () => {
    const { userId } = await createUser(api.db, { tier: 'pro' })
    const legacy = await new SignJWT({ iss: 'supabase', ref: 'ref', role: 'service_role' })
      .setProtectedHeader({ alg: 'HS256' })
      // Supabase's own last for ten years.
      .setExpirationTime('10y')
      .sign(new TextEncoder().encode(JWT_SECRET))
    for (const key of [legacy, SERVICE_KEY]) {
      const response = await call(
        { user_id: userId, tier: 'pro', source: 'edge' },
        { authorization: `Bearer ${key}` },
      )
      expect(response.status).toBe(200)
    }
  })

  test('forced against the tier: an override with audit, once however often it is called', async () => {
    const { userId } = await createUser(api.db, { tier: 'free' })
    const body = { user_id: userId, tier: 'pro', force: true, reason: 'goodwill' }
    expect((await call(body)).body).toMatchObject({ success: true, status: 'provisioning' })
    const override = await findActiveOverride(api.db, userId)
    expect(override).toMatchObject({
      desired: 'on',
      reason: 'goodwill',
      actor: 'service_role',
      guest: { memoryMb: 512 },
    })
    expect((await call(body)).status).toBe(200)
    expect((await findActiveOverride(api.db, userId))?.id).toBe(override?.id)
    const [second, first] = await listAudit(api.db, { userId, limit: 5 })
    expect(first).toMatchObject({ reason: 'goodwill', after: { effect: 'override' } })
    expect(second).toMatchObject({ before: { override: 'on' }, after: { effect: 'work' } })
  })
})

describe('404', () => {
  const api = useApi()

  test('a user nobody has heard of gets no app, forced or not', async () => {
    const userId = randomUUID()
    for (const force of [{}, { force: true, reason: 'typo in the id' }]) {
      const response = await request(api.app)
        .post('/functions/v1/provision-user-fly-app')
        .set(serviceKey)
        .send({ user_id: userId, tier: 'pro', ...force })
      expect(response.status).toBe(404)
      expect(response.body).toMatchObject({ code: 'unknown_user' })
    }
    expect(await findActiveOverride(api.db, userId)).toBeNull()
  })
})

describe('409', () => {
  const api = useApi()

  test.each([
    ['a free user', 'free', 'pro'],
    ['a tier that is not theirs', 'pro', 'elite'],
    ['a tier that nobody sells', 'pro', 'platinum'],
  ])('%s', async (_name, tier, asked) => {
    const { userId } = await createUser(api.db, { tier })
    const before = await findWant(api.db, userId)
    const response = await request(api.app)
      .post('/functions/v1/provision-user-fly-app')
      .set(serviceKey)
      .send({ user_id: userId, tier: asked })
    expect(response.status).toBe(409)
    expect(response.body).toMatchObject({ code: 'entitlement_conflict' })
    expect(await findWant(api.db, userId)).toEqual(before)
  })
})

describe('422', () => {
  const api = useApi()
  const userId = randomUUID()

  describe.each(['provision-user-fly-app', 'deprovision-user-fly-app'])('%s', (name) => {
    test.each([
      ['user_id', {}],
      ['user_id', { user_id: 'bob', tier: 'pro' }],
      ['user_id', { user_id: null }],
      ['user_id', { user_id: [userId] }],
      ['tier', { user_id: userId, tier: 5 }],
      ['force', { user_id: userId, tier: 'pro', force: 'true' }],
      ['reason', { user_id: userId, tier: 'pro', force: true }],
    ])('%s in %j', async (field, body) => {
      const response = await request(api.app).post(`/functions/v1/${name}`).set(serviceKey).send(body)
      expect(response.status).toBe(422)
      expect(response.body).toMatchObject({ code: 'validation_failed', errors: [{ field }] })
    })
  })

  test('check-user-app-health', async () => {
    const response = await request(api.app)
      .post('/functions/v1/check-user-app-health')
      .set(serviceKey)
      .send({ user_id: 'bob' })
    expect(response.status).toBe(422)
    expect(response.body).toMatchObject({ errors: [{ field: 'user_id' }] })
  })
})
