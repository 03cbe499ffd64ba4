import { createUser } from '@hangar/testkit'
import { beforeAll, expect, test } from '@jest/globals'
import request from 'supertest'
import { recordCost } from '../../../testing/costs.ts'
import { bearer, createAppRow, useApi } from '../../../testing/harness.ts'

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
  { email: 'b@example.test', tier: 'elite', usdPerSecond: '0.0002', costs: '7.200000', leaves: '141.800000' },
  { email: 'c@example.test', tier: 'pro', usdPerSecond: '0.0003', costs: '10.800000', leaves: '38.200000' },
]
beforeAll(async () => {
  for (const { email, tier, usdPerSecond } of USERS) {
    const { userId } = await createUser(api.db, { email })
    const app = await createAppRow(api.db, userId, { tier })
    await recordCost(api.db, app, { from: '2026-03-10T00:00:00Z', to: '2026-03-10T10:00:00Z', usdPerSecond })
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
