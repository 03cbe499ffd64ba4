/** The product's own monitoring queries, to the letter, and what the API tells beside them: both over the same rows. */
import { createUser, useTestDatabase } from '@hangar/testkit'
import { beforeAll, describe, expect, test } from '@jest/globals'
import { sql } from 'kysely'
import pg from 'pg'
import { type AppPatch, insertApp, updateApp } from './apps.ts'
import { insertEvent } from './events.ts'
import { readLifecycleStats } from './lifecycle-stats.ts'
import { anApp } from './test-data.ts'

const t = useTestDatabase({ maxConnections: 1 })
const SECOND_MS = 1_000
const DAY_MS = 86_400_000

/** A moment before now, as the database sees it: the queries ask for NOW(). */
const before = (ms: number) => sql`clock_timestamp() - make_interval(secs => ${ms / 1000}::double precision)`
const setNow = async (ms: number | null) =>
  ms === null
    ? sql`select set_config('hangar.now', '', false)`.execute(t.db)
    : sql`select set_config('hangar.now', (${before(ms)})::text, false)`.execute(t.db)

async function app(email: string, patch: AppPatch = {}) {
  const { userId } = await createUser(t.db, { email })
  return t.db.transaction().execute(async (tx) => {
    const row = await insertApp(tx, anApp(userId, { monthlyCostEstimateUsd: '6.00' }))
    return updateApp(tx, row.id, { status: 'active', healthStatus: 'healthy', ...patch })
  })
}
type App = Awaited<ReturnType<typeof app>>

const happened = ({ id, userId }: App, eventType: string, status: 'success' | 'failed', code?: string) =>
  insertEvent(t.db, {
    userFlyAppId: id,
    userId,
    eventType,
    status,
    message: code ? `because of ${code}` : null,
    metadata: code ? { code } : {},
    actor: 'worker',
  })

/** Provisioned in so many seconds, the end of it an hour ago. */
async function provisioned(email: string, tookSeconds: number, patch: AppPatch = {}): Promise<App> {
  const endedMs = 3_600 * SECOND_MS
  await setNow(endedMs + tookSeconds * SECOND_MS)
  const row = await app(email, patch)
  await setNow(endedMs)
  await happened(row, 'provision_completed', 'success')
  return row
}

beforeAll(async () => {
  // Twenty that took 1 to 20 s: 10.5 on average; 95 % of the way from the first to the last of them is 19.05.
  for (let seconds = 1; seconds <= 20; seconds++)
    await provisioned(
      `up-${seconds}@example.test`,
      seconds,
      seconds <= 3 ? { healthStatus: 'unhealthy' } : {},
    )
  // Longer ago than the queries look.
  await setNow(31 * DAY_MS)
  const old = await app('old@example.test', { status: 'deleted', deletedAt: 'now', teardownStartedAt: 'now' })
  await happened(old, 'deprovision_completed', 'success')
  await happened(old, 'deprovision_failed', 'failed', 'long_ago')
  // Two deprovisioned, in 4 and in 8 s, 25 hours ago; the second had failed before.
  const down = []
  for (const seconds of [4, 8]) {
    await setNow(25 * 3_600 * SECOND_MS + seconds * SECOND_MS)
    down.push(await app(`down-${seconds}@example.test`, { teardownStartedAt: 'now' }))
  }
  await setNow(25 * 3_600 * SECOND_MS)
  await happened(down[1]!, 'deprovision_failed', 'failed', 'app_not_deleted')
  for (const row of down) {
    await t.db.transaction().execute((tx) => updateApp(tx, row.id, { status: 'deleted', deletedAt: 'now' }))
    await happened(row, 'deprovision_completed', 'success')
  }
  // Given up: one now for the second time, one two hours before.
  await setNow(2 * 3_600 * SECOND_MS)
  const error = { status: 'error', healthStatus: 'unknown', retryCount: 4 } as const
  const first = await app('broken-1@example.test', { ...error, errorMessage: 'no capacity in iad' })
  await happened(first, 'provision_failed', 'failed', 'fly_region_capacity')
  await setNow(null)
  await happened(first, 'provision_failed', 'failed', 'fly_region_capacity')
  const second = await app('broken-2@example.test', { ...error, errorMessage: 'no such image' })
  await happened(second, 'provision_failed', 'failed', 'fly_validation')
})

