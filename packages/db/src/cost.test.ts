/** The ledger of one app on a clock that the test holds: hand-computed figures, and any history against an oracle. */
import type { Guest } from '@hangar/core'
import { createUser, useTestDatabase } from '@hangar/testkit'
import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { sql } from 'kysely'
import { type AppRow, insertApp, updateApp } from './apps.ts'
import { setCostInterval, sumCostUsd } from './cost.ts'
import { closeCostDays } from './cost-days.ts'
import { sumCosts } from './cost-reports.ts'
import { mendCostInterval } from './cost-sweep.ts'
import { recordStep } from './step.ts'
import { anApp } from './test-data.ts'
import { claimLease, type Lease } from './work.ts'

fc.configureGlobal({ seed: 20_260_301 })

/** One connection: the time that is set for it holds for every statement. */
const t = useTestDatabase({ maxConnections: 1 })
const setNow = (time: string | number) =>
  sql`select set_config('hangar.now', ${new Date(time).toISOString()}, false)`.execute(t.db)

const HUNDRED_YEARS_MS = 3_155_760_000_000

async function leasedApp(): Promise<{ app: AppRow; lease: Lease }> {
  const { userId } = await createUser(t.db)
  const app = await t.db.transaction().execute((tx) => insertApp(tx, anApp(userId)))
  const claimed = await claimLease(t.db, { userId, owner: 'a', ttlMs: HUNDRED_YEARS_MS })
  if (!claimed) throw new Error('nobody else claims it')
  return { app, lease: claimed.lease }
}

const set = (appId: string, next: Parameters<typeof setCostInterval>[2]) =>
  t.db.transaction().execute((tx) => setCostInterval(tx, appId, next))

// 6.00 USD a month of 30 × 86,400 = 2,592,000 s: 0.00000231481481… a second. Stored: 0.15 / 2,592,000.
const RUNNING = { state: 'running', priceModel: 'product', usdPerSecond: '0.000002314815' } as const
const STORED = { state: 'stored', priceModel: 'product', usdPerSecond: '0.000000057870' } as const

describe('by hand', () => {
  test('accrues to the second while an interval is open, at the price of each state, and stops with the machine', async () => {
    await setNow('2026-03-01T00:00:00Z')
    const { app } = await leasedApp()
    expect(await sumCostUsd(t.db, app.id)).toBe('0.000000')
    expect(await set(app.id, STORED)).toBe(true)
    await setNow('2026-03-01T00:00:10Z')
    expect(await set(app.id, RUNNING)).toBe(true)
    // 10 s × 0.00000005787 = 0.0000005787
    expect(await sumCostUsd(t.db, app.id)).toBe('0.000001')
    await setNow('2026-03-01T10:00:10Z')
    expect(await set(app.id, RUNNING)).toBe(false)
    // + 36,000 s × 0.000002314815 = 0.08333334
    expect(await sumCostUsd(t.db, app.id)).toBe('0.083334')
    await set(app.id, STORED)
    await setNow('2026-03-16T10:00:10Z')
    expect(await set(app.id, null)).toBe(true)
    expect(await set(app.id, null)).toBe(false)
    await setNow('2027-01-01T00:00:00Z')
    // + 1,296,000 s × 0.00000005787 = 0.07499952; 0.0000005787 + 0.08333334 + 0.07499952 = 0.1583334387
    expect(await sumCostUsd(t.db, app.id)).toBe('0.158333')
  })

  test('never ends before it began, whatever a clock says', async () => {
    await setNow('2026-03-01T00:00:00Z')
    const { app } = await leasedApp()
    await set(app.id, RUNNING)
    await setNow('2026-02-01T00:00:00Z')
    await set(app.id, STORED)
    await set(app.id, null)
    expect(await sumCostUsd(t.db, app.id)).toBe('0.000000')
  })
})

/** What may happen to an app, each after some time. */
type Happening =
  | { kind: 'state'; state: 'running' | 'stored' | null }
  | { kind: 'guest'; guest: Guest }
  | { kind: 'region'; region: string }
  | { kind: 'tier'; tier: string }
  | { kind: 'sweep' }
  | { kind: 'days' }
