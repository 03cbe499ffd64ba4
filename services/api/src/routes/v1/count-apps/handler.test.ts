import { insertOverride, raiseAlert } from '@hangar/db'
import { createUser } from '@hangar/testkit'
import { describe, expect, test } from '@jest/globals'
import request from 'supertest'
import { bearer, createAppRow, serviceKey, useApi } from '../../../testing/harness.ts'

describe('200', () => {
  const api = useApi()

  async function count(query: object = {}): Promise<Record<string, unknown>> {
    const response = await request(api.app)
      .get('/v1/apps/counts')
      .query(query)
      .set(await bearer('viewer'))
    expect(response.status).toBe(200)
    return response.body as Record<string, unknown>
  }

  test('each breakdown passes over its own filter', async () => {
    const make = async (patch: Parameters<typeof createAppRow>[2], email?: string) => {
      const { userId } = await createUser(api.db, { tier: 'pro', ...(email === undefined ? {} : { email }) })
      await createAppRow(api.db, userId, patch)
      return userId
    }
    const ill = await make({ healthStatus: 'unhealthy' }, 'Ada@Example.test')
    await make({ healthStatus: 'healthy', tier: 'elite', region: 'fra' })
    await make({ healthStatus: 'healthy', status: 'provisioning' })
    await make({ status: 'deleted', deletedAt: 'now' })
    await raiseAlert(api.db, { kind: 'stuck', subject: ill, severity: 'critical', message: 'm' })
    await api.db
      .transaction()
      .execute((tx) => insertOverride(tx, { userId: ill, desired: 'on', reason: 'r', actor: 'a' }))

    expect(await count()).toEqual({
      total: 3,
      by_status: { active: 2, provisioning: 1 },
      by_health: { healthy: 2, unhealthy: 1 },
      by_tier: { pro: 2, elite: 1 },
      by_region: { iad: 2, fra: 1 },
      by_attention: { override: 1, stuck: 1, unhealthy: 1 },
    })
    expect(await count({ health: 'healthy', status: 'active' })).toEqual({
      total: 1,
      by_status: { active: 1, provisioning: 1 },
      by_health: { healthy: 1, unhealthy: 1 },
      by_tier: { elite: 1 },
      by_region: { fra: 1 },
      by_attention: {},
    })
    expect(await count({ q: 'ada@', attention: 'stuck,drift' })).toMatchObject({
      total: 1,
      by_tier: { pro: 1 },
    })
    expect(await count({ status: 'deleted' })).toMatchObject({ total: 1, by_attention: {} })
  })
})

describe('422', () => {
  const api = useApi()

  test.each([
    ['query.status', { status: 'up' }],
    ['query.attention', { attention: 'all' }],
    ['query', { sort: 'id' }],
    ['query', { limit: 5 }],
  ])('%s in %j', async (field, query) => {
    const response = await request(api.app).get('/v1/apps/counts').query(query).set(serviceKey)
    expect(response.status).toBe(422)
    expect(response.body).toMatchObject({ errors: [{ field }] })
  })
})
