import { createUser } from '@hangar/testkit'
import { beforeAll, describe, expect, test } from '@jest/globals'
import request from 'supertest'
import { recordCost } from '../../../testing/costs.ts'
import { bearer, createAppRow, serviceKey, useApi } from '../../../testing/harness.ts'

describe('200', () => {
  const api = useApi()
  const MONTH = '2026-03'

  type Page = {
    items: { user_id: string; email: string; [field: string]: unknown }[]
    next_cursor: string | null
    as_of: string
  }

  async function list(query: object): Promise<Page> {
    const response = await request(api.app)
      .get('/v1/costs/users')
      .query({ month: MONTH, ...query })
      .set(await bearer('viewer'))
    expect(response.status).toBe(200)
    return response.body as Page
  }

  /** For ten hours, 36,000 s: what each costs in the month. */
  const USERS = [
    { email: 'a@example.test', tier: 'pro', usdPerSecond: '0.0001', costs: '3.600000', leaves: '45.400000' },
    {
      email: 'b@example.test',
      tier: 'elite',
      usdPerSecond: '0.0002',
      costs: '7.200000',
      leaves: '141.800000',
    },
    { email: 'c@example.test', tier: 'pro', usdPerSecond: '0.0003', costs: '10.800000', leaves: '38.200000' },
  ]
  beforeAll(async () => {
    for (const { email, tier, usdPerSecond } of USERS) {
      const { userId } = await createUser(api.db, { email })
      const app = await createAppRow(api.db, userId, { tier })
      await recordCost(api.db, app, {
        from: '2026-03-10T00:00:00Z',
        to: '2026-03-10T10:00:00Z',
        usdPerSecond,
      })
    }
  })

  test('each with what they cost, bring in and leave; the dearest first', async () => {
    const { items, ...rest } = await list({})
    expect(rest).toMatchObject({ month: MONTH, next_cursor: null, price_model: { name: 'product' } })
    const [a, b, c] = USERS
    expect(items.map(({ email }) => email)).toEqual([c?.email, b?.email, a?.email])
    expect(items[0]).toMatchObject({
      tier: 'pro',
      status: 'active',
      apps: 1,
      month_usd: c?.costs,
      forecast_usd: c?.costs,
      total_usd: c?.costs,
      revenue_usd: '49.00',
      margin_usd: c?.leaves,
    })
    expect(items.map((item) => item['margin_usd'])).toEqual([c?.leaves, b?.leaves, a?.leaves])
  })

  test.each([
    [{ sort: 'month', order: 'asc' }, ['a', 'b', 'c']],
    [{ sort: 'margin', order: 'asc' }, ['c', 'a', 'b']],
    [{ sort: 'margin' }, ['b', 'a', 'c']],
  ])('sorted as %j, page by page, all about one moment', async (query, order) => {
    const seen: string[] = []
    let cursor: string | null = null
    let asOf: string | undefined
    do {
      const page: Page = await list({ ...query, limit: 1, ...(cursor === null ? {} : { cursor }) })
      seen.push(...page.items.map(({ email }) => email.charAt(0)))
      asOf ??= page.as_of
      expect(page.as_of).toBe(asOf)
      cursor = page.next_cursor
    } while (cursor !== null && seen.length < 5)
    expect(seen).toEqual(order)
  })

  test('by id, each once', async () => {
    const ids = (await list({ sort: 'user', order: 'asc' })).items.map((item) => item.user_id)
    expect(ids).toEqual(ids.toSorted())
    expect(ids).toHaveLength(3)
  })
})

describe('422', () => {
  const api = useApi()
  const encoded = (text: string) => Buffer.from(text).toString('base64url')
  const CURSOR = '2026-03-15T12:00:00.000Z|2026-03|month desc|1.5|00000000-0000-0000-0000-000000000000'

  test.each([
    ['sort', { sort: 'email' }],
    ['order', { order: 'up' }],
    ['limit', { limit: 0 }],
    ['month', { month: 'march' }],
    ['cursor', { cursor: encoded('nonsense') }],
    ['cursor', { cursor: encoded(CURSOR.replace('1.5', "1'; drop")) }],
    ['cursor', { cursor: encoded(CURSOR.replace('2026-03-15T12', 'now')) }],
    ['cursor', { cursor: encoded(CURSOR.replace('2026-03-15T12', '2026-99-15T12')) }],
    ['cursor of another order', { cursor: encoded(CURSOR), order: 'asc' }],
    ['cursor of another sort', { cursor: encoded(CURSOR), sort: 'margin' }],
    ['cursor of another month', { cursor: encoded(CURSOR), month: '2026-04' }],
  ])('%s', async (name, query) => {
    const response = await request(api.app).get('/v1/costs/users').query(query).set(serviceKey)
    expect(response.status).toBe(422)
    const { errors } = response.body as { errors: { field: string }[] }
    expect(new Set(errors.map(({ field }) => field))).toEqual(new Set([`query.${name.split(' ')[0]}`]))
  })

  test('the cursor by itself is right', async () => {
    const response = await request(api.app)
      .get('/v1/costs/users')
      .query({ cursor: encoded(CURSOR) })
      .set(serviceKey)
    expect(response.status).toBe(200)
  })
})