type Moment = Happening & { afterMs: number }

const GUESTS: Guest[] = [
  { cpuKind: 'shared', cpus: 2, memoryMb: 512 },
  { cpuKind: 'shared', cpus: 2, memoryMb: 1024 },
  { cpuKind: 'performance', cpus: 4, memoryMb: 8192 },
]
const history = fc.array(
  fc
    .tuple(
      fc.integer({ min: 0, max: 4 * 86_400_000 }),
      fc.oneof<fc.Arbitrary<Happening>[]>(
        fc.record({
          kind: fc.constant('state' as const),
          state: fc.constantFrom('running' as const, 'stored' as const, null),
        }),
        fc.record({ kind: fc.constant('guest' as const), guest: fc.constantFrom(...GUESTS) }),
        fc.record({ kind: fc.constant('region' as const), region: fc.constantFrom('iad', 'lhr', 'fra') }),
        fc.record({ kind: fc.constant('tier' as const), tier: fc.constantFrom('pro', 'elite') }),
        fc.constant({ kind: 'sweep' as const }),
        fc.constant({ kind: 'days' as const }),
      ),
    )
    .map(([afterMs, happening]): Moment => ({ ...happening, afterMs })),
  { minLength: 1, maxLength: 25 },
)

type Priced = { state: 'running' | 'stored'; guest: Guest; region: string; tier: string }
type Segment = Priced & { fromMs: number; toMs: number }

/** Whole 1e-12 USD a second, figured here: vCPU × 2.50 + GB × 2.00 (256 MB: 0.50), and a tenth more in fra; lhr costs what iad does. */
function picoUsd({ state, guest, region }: Priced): bigint {
  const monthMicroUsd =
    state === 'stored'
      ? 150_000n
      : BigInt(guest.cpus) * 2_500_000n + (BigInt(guest.memoryMb) / 256n) * 500_000n
  const perSecond = (monthMicroUsd * 1_000_000n + 1_296_000n) / 2_592_000n
  return region === 'fra' ? perSecond + perSecond / 10n : perSecond
}

const price = (priced: Priced) => ({
  state: priced.state,
  priceModel: 'test',
  usdPerSecond: fixed(picoUsd(priced), 12),
})

function fixed(value: bigint, places: number): string {
  const digits = String(value).padStart(places + 1, '0')
  return `${digits.slice(0, -places)}.${digits.slice(-places)}`
}

/** Pico-dollars times milliseconds until a moment: 1e-15 USD. */
function integral(segments: readonly Segment[], fromMs: number, toMs: number): bigint {
  return segments.reduce((sum, segment) => {
    const ms = Math.min(segment.toMs, toMs) - Math.max(segment.fromMs, fromMs)
    return ms > 0 ? sum + picoUsd(segment) * BigInt(ms) : sum
  }, 0n)
}

/** Half away from zero, as numeric rounds. */
const rounded6 = (value1e15: bigint) => fixed((value1e15 + 500_000_000n) / 1_000_000_000n, 6)

/** Moves the app on by one happening, as the engine and the sweeps do it. */
async function happen(
  app: AppRow,
  lease: Lease,
  moment: Moment,
  was: Priced | null,
  now: Omit<Priced, 'state'>,
) {
  const priced = (state: 'running' | 'stored') => price({ ...now, state })
  if (moment.kind === 'days') {
    await closeCostDays(t.db)
    return
  }
  if (moment.kind === 'sweep' || moment.kind === 'tier') {
    const usdPerSecond = { running: priced('running').usdPerSecond, stored: priced('stored').usdPerSecond }
    if (moment.kind === 'tier')
      await t.db.transaction().execute((tx) => updateApp(tx, app.id, { tier: moment.tier }))
    // It takes an app at rest without an interval to run, so only one that has a machine is shown to it.
    if (was)
      await mendCostInterval(t.db, app.id, {
        priceModel: 'test',
        usdPerSecond,
        monthlyCostEstimateUsd: '1.00',
      })
    return
  }
  const state = moment.kind === 'state' ? moment.state : (was?.state ?? null)
  const patch =
    moment.kind === 'guest' ? moment.guest : moment.kind === 'region' ? { region: moment.region } : {}
  await recordStep(t.db, lease, {
    appId: app.id,
    patch: { ...patch, status: 'active' },
    events: [],
    cost: state === null ? null : priced(state),
  })
}

