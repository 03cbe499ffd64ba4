import { createUser } from '@hangar/testkit'
import { describe, expect, test } from '@jest/globals'
import request from 'supertest'
import { bearer, createAppRow, useApi } from '../../../testing/harness.ts'

type Answer = Record<string, unknown>

async function read(api: ReturnType<typeof useApi>): Promise<Answer> {
  const response = await request(api.app)
    .get('/v1/profitability')
    .set(await bearer('viewer'))
  expect(response.status).toBe(200)
  return response.body as Answer
}

/** So dear that it is in the current month, for a millisecond: no figure depends on how long the test takes. */
async function chargeNow(api: ReturnType<typeof useApi>, tier: string, usdPerSecond: string): Promise<void> {
  const { userId } = await createUser(api.db)
  const { id, region, cpuKind, cpus, memoryMb, createdAt } = await createAppRow(api.db, userId, { tier })
  const endedAt = new Date(createdAt.getTime() + 1)
  const machine = { userFlyAppId: id, userId, tier, region, cpuKind, cpus, memoryMb }
  const price = { state: 'running', priceModel: 'product', usdPerSecond } as const
  const startedAt = new Date(createdAt)
  await api.db
    .insertInto('hangar.costIntervals')
    .values({ ...machine, ...price, startedAt, endedAt })
    .execute()
}

describe('with what users pay', () => {
  const api = useApi()

  test('revenue, cost and margin in total and by tier', async () => {
    await chargeNow(api, 'pro', '6000')
    await chargeNow(api, 'pro', '4000')
    await chargeNow(api, 'elite', '7000')
    const { total, tiers, ...rest } = await read(api)
    expect(rest).toMatchObject({
      revenue_configured: true,
      tier_revenue_usd: { pro: '49.00', elite: '149.00' },
      price_model: { name: 'product', as_of: null },
    })
    // 6 + 4 = 10 of 98; 7 of 149.
    expect(tiers).toEqual([
      { tier: 'elite', users: 1, revenue_usd: '149.00', cost_usd: '7.000000', margin_usd: '142.000000' },
      { tier: 'pro', users: 2, revenue_usd: '98.00', cost_usd: '10.000000', margin_usd: '88.000000' },
    ])
    expect(total).toEqual({
      users: 3,
      revenue_usd: '247.00',
      cost_usd: '17.000000',
      margin_usd: '230.000000',
    })
  })
})

describe('where nobody said what users pay', () => {
  const api = useApi({ deps: { costs: { priceModel: 'fly_list', region: 'iad', revenue: null } } })

  test('the report says so, and shows no margin', async () => {
    await chargeNow(api, 'pro', '6000')
    expect(await read(api)).toMatchObject({
      revenue_configured: false,
      tier_revenue_usd: {},
      price_model: { name: 'fly_list', label: 'fly_list 2025-08-19', as_of: '2025-08-19' },
      total: { users: 1, revenue_usd: null, cost_usd: '6.000000', margin_usd: null },
    })
  })
})
