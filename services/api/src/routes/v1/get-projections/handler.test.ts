import { describe, expect, test } from '@jest/globals'
import request from 'supertest'
import { bearer, serviceKey, useApi } from '../../../testing/harness.ts'

describe('200', () => {
  const api = useApi()

  type Item = { users: number; cost_usd: string; revenue_usd: string; margin_usd: string; tiers: object[] }

  async function read(query: object = {}): Promise<{ items: Item[] }> {
    const response = await request(api.app)
      .get('/v1/projections')
      .query(query)
      .set(await bearer('viewer'))
    expect(response.status).toBe(200)
    return response.body as { items: Item[] }
  }

  const figures = ({ items }: { items: Item[] }) =>
    items.map(({ users, cost_usd, revenue_usd, margin_usd }) => [users, cost_usd, revenue_usd, margin_usd])

  test("the plan's sizes, all on pro: 6.00 each, of 49.00", async () => {
    const answer = await read()
    expect(answer).toMatchObject({ region: 'iad', mix: { pro: 1 }, price_model: { name: 'product' } })
    expect(figures(answer)).toEqual([
      [10, '60.00', '490.00', '430.00'],
      [50, '300.00', '2450.00', '2150.00'],
      [100, '600.00', '4900.00', '4300.00'],
      [500, '3000.00', '24500.00', '21500.00'],
    ])
  })

  test('a mix, a number of users and a region of the caller', async () => {
    const answer = await read({ users: '20,1000', mix: 'pro:75,elite:25', region: 'fra' })
    expect(answer).toMatchObject({ region: 'fra', mix: { pro: 75, elite: 25 } })
    // 15 × 6 + 5 × 7 = 125; 15 × 49 + 5 × 149 = 1,480. The product's rule knows no regions.
    expect(figures(answer)).toEqual([
      [20, '125.00', '1480.00', '1355.00'],
      [1000, '6250.00', '74000.00', '67750.00'],
    ])
    const machine = { cpu_kind: 'shared', cpus: 2 }
    expect(answer.items[0]?.tiers).toEqual([
      { tier: 'pro', users: 15, ...machine, memory_mb: 512, user_usd: '6.00', cost_usd: '90.00' },
      { tier: 'elite', users: 5, ...machine, memory_mb: 1024, user_usd: '7.00', cost_usd: '35.00' },
    ])
  })
})

describe('422', () => {
  const api = useApi()

  test.each([
    ['users', { users: '0' }],
    ['users', { users: '10,,20' }],
    ['users', { users: '-5' }],
    ['users', { users: '99999999' }],
    ['users', { users: Array.from({ length: 13 }, () => 1).join(',') }],
    ['mix', { mix: 'pro' }],
    ['mix', { mix: 'pro:0,elite:0' }],
    ['mix', { mix: 'gold:1' }],
    ['region', { region: 'Frankfurt' }],
  ])('%s in %j', async (field, query) => {
    const response = await request(api.app).get('/v1/projections').query(query).set(serviceKey)
    expect(response.status).toBe(422)
    expect(response.body).toMatchObject({ errors: [{ field: `query.${field}` }] })
  })
})
