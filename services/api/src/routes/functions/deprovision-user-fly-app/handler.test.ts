import { randomUUID } from 'node:crypto'
import { findActiveOverride, findWant, listAudit } from '@hangar/db'
import { createUser } from '@hangar/testkit'
import { describe, expect, test } from '@jest/globals'
import request from 'supertest'
import { createAppRow, serviceKey, useApi } from '../../../testing/harness.ts'

describe('200', () => {
  const api = useApi()
  const call = (body: object) =>
    request(api.app).post('/functions/v1/deprovision-user-fly-app').set(serviceKey).send(body)

  test.each([
    ['a user nobody has heard of', () => Promise.resolve({ userId: randomUUID() })],
    ['a free user who never had an app', () => createUser(api.db, { tier: 'free' })],
  ])('%s: success, and nothing is written', async (_name, make) => {
    const { userId } = await make()
    const before = await findWant(api.db, userId)
    const response = await call({ user_id: userId, tier: 'free' })
    expect(response.status).toBe(200)
    expect(response.body).toEqual({
      success: true,
      user_id: userId,
      status: 'deleted',
      fly_app_name: null,
      job_id: null,
    })
    expect(await findWant(api.db, userId)).toEqual(before)
    expect(await listAudit(api.db, { userId, limit: 1 })).toEqual([])
  })

  test('the app of a user who stopped paying', async () => {
    const { userId } = await createUser(api.db, { tier: 'free' })
    const app = await createAppRow(api.db, userId)
    const response = await call({ user_id: userId })
    expect(response.body).toEqual({
      success: true,
      user_id: userId,
      status: 'deprovisioning',
      fly_app_name: app.flyAppName,
      job_id: expect.any(String),
    })
    expect(await api.queues.deprovision.getDeduplicationJobId(userId)).not.toBeNull()
  })

  test('forced on a paying user', async () => {
    const { userId } = await createUser(api.db, { tier: 'pro' })
    await createAppRow(api.db, userId)
    const response = await call({ user_id: userId, force: true, reason: 'chargeback' })
    expect(response.body).toMatchObject({ success: true, status: 'deprovisioning' })
    expect(await findActiveOverride(api.db, userId)).toMatchObject({ desired: 'off', reason: 'chargeback' })
  })
})

describe('409', () => {
  const api = useApi()

  test.each(['with an app', 'without one yet'])('a paying user %s keeps what they pay for', async (which) => {
    const { userId } = await createUser(api.db, { tier: 'pro' })
    if (which === 'with an app') await createAppRow(api.db, userId)
    const response = await request(api.app)
      .post('/functions/v1/deprovision-user-fly-app')
      .set(serviceKey)
      .send({ user_id: userId, tier: 'free' })
    expect(response.status).toBe(409)
    expect(response.body).toMatchObject({ code: 'entitlement_conflict', detail: 'tier pro' })
  })
})
