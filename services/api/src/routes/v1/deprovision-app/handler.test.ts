import { findActiveOverride, findWant, insertOverride, listAudit } from '@hangar/db'
import { createUser } from '@hangar/testkit'
import { describe, expect, test } from '@jest/globals'
import request from 'supertest'
import { createAppRow, serviceKey, useApi } from '../../../testing/harness.ts'

describe('200', () => {
  const api = useApi()

  test('a user who has no app: success, and nothing is written', async () => {
    const { userId } = await createUser(api.db, { tier: 'free' })
    const before = await findWant(api.db, userId)
    const response = await request(api.app).post(`/v1/apps/${userId}/deprovision`).set(serviceKey)
    expect(response.status).toBe(200)
    expect(response.body).toMatchObject({ effect: 'nothing', wanted_version: null, job_id: null })
    expect(await findWant(api.db, userId)).toEqual(before)
    expect(await listAudit(api.db, { userId, limit: 1 })).toEqual([])
  })

  test('a dry run', async () => {
    const { userId } = await createUser(api.db, { tier: 'free' })
    const app = await createAppRow(api.db, userId)
    const response = await request(api.app).post(`/v1/apps/${userId}/deprovision?dryRun=true`).set(serviceKey)
    expect(response.status).toBe(200)
    expect(response.body).toMatchObject({ effect: 'work', dry_run: true, fly_app_name: app.flyAppName })
    expect(await listAudit(api.db, { userId, limit: 1 })).toEqual([])
  })
})

describe('202', () => {
  const api = useApi()
  const deprovision = (userId: string, body: object = {}) =>
    request(api.app).post(`/v1/apps/${userId}/deprovision`).set(serviceKey).send(body)

  test('the app of a user who does not pay: the deprovision lane is woken', async () => {
    const { userId } = await createUser(api.db, { tier: 'free' })
    const app = await createAppRow(api.db, userId)
    const response = await deprovision(userId)
    expect(response.status).toBe(202)
    expect(response.body).toMatchObject({
      effect: 'work',
      fly_app_name: app.flyAppName,
      job_id: expect.any(String),
    })
    expect(await api.queues.deprovision.getDeduplicationJobId(userId)).not.toBeNull()
    expect(await listAudit(api.db, { userId, limit: 5 })).toMatchObject([
      { actor: 'service_role', action: 'app.deprovision', before: { status: 'active', override: null } },
    ])
  })

  test('forced on a paying user: an override, so that it stays off', async () => {
    const { userId } = await createUser(api.db, { tier: 'pro' })
    const response = await deprovision(userId, { force: true, reason: 'abuse' })
    expect(response.status).toBe(202)
    expect(await findActiveOverride(api.db, userId)).toMatchObject({ desired: 'off', reason: 'abuse' })
  })

  test('forced where only an override keeps it: the override ends, and the tier decides again', async () => {
    const { userId } = await createUser(api.db, { tier: 'free' })
    await api.db
      .transaction()
      .execute((tx) => insertOverride(tx, { userId, desired: 'on', reason: 'trial', actor: 'user:1' }))
    const response = await deprovision(userId, { force: true, reason: 'trial is over' })
    expect(response.body).toMatchObject({ effect: 'lift' })
    expect(await findActiveOverride(api.db, userId)).toBeNull()
  })
})

describe('409', () => {
  const api = useApi()
  const deprovision = (userId: string) =>
    request(api.app).post(`/v1/apps/${userId}/deprovision`).set(serviceKey)

  test('a paying user', async () => {
    const { userId } = await createUser(api.db, { tier: 'elite' })
    await createAppRow(api.db, userId)
    const response = await deprovision(userId)
    expect(response.status).toBe(409)
    expect(response.body).toMatchObject({ code: 'entitlement_conflict', detail: 'tier elite' })
  })

  test('a user kept on by an override', async () => {
    const { userId } = await createUser(api.db, { tier: 'free' })
    await api.db
      .transaction()
      .execute((tx) => insertOverride(tx, { userId, desired: 'on', reason: 'trial', actor: 'user:1' }))
    const response = await deprovision(userId)
    expect(response.status).toBe(409)
    expect(response.body).toMatchObject({ detail: 'switched on by an operator' })
  })
})
