/**
 * A small fleet whose every figure can be checked by hand. It is noon of 15 March 2026; a day of 86,400 s at 0.00001 USD a
 * second is 0.864 USD.
 *
 *   a  pro in iad, runs since 28 February at noon, at 0.00001
 *   b  elite in fra, ran from 10 March 06:00 to 11 March 18:00 at 0.00002, is stopped since, at 0.000001
 *   c  pro in iad, ran on 1 March at 0.00001, deprovisioned at its end; 6.00 a month
 */
import { createUser, useTestDatabase } from '@hangar/testkit'
import { beforeAll, describe, expect, test } from '@jest/globals'
import { sql } from 'kysely'
import { type AppPatch, type AppRow, insertApp, updateApp } from './apps.ts'
import { closeCostDays, readClosedThrough } from './cost-days.ts'
import { estimateSavings, readCostTotals, sumCosts } from './cost-reports.ts'
import { monthSpan } from './cost-span.ts'
import { putForcedAction } from './forced.ts'
import { anApp } from './test-data.ts'
import { eachAppCost, listUserCosts, sumMargins, type UserCostPage } from './user-costs.ts'

const t = useTestDatabase({ maxConnections: 1 })
const NOON = new Date('2026-03-15T12:00:00Z')
const MARCH = monthSpan('2026-03')
const setNow = (at: Date) => sql`select set_config('hangar.now', ${at.toISOString()}, false)`.execute(t.db)

type Life = { state?: string; price: string; from: string; to?: string }

async function app(
  patch: AppPatch & { userId?: string; generation?: number; createdAt?: Date },
  lives: Life[] = [],
): Promise<AppRow> {
  const { userId = (await createUser(t.db)).userId, generation = 1, createdAt, ...rest } = patch
  return t.db.transaction().execute(async (tx) => {
    const inserted = await insertApp(tx, anApp(userId, { generation }))
    const row = await updateApp(tx, inserted.id, { status: 'active', ...rest })
    if (createdAt) await tx.updateTable('userFlyApps').set({ createdAt }).where('id', '=', row.id).execute()
    for (const { state = 'running', price, from, to } of lives)
      await sql`
        insert into hangar.cost_intervals (user_fly_app_id, user_id, tier, region, cpu_kind, cpus, memory_mb, state,
          price_model, usd_per_second, started_at, ended_at)
        values (${row.id}, ${row.userId}, ${row.tier}, ${row.region}, ${row.cpuKind}, ${row.cpus}, ${row.memoryMb},
          ${state}, 'product', ${price}::numeric, ${from}::timestamptz, ${to ?? null}::timestamptz)`.execute(
        tx,
      )
    return row
  })
}

const ended = (at: string) => ({ status: 'deleted', deletedAt: new Date(at) }) as const

let [a, b, c]: AppRow[] = []
beforeAll(async () => {
  await setNow(NOON)
  a = await app({ createdAt: new Date('2026-02-28T12:00:00Z') }, [
    { price: '0.00001', from: '2026-02-28T12:00Z' },
  ])
  const elite = { tier: 'elite', region: 'fra', memoryMb: 1024, createdAt: new Date('2026-03-10T06:00:00Z') }
  b = await app(elite, [
    { price: '0.00002', from: '2026-03-10T06:00Z', to: '2026-03-11T18:00Z' },
    { state: 'stored', price: '0.000001', from: '2026-03-11T18:00Z' },
  ])
  const over = { ...ended('2026-03-02T00:00:00Z'), teardownStartedAt: new Date('2026-03-01T23:59:00Z') }
  const deployedAt = new Date('2026-03-01T00:00:00Z')
  c = await app({ ...over, deployedAt, createdAt: deployedAt, monthlyCostEstimateUsd: '6.00' }, [
    { price: '0.00001', from: '2026-03-01T00:00Z', to: '2026-03-02T00:00Z' },
  ])
})

