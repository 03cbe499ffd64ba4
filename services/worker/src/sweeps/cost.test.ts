/** What the sweeps write of the ledger beside the engine: states that somebody else changed, days, and the budget. */
import { engageBrake, listAlerts, readClosedThrough, releaseBrake, writeSetting } from '@hangar/db'
import { createUser, runSql } from '@hangar/testkit'
import { describe, expect, test } from '@jest/globals'
import { useEngine } from '../testing/engine.ts'
import { queryRows } from '../testing/rows.ts'
import { sweepCost } from './cost.ts'
import { sweepHealth } from './health.ts'

const engine = useEngine()
const never = new AbortController().signal
const onDatabase = (text: string) => runSql(engine.database.url, text)

/** Launched an hour ago, so that a listing is believed about it. */
async function active() {
  const { userId } = await createUser(engine.database.db, { tier: 'pro' })
  await engine.drive(userId)
  await onDatabase(
    `update public.user_fly_apps set launched_at = launched_at - interval '1 hour' where user_id = '${userId}'`,
  )
  return engine.live(userId)
}

const states = async (appId: string) =>
  (
    await queryRows<{ state: string }>(
      engine.database.url,
      `select state from hangar.cost_intervals where user_fly_app_id = '${appId}' order by id`,
    )
  ).map(({ state }) => state)

describe('a machine that somebody stopped', () => {
  test('costs its storage although a brake keeps it from being repaired, and its price again once it runs', async () => {
    const { db } = engine.database
    const row = await active()
    await engageBrake(db, 'operator', { by: 'admin', reason: 'test' })
    const { machines } = engine.deps.fly
    await machines.stop(row.flyAppName, row.flyMachineId!)
    await machines.wait(row.flyAppName, row.flyMachineId!, { states: ['stopped'], timeoutMs: 5_000 })
    await sweepHealth(engine.deps, never)
    await sweepHealth(engine.deps, never)
    expect(await states(row.id)).toEqual(['stored', 'running', 'stored'])
    // The hourly look at prices knows nothing of Fly, and leaves the state as it is.
    expect(await sweepCost(engine.deps, never)).toMatchObject({ mended: 0 })
    await machines.start(row.flyAppName, row.flyMachineId!)
    await machines.wait(row.flyAppName, row.flyMachineId!, { states: ['started'], timeoutMs: 5_000 })
    await sweepHealth(engine.deps, never)
    expect(await states(row.id)).toEqual(['stored', 'running', 'stored', 'running'])
    await releaseBrake(db, 'operator')
  })
})

describe('the hourly look', () => {
  test('a tier that changed without another size begins a new interval', async () => {
    const row = await active()
    await onDatabase(`update public.user_fly_apps set tier = 'elite' where id = '${row.id}'`)
    expect(await sweepCost(engine.deps, never)).toMatchObject({ mended: 1 })
    expect(
      await queryRows(
        engine.database.url,
        `select tier, state, ended_at is null as open from hangar.cost_intervals where user_fly_app_id = '${row.id}' order by id`,
      ),
    ).toEqual([
      { tier: 'pro', state: 'stored', open: false },
      { tier: 'pro', state: 'running', open: false },
      { tier: 'elite', state: 'running', open: true },
    ])
  })

  test('writes each day that is over, once', async () => {
    await onDatabase(
      `delete from hangar.cost_days; delete from hangar.cost_days_closed;
       update hangar.cost_intervals set started_at = started_at - interval '40 days' where id = (
         select max(id) from hangar.cost_intervals where ended_at is null)`,
    )
    const { closedDays } = await sweepCost(engine.deps, never)
    // Within an hour after midnight, yesterday is not closed yet.
    expect([39, 40]).toContain(closedDays)
    expect(await readClosedThrough(engine.database.db)).toMatch(/^\d{4}-\d\d-\d\d$/)
    expect(await sweepCost(engine.deps, never)).toMatchObject({ closedDays: 0 })
  })
})

describe('the budget', () => {
  const { database } = engine
  const setBudget = (monthlyUsd: string | null) =>
    database.db.transaction().execute((tx) => writeSetting(tx, 'budget', { monthlyUsd }, 'admin'))

  /** Subjects of the open alerts, after a run of the sweep. */
  async function open(): Promise<string[]> {
    await sweepCost(engine.deps, never)
    const alerts = await listAlerts(database.db, { limit: 50, openOnly: true })
    return alerts
      .filter(({ kind }) => kind === 'budget')
      .map(({ subject }) => subject)
      .sort()
  }

  /** The one interval of this test: what it has cost so far is known to the cent. */
  async function spend(usd: number): Promise<void> {
    const row = await active()
    await onDatabase(
      `delete from hangar.cost_days; delete from hangar.cost_days_closed;
       delete from hangar.cost_intervals where user_fly_app_id <> '${row.id}';
       update public.user_fly_apps set status = 'deleted', deleted_at = clock_timestamp() where id <> '${row.id}' and deleted_at is null;
       update hangar.cost_intervals set started_at = ended_at - interval '1 second', usd_per_second = ${usd}
         where user_fly_app_id = '${row.id}' and ended_at is not null;
       update hangar.cost_intervals set started_at = clock_timestamp() where user_fly_app_id = '${row.id}' and ended_at is null`,
    )
  }

  test('none is set: no alert', async () => {
    await spend(80)
    expect(await open()).toEqual([])
  })

  test('at 50, 75 and 100 % of it, and when more is foreseen; each resolves when the budget is raised', async () => {
    await setBudget('1000')
    expect(await open()).toEqual([])
    // 80 of 160 is half; what runs adds at most 6.20 in a month.
    await setBudget('160')
    expect(await open()).toEqual(['50'])
    await setBudget('100.00')
    expect(await open()).toEqual(['50', '75'])
    await setBudget('79')
    expect(await open()).toEqual(['100', '50', '75', 'forecast'])
    const [alert] = (await listAlerts(database.db, { limit: 50, openOnly: true })).filter(
      ({ subject }) => subject === '100',
    )
    expect(alert).toMatchObject({
      kind: 'budget',
      severity: 'critical',
      message: expect.stringMatching(
        /^the apps of \d{4}-\d\d have cost 80\.00 USD, 101\.2\d % of the budget of 79 USD$/,
      ),
      details: { monthlyUsd: '79', monthUsd: expect.stringMatching(/^80\.0/) },
    })
    await setBudget('100.00')
    expect(await open()).toEqual(['50', '75'])
    await setBudget(null)
    expect(await open()).toEqual([])
  })

  test('a new month begins with none', async () => {
    await setBudget('79')
    expect(await open()).toContain('100')
    await onDatabase(
      `update hangar.cost_intervals set started_at = started_at - interval '32 days', ended_at = ended_at - interval '32 days'
         where ended_at is not null`,
    )
    expect(await open()).toEqual([])
  })
})