describe("the product's queries, to the letter", () => {
  /** As whoever looks at the product's database would run them: over a plain connection. */
  async function run(text: string): Promise<Record<string, unknown>[]> {
    const client = new pg.Client({ connectionString: t.url })
    await client.connect()
    try {
      return (await client.query<Record<string, unknown>>(text)).rows
    } finally {
      await client.end()
    }
  }

  test('active apps and what they cost', async () => {
    const rows = await run(
      `SELECT COUNT(*) as active_apps, SUM(monthly_cost_estimate_usd) as total_monthly_cost FROM user_fly_apps WHERE status = 'active' AND deleted_at IS NULL;`,
    )
    // Twenty at 6.00.
    expect(rows).toEqual([{ active_apps: '20', total_monthly_cost: '120.00' }])
  })

  test('health', async () => {
    const rows = await run(
      `SELECT health_status, COUNT(*) as count FROM user_fly_apps WHERE deleted_at IS NULL GROUP BY health_status;`,
    )
    expect(rows).toHaveLength(3)
    expect(rows).toEqual(
      expect.arrayContaining([
        { health_status: 'healthy', count: '17' },
        { health_status: 'unhealthy', count: '3' },
        { health_status: 'unknown', count: '2' },
      ]),
    )
  })

  test('recent events, the latest kind first', async () => {
    const rows = await run(
      `SELECT event_type, status, COUNT(*) as count, MAX(created_at) as last_occurrence FROM user_fly_app_events WHERE created_at > NOW() - INTERVAL '24 hours' GROUP BY event_type, status ORDER BY last_occurrence DESC;`,
    )
    // What came 25 hours ago is not among them.
    expect(rows).toEqual([
      { event_type: 'provision_failed', status: 'failed', count: '3', last_occurrence: expect.any(Date) },
      {
        event_type: 'provision_completed',
        status: 'success',
        count: '20',
        last_occurrence: expect.any(Date),
      },
    ])
  })

  test('failed provisions, the latest first', async () => {
    const rows = await run(
      `SELECT u.email, f.fly_app_name, f.error_message, f.retry_count, f.created_at FROM user_fly_apps f JOIN user_profiles u ON u.id = f.user_id WHERE f.status = 'error' ORDER BY f.created_at DESC;`,
    )
    const name = expect.stringMatching(/^vyx-user-/)
    const common = { fly_app_name: name, retry_count: 4, created_at: expect.any(Date) }
    expect(rows).toEqual([
      { email: 'broken-2@example.test', error_message: 'no such image', ...common },
      { email: 'broken-1@example.test', error_message: 'no capacity in iad', ...common },
    ])
  })

  test('success rate of deprovisioning', async () => {
    const rows = await run(
      `SELECT COUNT(*) FILTER (WHERE event_type = 'deprovision_completed') as success_count, COUNT(*) FILTER (WHERE event_type = 'deprovision_failed') as failure_count, ROUND(COUNT(*) FILTER (WHERE event_type = 'deprovision_completed') * 100.0 / NULLIF(COUNT(*), 0), 2) as success_rate_pct FROM user_fly_app_events WHERE event_type IN ('deprovision_completed', 'deprovision_failed') AND created_at > NOW() - INTERVAL '30 days';`,
    )
    // 2 of 3: 66.666… %. What came 31 days ago is left out.
    expect(rows).toEqual([{ success_count: '2', failure_count: '1', success_rate_pct: '66.67' }])
  })
})

describe('beside them', () => {
  test('how long it takes on average and for 95 %, how often it fails, and why', async () => {
    const { provision, deprovision } = await readLifecycleStats(t.db, { days: 30 })
    expect(provision).toMatchObject({
      completed: 20,
      failed: 3,
      failedApps: 2,
      // 20 of 23.
      successPct: '86.96',
      reasons: [
        { code: 'fly_region_capacity', failures: 2, lastMessage: 'because of fly_region_capacity' },
        { code: 'fly_validation', failures: 1 },
      ],
    })
    // The rows are written with a clock that runs meanwhile.
    const nearMs = (ms: number | null) => Math.round((ms ?? 0) / 500) * 500
    expect(nearMs(provision.averageMs)).toBe(10_500)
    expect(nearMs(provision.p95Ms)).toBe(19_000)
    expect(deprovision).toMatchObject({ completed: 2, failed: 1, failedApps: 1, successPct: '66.67' })
    expect(nearMs(deprovision.averageMs)).toBe(6_000)
    // 4 + 0.95 × 4 = 7.8
    expect(nearMs(deprovision.p95Ms)).toBe(8_000)
  })

  test('where nothing ended there is no rate and no duration', async () => {
    await setNow(-40 * DAY_MS)
    const { provision } = await readLifecycleStats(t.db, { days: 30 })
    await setNow(null)
    const nothing = { completed: 0, failed: 0, failedApps: 0, successPct: null, averageMs: null, p95Ms: null }
    expect(provision).toEqual({ ...nothing, reasons: [] })
  })
})