function next(now: Omit<Priced, 'state'>, moment: Moment): Omit<Priced, 'state'> {
  if (moment.kind === 'guest') return { ...now, guest: moment.guest }
  if (moment.kind === 'region') return { ...now, region: moment.region }
  return moment.kind === 'tier' ? { ...now, tier: moment.tier } : now
}

const START_MS = Date.UTC(2026, 1, 26)

test('the sum of the intervals is the integral of state × price, with no gap and no overlap, whatever happens when', async () => {
  await fc.assert(
    fc.asyncProperty(history, async (moments) => {
      await sql`truncate hangar.cost_intervals, hangar.cost_days, hangar.cost_days_closed`.execute(t.db)
      await setNow(START_MS)
      const { app, lease } = await leasedApp()
      await t.db.transaction().execute((tx) => updateApp(tx, app.id, { status: 'active' }))
      const segments: Segment[] = []
      let now: Omit<Priced, 'state'> = { guest: GUESTS[0]!, region: 'iad', tier: 'pro' }
      let open = null as Priced | null
      let atMs = START_MS
      for (const moment of moments) {
        atMs += moment.afterMs
        await setNow(atMs)
        now = next(now, moment)
        await happen(app, lease, moment, open, now)
        const state: Priced['state'] | null = moment.kind === 'state' ? moment.state : (open?.state ?? null)
        end(segments, open, atMs)
        open = state && { ...now, state }
        if (open) segments.push({ ...open, fromMs: atMs, toMs: atMs })
      }
      atMs += 12_345_678
      await setNow(atMs)
      end(segments, open, atMs)
      await compare(app.id, segments, atMs)
    }),
    { numRuns: 25 },
  )
})

function end(segments: readonly Segment[], open: Priced | null, atMs: number): void {
  const last = segments.at(-1)
  if (open && last) last.toMs = atMs
}

const equal = (a: Priced, b: Priced) =>
  a.state === b.state && a.guest === b.guest && a.region === b.region && a.tier === b.tier

/** Adjacent parts at the same price are one; what lasts no time is none. */
function merged(segments: readonly Segment[]): Segment[] {
  return segments
    .filter(({ fromMs, toMs }) => toMs > fromMs)
    .reduce<Segment[]>((list, segment) => {
      const last = list.at(-1)
      if (last && last.toMs === segment.fromMs && equal(last, segment)) last.toMs = segment.toMs
      else list.push({ ...segment })
      return list
    }, [])
}

async function compare(appId: string, segments: Segment[], atMs: number): Promise<void> {
  const rows = await t.db
    .selectFrom('hangar.costIntervals')
    .selectAll()
    .where('userFlyAppId', '=', appId)
    .orderBy('startedAt')
    .orderBy('id')
    .execute()
  const written = rows.map((row): Segment => ({
    state: row.state,
    guest: GUESTS.find(({ cpus, memoryMb }) => cpus === row.cpus && memoryMb === row.memoryMb)!,
    region: row.region,
    tier: row.tier,
    fromMs: row.startedAt.getTime(),
    toMs: row.endedAt?.getTime() ?? atMs,
  }))
  expect(merged(written)).toEqual(merged(segments))
  expect(await sumCostUsd(t.db, appId)).toBe(rounded6(integral(segments, START_MS, atMs)))

  const sums = await sumCosts(t.db, { from: '2026-02-01', to: '2026-07-01' }, new Date(atMs))
  expect(sums.usd).toBe(rounded6(integral(segments, START_MS, atMs)))
  for (const { day, usd } of sums.days) {
    const fromMs = Date.parse(day)
    expect(usd).toBe(rounded6(integral(segments, fromMs, fromMs + 86_400_000)))
  }
  for (const { tier, usd } of sums.tiers) {
    const own = segments.filter((segment) => segment.tier === tier)
    expect(usd).toBe(rounded6(integral(own, START_MS, atMs)))
  }
}
