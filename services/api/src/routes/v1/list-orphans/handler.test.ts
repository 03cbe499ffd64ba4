import { endOrphan } from '@hangar/db'
import { describe, expect, test } from '@jest/globals'
import request from 'supertest'
import { bearer, serviceKey, useApi } from '../../../testing/harness.ts'
import { createOrphan } from '../../../testing/orphans.ts'

describe('200', () => {
  const api = useApi()

  type Page = { items: { app_name: string }[]; next_cursor: string | null; total: object }

  async function list(query: object = {}): Promise<Page> {
    const response = await request(api.app)
      .get('/v1/orphans')
      .query(query)
      .set(await bearer('viewer'))
    expect(response.status).toBe(200)
    return response.body as Page
  }

  test('without any: an empty list, and nothing to pay', async () => {
    expect(await list()).toEqual({
      items: [],
      next_cursor: null,
      total: { found: 0, monthly_cost_usd: '0.00' },
    })
  })

  test('those that are there now, what each and all cost, and when each goes by itself', async () => {
    const dead = await createOrphan(api.db, 'vyx-user-b')
    await createOrphan(api.db, 'vyx-user-a', { kind: 'unknown_name', monthlyCostUsd: '7.50', machines: [] })
    await createOrphan(api.db, 'vyx-user-c')
    await api.db.transaction().execute((tx) => endOrphan(tx, 'vyx-user-c', { state: 'gone' }))

    const { items, total } = await list()
    expect(items.map((item) => item.app_name)).toEqual(['vyx-user-a', 'vyx-user-b'])
    expect(total).toEqual({ found: 2, monthly_cost_usd: '13.50' })
    expect(items[0]).toMatchObject({ kind: 'unknown_name', delete_after: null, machines: [] })
    expect(items[1]).toEqual({
      app_name: 'vyx-user-b',
      kind: 'dead_row',
      state: 'found',
      user_id: dead.userId,
      generation: 1,
      user_fly_app_id: null,
      network: 'vyx-user-b',
      machines: [{ id: 'm1', state: 'started', region: 'iad', cpu_kind: 'shared', cpus: 2, memory_mb: 512 }],
      monthly_cost_usd: '6.00',
      first_seen_at: dead.firstSeenAt.toISOString(),
      last_seen_at: dead.lastSeenAt.toISOString(),
      delete_after: new Date(dead.firstSeenAt.getTime() + 3_600_000).toISOString(),
      delete_requested_by: null,
      withheld: null,
      note: null,
      ended_at: null,
    })
  })

  test('by state, page by page; the total stays that of all', async () => {
    expect((await list({ state: 'gone' })).items.map((item) => item.app_name)).toEqual(['vyx-user-c'])
    const first = await list({ state: 'all', limit: 2 })
    expect(first.items.map((item) => item.app_name)).toEqual(['vyx-user-a', 'vyx-user-b'])
    const second = await list({ state: 'all', limit: 2, cursor: first.next_cursor })
    expect(second).toMatchObject({ next_cursor: null, total: { found: 2 } })
    expect(second.items.map((item) => item.app_name)).toEqual(['vyx-user-c'])
  })
})

describe('422', () => {
  const api = useApi()

  test.each([
    ['state', { state: 'lost' }],
    ['limit', { limit: 0 }],
    ['cursor', { cursor: Buffer.from("'; drop").toString('base64url') }],
  ])('%s', async (field, query) => {
    const response = await request(api.app).get('/v1/orphans').query(query).set(serviceKey)
    expect(response.status).toBe(422)
    expect(response.body).toMatchObject({ errors: [{ field: `query.${field}` }] })
  })
})
