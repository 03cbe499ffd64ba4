import { writeSetting } from '@hangar/db'
import { createUser } from '@hangar/testkit'
import { describe, expect, test } from '@jest/globals'
import request from 'supertest'
import { recordCost } from '../../../testing/costs.ts'
import { bearer, createAppRow, serviceKey, useApi } from '../../../testing/harness.ts'

describe('200', () => {
  const api = useApi()

  async function read(query: object = {}): Promise<Record<string, unknown>> {
    const response = await request(api.app)
      .get('/v1/costs')
      .query(query)
      .set(await bearer('viewer'))
    expect(response.status).toBe(200)
    return response.body as Record<string, unknown>
  }

  test('of an empty fleet: zero, and by which price model', async () => {
    const zero = '0.000000'
    expect(await read()).toEqual({
      as_of: expect.any(String),
      month: expect.stringMatching(/^\d{4}-\d\d$/),
      price_model: {
        name: 'product',
        label: 'product',
        as_of: null,
        rule: expect.stringMatching(/^vCPU × 2\.50/),
      },
      priced_with: [],
      month_usd: zero,
      today_usd: zero,
      forecast_usd: zero,
      monthly_rate_usd: zero,
      running: 0,
      stored: 0,
      budget: null,
      days: [],
      tiers: [],
      machines: [],
      savings: { month_usd: zero, total_usd: zero, apps: 0, rule: expect.stringContaining('an estimate') },
    })
  })

  test('a month that is over: by day, tier and machine, money as decimal text', async () => {
    const { userId } = await createUser(api.db)
    const app = await createAppRow(api.db, userId, {
      tier: 'elite',
      region: 'fra',
      status: 'deleted',
      deletedAt: 'now',
    })
    await recordCost(api.db, app, {
      from: '2026-03-01T18:00:00Z',
      to: '2026-03-02T12:00:00Z',
      usdPerSecond: '0.0001',
    })
    // 6 h × 3,600 × 0.0001 = 2.16; 12 h: 4.32.
    expect(await read({ month: '2026-03' })).toMatchObject({
      month: '2026-03',
      month_usd: '6.480000',
      forecast_usd: '6.480000',
      priced_with: [{ price_model: 'product', usd: '6.480000' }],
      days: [
        { day: '2026-03-01', usd: '2.160000' },
        { day: '2026-03-02', usd: '4.320000' },
      ],
      tiers: [{ tier: 'elite', usd: '6.480000' }],
      machines: [
        {
          region: 'fra',
          cpu_kind: 'shared',
          cpus: 2,
          memory_mb: 512,
          state: 'running',
          hours: '18.00',
          usd: '6.480000',
        },
      ],
    })
    expect(await read({ month: '2026-04' })).toMatchObject({ month_usd: '0.000000', days: [] })
  })

  test('the budget that is set, and how much of it is used', async () => {
    await api.db.transaction().execute((tx) => writeSetting(tx, 'budget', { monthlyUsd: '250.00' }, 'admin'))
    expect((await read())['budget']).toEqual({
      monthly_usd: '250.00',
      used_pct: '0.00',
      forecast_pct: '0.00',
    })
  })
})

describe('422', () => {
  const api = useApi()

  test.each(['2026-13', '2026-00', '2026-3', '1999-01', '2026-03-01', "2026-03'; drop", ''])(
    'a month of %j, here and in the file',
    async (month) => {
      for (const path of ['/v1/costs', '/v1/costs.csv']) {
        const response = await request(api.app).get(path).query({ month }).set(serviceKey)
        expect(response.status).toBe(422)
        expect(response.body).toMatchObject({ errors: [{ field: 'query.month' }] })
      }
    },
  )

  test('a filter that does not exist is refused, not ignored', async () => {
    const response = await request(api.app).get('/v1/costs?tier=pro').set(serviceKey)
    expect(response.status).toBe(422)
  })
})