/** The same questions before and after the days that are over were written down. */
async function expectFigures(): Promise<void> {
  // a 14 × 0.864 + 0.432 = 12.528; b 36 h × 3,600 × 0.00002 = 2.592 and 90 h × 3,600 × 0.000001 = 0.324; c 0.864.
  const sums = await sumCosts(t.db, MARCH, NOON)
  expect(sums.usd).toBe('16.308000')
  expect(sums.tiers).toEqual([
    { tier: 'elite', usd: '2.916000' },
    { tier: 'pro', usd: '13.392000' },
  ])
  const size = { cpuKind: 'shared', cpus: 2 }
  expect(sums.machines).toEqual([
    { region: 'fra', ...size, memoryMb: 1024, state: 'running', hours: '36.00', usd: '2.592000' },
    { region: 'fra', ...size, memoryMb: 1024, state: 'stored', hours: '90.00', usd: '0.324000' },
    // a 14.5 days and c one.
    { region: 'iad', ...size, memoryMb: 512, state: 'running', hours: '372.00', usd: '13.392000' },
  ])
  expect(sums.priceModels).toEqual([{ priceModel: 'product', usd: '16.308000' }])
  const day = Object.fromEntries(sums.days.map(({ day: name, usd }) => [name, usd]))
  expect(Object.keys(day)).toHaveLength(15)
  expect(day).toMatchObject({
    // a and c.
    '2026-03-01': '1.728000',
    '2026-03-02': '0.864000',
    // a, and 18 h of b: 64,800 × 0.00002 = 1.296; then 18 h more and 6 h stopped: 0.0216; then stopped: 0.0864.
    '2026-03-10': '2.160000',
    '2026-03-11': '2.181600',
    '2026-03-12': '0.950400',
    '2026-03-15': '0.475200',
  })
  expect((await sumCosts(t.db, monthSpan('2026-02'), NOON)).days).toEqual([
    { day: '2026-02-28', usd: '0.432000' },
  ])
  expect(await readCostTotals(t.db, NOON)).toEqual({
    at: NOON,
    month: '2026-03',
    todayUsd: '0.475200',
    monthUsd: '16.308000',
    // Until 1 April: 16.5 days of 86,400 s at 0.000011 = 15.6816.
    forecastUsd: '31.989600',
    // 2,592,000 s × 0.000011
    monthlyRateUsd: '28.512000',
    running: 1,
    stored: 1,
  })
}

describe('what the fleet costs', () => {
  test('added up from the intervals, and from the days once they are written: the same', async () => {
    expect(await readClosedThrough(t.db)).toBeNull()
    await expectFigures()
    await setNow(new Date('2026-03-15T00:30:00Z'))
    // 28 February to 13 March: half an hour after midnight, a late commit may still change the 14th.
    expect(await closeCostDays(t.db)).toBe(14)
    expect(await readClosedThrough(t.db)).toBe('2026-03-13')
    await setNow(NOON)
    await expectFigures()
    expect(await closeCostDays(t.db)).toBe(1)
    expect(await closeCostDays(t.db)).toBe(0)
    await expectFigures()
  })

  test('a day that is written is not added up again', async () => {
    await sql`update hangar.cost_days set usd = usd + 100 where day = '2026-03-12' and region = 'iad'`.execute(
      t.db,
    )
    const { days } = await sumCosts(t.db, { from: '2026-03-12', to: '2026-03-13' }, NOON)
    await sql`update hangar.cost_days set usd = usd - 100 where day = '2026-03-12' and region = 'iad'`.execute(
      t.db,
    )
    expect(days).toEqual([{ day: '2026-03-12', usd: '100.950400' }])
  })

  test('of an empty span: nothing', async () => {
    const sums = await sumCosts(t.db, monthSpan('2025-01'), NOON)
    expect(sums).toEqual({ usd: '0.000000', days: [], tiers: [], machines: [], priceModels: [] })
  })
})

describe('by user', () => {
  const PAGE = {
    month: '2026-03',
    at: NOON,
    descending: true,
    limit: 10,
    revenue: { pro: '49', elite: '149' },
  }
  const list = (change: Partial<UserCostPage> & Pick<UserCostPage, 'sort'>) =>
    listUserCosts(t.db, { ...PAGE, ...change })

  test('cost, forecast, revenue and margin of each', async () => {
    const rows = await list({ sort: 'month' })
    expect(rows.map(({ userId }) => userId)).toEqual([a!.userId, b!.userId, c!.userId])
    expect(rows[0]).toMatchObject({
      email: expect.stringContaining('@'),
      tier: 'pro',
      flyAppName: a!.flyAppName,
      apps: 1,
      monthUsd: '12.528000',
      // + 1,425,600 s × 0.00001 = 14.256
      forecastUsd: '26.784000',
      // With the half day in February.
      totalUsd: '12.960000',
      revenueUsd: '49.00',
      marginUsd: '22.216000',
    })
    // 2.916 + 1,425,600 s × 0.000001 = 4.3416; 149 − 4.3416
    expect(rows[1]).toMatchObject({ forecastUsd: '4.341600', revenueUsd: '149.00', marginUsd: '144.658400' })
    // Without an app now: nothing comes in.
    expect(rows[2]).toMatchObject({ status: 'deleted', revenueUsd: '0.00', marginUsd: '-0.864000' })
  })

  test.each([
    ['month', true, ['a', 'b', 'c']],
    ['month', false, ['c', 'b', 'a']],
    ['forecast', true, ['a', 'b', 'c']],
    ['margin', false, ['c', 'a', 'b']],
    ['margin', true, ['b', 'a', 'c']],
  ] as const)('sorted by %s, descending %s, the same page by page', async (sort, descending, order) => {
    const names = new Map([a!, b!, c!].map(({ userId }, index) => [userId, 'abc'[index]]))
    const seen: (string | undefined)[] = []
    let after: UserCostPage['after']
    for (let page = 0; page < 3; page++) {
      const [row, ...more] = await list({ sort, descending, limit: 1, after })
      expect(more).toEqual([])
      seen.push(names.get(row!.userId))
      after = row
    }
    expect(seen).toEqual(order)
    expect(await list({ sort, descending, after })).toEqual([])
  })

  test('revenue, cost and margin by tier and in total', async () => {
    const { total, tiers } = await sumMargins(t.db, PAGE)
    // pro: 26.784 + 0.864 = 27.648; 49 − 27.648
    expect(tiers).toEqual([
      { tier: 'elite', users: 1, revenueUsd: '149.00', costUsd: '4.341600', marginUsd: '144.658400' },
      { tier: 'pro', users: 1, revenueUsd: '49.00', costUsd: '27.648000', marginUsd: '21.352000' },
    ])
    expect(total).toEqual({ users: 2, revenueUsd: '198.00', costUsd: '31.989600', marginUsd: '166.010400' })
  })

  test('without a configured revenue there is no margin, and it is not taken for zero', async () => {
    const { total } = await sumMargins(t.db, { month: '2026-03', at: NOON })
    expect(total).toEqual({ users: 2, revenueUsd: null, costUsd: '31.989600', marginUsd: null })
    const rows = await list({ sort: 'margin', revenue: undefined, descending: false })
    expect(rows.map(({ marginUsd }) => marginUsd)).toEqual([null, null, null])
    expect(rows[0]!.userId).toBe(a!.userId)
  })

  test('each app, in pages', async () => {
    const rows = []
    for await (const page of eachAppCost(t.db, { month: '2026-03', at: NOON })) rows.push(...page)
    expect(rows).toHaveLength(3)
    expect(rows.find(({ userId }) => userId === b!.userId)).toMatchObject({
      region: 'fra',
      priceModels: 'product',
      monthUsd: '2.916000',
      totalUsd: '2.916000',
    })
  })
})

