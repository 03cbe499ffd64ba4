import { createUser } from '@hangar/testkit'
import { expect, test } from '@jest/globals'
import request from 'supertest'
import { recordCost } from '../../../testing/costs.ts'
import { bearer, createAppRow, useApi } from '../../../testing/harness.ts'

const api = useApi()
const DAY_MS = 24 * 60 * 60_000

async function read(userId: string, query: object = {}): Promise<{ day: string; usd: string }[]> {
  const response = await request(api.app)
    .get(`/v1/apps/${userId}/costs`)
    .query(query)
    .set(await bearer('viewer'))
  expect(response.status).toBe(200)
  return (response.body as { days: { day: string; usd: string }[] }).days
}

test('every day of the span, the oldest first, over all apps that the user had', async () => {
  const { userId } = await createUser(api.db, { tier: 'pro' })
  const days = await read(userId)
  expect(days).toHaveLength(30)
  expect(new Set(days.map(({ usd }) => usd))).toEqual(new Set(['0.000000']))

  const midnight = Date.parse(`${days[29]?.day ?? ''}T00:00:00Z`)
  const at = (days: number, hours: number) =>
    new Date(midnight - days * DAY_MS + hours * 60 * 60_000).toISOString()
  const former = await createAppRow(api.db, userId, { status: 'deleted', deletedAt: 'now' })
  const live = await createAppRow(api.db, userId, {}, 2)
  // Six hours of one day; then from 18 h to 12 h of the next; 0.36 USD an hour.
  await recordCost(api.db, former, { from: at(3, 6), to: at(3, 12), usdPerSecond: '0.0001' })
  await recordCost(api.db, live, { from: at(2, 18), to: at(1, 12), usdPerSecond: '0.0001' })
  expect((await read(userId, { days: 5 })).map(({ usd }) => usd)).toEqual([
    '0.000000',
    '2.160000',
    '2.160000',
    '4.320000',
    '0.000000',
  ])
  expect(await read(userId, { days: 1 })).toHaveLength(1)
})
