import { findActiveOverride, insertOverride, listAudit } from '@hangar/db'
import { createUser } from '@hangar/testkit'
import { describe, expect, test } from '@jest/globals'
import request from 'supertest'
import { bearer, serviceKey, useApi } from '../../../testing/harness.ts'

describe('202', () => {
  const api = useApi()

  async function end(userId: string, role: 'operator' | 'admin', query = '') {
    return request(api.app)
      .delete(`/v1/apps/${userId}/override${query}`)
      .set(await bearer(role))
      .send({ reason: 'over' })
  }

  async function overridden(desired: 'on' | 'paused', tier: string) {
    const { userId } = await createUser(api.db, { tier })
    await api.db
      .transaction()
      .execute((tx) => insertOverride(tx, { userId, desired, reason: 'r', actor: 'user:ada' }))
    return userId
  }

  test('the subscription decides again: audited, wanted, and its lane is woken', async () => {
    const userId = await overridden('on', 'free')
    const response = await end(userId, 'admin')
    expect([response.status, response.body]).toMatchObject([
      202,
      { effect: 'lift', override: null, wanted_version: 2 },
    ])
    const { job_id: jobId } = response.body as { job_id: string }
    expect(await api.queues.deprovision.getDeduplicationJobId(userId)).toBe(jobId)
    expect(await findActiveOverride(api.db, userId)).toBeNull()
    expect(await listAudit(api.db, { userId, limit: 5 })).toMatchObject([
      { action: 'override.end', reason: 'over', before: { override: { desired: 'on' } } },
    ])
  })

  test('an operator ends a pause, and nothing else', async () => {
    expect((await end(await overridden('paused', 'pro'), 'operator')).status).toBe(202)
    expect((await end(await overridden('on', 'free'), 'operator')).status).toBe(403)
  })

  test('a dry run leaves it in force, and where there is none nothing is written', async () => {
    const userId = await overridden('on', 'free')
    const dry = await end(userId, 'admin', '?dryRun=true')
    expect([dry.status, dry.body]).toMatchObject([200, { effect: 'lift', dry_run: true, override: null }])
    expect((await findActiveOverride(api.db, userId))?.desired).toBe('on')
    const { userId: other } = await createUser(api.db, { tier: 'pro' })
    const nothing = await end(other, 'operator')
    expect([nothing.status, nothing.body]).toMatchObject([200, { effect: 'nothing', override: null }])
    expect(await listAudit(api.db, { userId: other, limit: 5 })).toEqual([])
  })
})

describe('422', () => {
  const api = useApi()

  test('without a reason', async () => {
    const { userId } = await createUser(api.db, { tier: 'pro' })
    const response = await request(api.app).delete(`/v1/apps/${userId}/override`).set(serviceKey)
    expect([response.status, response.body]).toMatchObject([422, { errors: [{ field: 'reason' }] }])
  })
})