describe('a past month, of users who have changed since', () => {
  const MAY = { month: '2026-05', at: new Date('2026-06-15T12:00:00Z'), revenue: { pro: '49', elite: '149' } }

  test('is told with the tier, size and status of its end', async () => {
    await setNow(MAY.at)
    const { id, userId } = await app({ createdAt: new Date('2026-05-30T00:00:00Z') }, [
      { price: '0.00001', from: '2026-05-30T00:00Z', to: '2026-06-10T00:00Z' },
    ])
    // The tier and size of today began on 10 June, and the app is being deprovisioned.
    await t.db
      .transaction()
      .execute((tx) => updateApp(tx, id, { tier: 'elite', memoryMb: 2048, status: 'deprovisioning' }))
    await sql`
      insert into hangar.cost_intervals (user_fly_app_id, user_id, tier, region, cpu_kind, cpus, memory_mb, state,
        price_model, usd_per_second, started_at)
      values (${id}, ${userId}, 'elite', 'iad', 'shared', 2, 2048, 'running', 'product', 0.00002, '2026-06-10T00:00Z')`.execute(
      t.db,
    )
    const costOf = async (month: string) => {
      const page = { ...MAY, month, sort: 'month', descending: true, limit: 100 } as const
      const rows = await listUserCosts(t.db, page)
      return rows.find((row) => row.userId === userId)
    }
    expect(await costOf('2026-05')).toMatchObject({ tier: 'pro', revenueUsd: '49.00' })
    expect(await costOf('2026-06')).toMatchObject({ tier: 'elite', revenueUsd: '149.00' })
    const fileOf = async (month: string) => {
      const rows = []
      for await (const page of eachAppCost(t.db, { month, at: MAY.at })) rows.push(...page)
      return rows.find((row) => row.id === id)
    }
    expect(await fileOf('2026-05')).toMatchObject({ tier: 'pro', memoryMb: 512, status: 'active' })
    expect(await fileOf('2026-06')).toMatchObject({ tier: 'elite', memoryMb: 2048, status: 'deprovisioning' })
    await sql`delete from hangar.cost_intervals where user_fly_app_id = ${id}`.execute(t.db)
    await setNow(NOON)
  })
})

test('savings: until now or until the next app; not what vanished, was abandoned or never came up', async () => {
  const neverUp = { monthlyCostEstimateUsd: '3.00', ...ended('2026-01-30T00:00:00Z') }
  const gone = { ...neverUp, deployedAt: new Date('2026-01-01T00:00:00Z') }
  const deprovisioned = { ...gone, teardownStartedAt: new Date('2026-01-29T00:00:00Z') }
  const d = await app({ ...deprovisioned, createdAt: new Date('2026-01-01T00:00:00Z') })
  await app({ userId: d.userId, generation: 2, createdAt: new Date('2026-03-06T00:00:00Z') })
  await app(gone)
  await app({ ...neverUp, teardownStartedAt: new Date('2026-01-29T00:00:00Z') })
  const abandoned = await app(deprovisioned)
  await t.db
    .transaction()
    .execute((tx) => putForcedAction(tx, abandoned.id, { action: 'abandon', reason: 'test', actor: 'test' }))
  // c: 13.5 days of 6.00 a month = 2.70. d: 35 days of 3.00 = 3.50, of which 1 to 6 March, 5 days, are 0.50.
  expect(await estimateSavings(t.db, MARCH, NOON)).toEqual({
    monthUsd: '3.200000',
    totalUsd: '6.200000',
    apps: 2,
  })
})
