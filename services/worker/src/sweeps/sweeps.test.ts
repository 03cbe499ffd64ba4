import { describe, expect, test } from '@jest/globals'
import { findLiveApp, recordHeartbeat } from '@hangar/db'
import { createUser, runSql, setTier } from '@hangar/testkit'
import { useEngine } from '../testing/engine.ts'
import { sweepCost } from './cost.ts'
import { sweepDifferences } from './differences.ts'
import { judge, sweepHealth } from './health.ts'

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
  return { userId, row: await engine.live(userId) }
}

/** A stranger's machines, as many as one page of the listing holds, changed later than any so far. */
function fillAPage() {
  const { world, clock } = engine.sim.sim
  const [some] = world.apps.values()
  const [machine] = some!.machines.values()
  const between = { ...some!, name: 'between', machines: new Map() }
  world.apps.set(between.name, between)
  for (let n = 0; n < 1_000; n++)
    world.addMachine(between, { ...machine!, id: `m${n}`, appName: between.name, updatedAtMs: clock.nowMs() })
  return between
}

describe('health: what one look says', () => {
  const now = new Date('2026-03-01T12:00:00Z')
  const subject = (silentMs: number | null, launchedMs = 3_600_000) => ({
    now,
    launchedAt: new Date(now.getTime() - launchedMs),
    lastHeartbeatAt: silentMs === null ? null : new Date(now.getTime() - silentMs),
  })
  const drained = (ms: number) => ({ ...subject(1_000), drainedAt: new Date(now.getTime() - ms) })
  test.each([
    ['started, fresh heartbeat', subject(30_000), { state: 'started' }, true, 'healthy', false],
    ['started, three heartbeats missed', subject(90_001), { state: 'started' }, true, 'unhealthy', false],
    ['started, an image without heartbeats', subject(null), { state: 'started' }, true, 'healthy', false],
    ['has drained unasked', drained(90_000), { state: 'started' }, true, 'unhealthy', true],
    ['has said so, and may be heard yet', drained(89_000), { state: 'started' }, true, 'healthy', false],
    ['stopped', subject(1_000), { state: 'stopped' }, true, 'unhealthy', true],
    ['not on Fly', subject(1_000), undefined, true, 'unhealthy', true],
    ['not in an answer that was partial', subject(1_000), undefined, false, 'unknown', false],
  ])('%s', (_, facts, machine, complete, status, repair) => {
    expect(judge(facts, machine, { complete, since: now })).toMatchObject({ status, repair })
  })

  test('of a machine younger than the listing may be late, nothing', () => {
    expect(judge(subject(null, 60_000), undefined, { complete: true, since: now })).toBeNull()
    // It was as young when the listing began, whatever the time is by now.
    const since = new Date(now.getTime() - 60_000)
    expect(judge(subject(null, 150_000), undefined, { complete: true, since })).toBeNull()
  })

  test('of a machine that was asked for by itself, at any age', () => {
    expect(judge(subject(null, 1_000), { state: 'started' }, { complete: true })).toMatchObject({
      status: 'healthy',
    })
  })
})

describe('health: the sweep', () => {
  test('one listing for all, an event only on a change, a repair only after two looks', async () => {
    const good = await active()
    const bad = await active()
    await engine.deps.fly.machines.stop(bad.row.flyAppName, bad.row.flyMachineId!)
    const calls = engine.sim.sim.calls.list().length
    expect(await sweepHealth(engine.deps, never)).toMatchObject({ unhealthy: 1, woken: 0, partial: false })
    const listed = engine.sim.sim.calls.list().slice(calls)
    expect(listed.map((call) => call.operation)).toEqual(['orgs.machines'])
    expect(await engine.live(bad.userId)).toMatchObject({ healthStatus: 'unhealthy', healthFailures: 1 })
    expect((await engine.live(good.userId)).lastHealthCheck).toBeInstanceOf(Date)

    expect(await sweepHealth(engine.deps, never)).toMatchObject({ unhealthy: 1, woken: 1 })
    const failures = (await engine.eventTypes(bad.userId)).filter((type) => type === 'health_check_failed')
    expect(failures).toHaveLength(1)
    await engine.drive(bad.userId)
    expect(await engine.live(bad.userId)).toMatchObject({
      status: 'active',
      healthStatus: 'healthy',
      healthFailures: 0,
    })
    expect(await engine.eventTypes(good.userId)).not.toContain('health_check_failed')
  })

  test('a listing of several pages: what is shown on another page, or on none, is found', async () => {
    const [good, doubled, gone] = [await active(), await active(), await active()]
    const { world } = engine.sim.sim
    const between = fillAPage()
    const { flyAppName: app, region } = doubled.row
    const config = { image: 'screener', guest: { cpuKind: 'shared', cpus: 1, memoryMb: 256 } } as const
    await engine.deps.fly.machines.create(app, { name: 'by-hand', region, config })
    await engine.deps.fly.machines.delete(gone.row.flyAppName, gone.row.flyMachineId!, { force: true })
    const calls = engine.sim.sim.calls.list().length

    expect(await sweepHealth(engine.deps, never)).toMatchObject({ unhealthy: 1, woken: 1, partial: false })
    expect(engine.sim.sim.calls.list().slice(calls)).toHaveLength(2)
    expect((await engine.live(good.userId)).healthStatus).toBe('healthy')
    expect((await engine.live(gone.userId)).healthStatus).toBe('unhealthy')
    await engine.drive(doubled.userId)
    expect(world.apps.get(app)?.machines.size).toBe(1)
    world.removeApp(between, null)
    expect(await sweepHealth(engine.deps, never)).toMatchObject({ unhealthy: 1, woken: 1 })
    await engine.drive(gone.userId)
    expect(await sweepHealth(engine.deps, never)).toMatchObject({ unhealthy: 0, woken: 0 })
  })

  test('an app that falls silent is unhealthy, and recovers when it speaks again', async () => {
    const { userId, row } = await active()
    await onDatabase(
      `update hangar.app_heartbeats set last_heartbeat_at = clock_timestamp() - interval '2 minutes' where user_fly_app_id = '${row.id}'`,
    )
    await sweepHealth(engine.deps, never)
    expect((await engine.live(userId)).healthStatus).toBe('unhealthy')
    await recordHeartbeat(engine.database.db, row.id, { machineId: row.flyMachineId!, runningTraderIds: [] })
    await sweepHealth(engine.deps, never)
    expect((await engine.live(userId)).healthStatus).toBe('healthy')
    expect(await engine.eventTypes(userId)).toEqual(
      expect.arrayContaining(['health_check_failed', 'health_check_recovered']),
    )
  })

  test('a listing with a region missing acts on nothing that it does not show', async () => {
    const { userId } = await active()
    const fault = engine.sim.sim.faults.add({ kind: 'partial_list', params: { region: 'iad' } })
    expect(await sweepHealth(engine.deps, never)).toMatchObject({ unhealthy: 0, woken: 0, partial: true })
    engine.sim.sim.faults.remove(fault.id)
    expect((await engine.live(userId)).healthStatus).toBe('unknown')
    expect(await engine.eventTypes(userId)).not.toContain('health_check_failed')
  })

  test('an app in a region that answered is judged, whichever other is missing', async () => {
    const { userId, row } = await active()
    await engine.deps.fly.machines.delete(row.flyAppName, row.flyMachineId!, { force: true })
    const missing = async (region: string) => {
      const fault = engine.sim.sim.faults.add({ kind: 'partial_list', params: { region } })
      const summary = await sweepHealth(engine.deps, never)
      engine.sim.sim.faults.remove(fault.id)
      return summary
    }
    expect(await missing('fra')).toMatchObject({ partial: true, woken: 0 })
    expect(await engine.live(userId)).toMatchObject({ healthStatus: 'unhealthy', healthFailures: 1 })
    expect(await missing('iad')).toMatchObject({ partial: true, woken: 0 })
    expect((await engine.live(userId)).healthStatus).toBe('unknown')
    expect(await missing('fra')).toMatchObject({ partial: true, woken: 1 })
    await engine.drive(userId)
  })

  test('a look that can tell nothing forgets nothing: neither the failures, nor what they were told as', async () => {
    const { userId, row } = await active()
    const beatAt = (at: string) =>
      onDatabase(
        `update hangar.app_heartbeats set last_heartbeat_at = ${at} where user_fly_app_id = '${row.id}'`,
      )
    const toldOf = async () =>
      (await engine.eventTypes(userId)).filter((type) => type.startsWith('health_check_'))
    const seeNothing = async () => {
      const fault = engine.sim.sim.faults.add({ kind: 'partial_list', params: { region: 'iad' } })
      await sweepHealth(engine.deps, never)
      engine.sim.sim.faults.remove(fault.id)
    }
    await beatAt(`clock_timestamp() - interval '1 hour'`)
    await sweepHealth(engine.deps, never)
    await seeNothing()
    expect(await engine.live(userId)).toMatchObject({ healthStatus: 'unknown', healthFailures: 1 })
    await sweepHealth(engine.deps, never)
    expect(await engine.live(userId)).toMatchObject({ healthStatus: 'unhealthy', healthFailures: 2 })
    expect(await toldOf()).toEqual(['health_check_failed'])
    await seeNothing()
    await beatAt('clock_timestamp()')
    await sweepHealth(engine.deps, never)
    expect(await engine.live(userId)).toMatchObject({ healthStatus: 'healthy', healthFailures: 0 })
    expect(await toldOf()).toEqual(['health_check_failed', 'health_check_recovered'])
  })
})

describe('differences', () => {
  test('a change that no trigger saw is found, and only once', async () => {
    const { userId } = await active()
    await onDatabase(
      `begin; set local session_replication_role = replica;
       update public.user_subscriptions set tier = 'free' where user_id = '${userId}'; commit`,
    )
    expect(await sweepDifferences(engine.deps, never)).toBe(1)
    expect(await sweepDifferences(engine.deps, never)).toBe(0)
    await engine.drive(userId)
    expect(await findLiveApp(engine.database.db, userId)).toBeNull()
    expect(await sweepDifferences(engine.deps, never)).toBe(0)
  })

  test('a user who was never enrolled is left alone', async () => {
    const { userId } = await createUser(engine.database.db, { tier: null })
    await onDatabase(
      `begin; set local session_replication_role = replica;
       insert into public.user_subscriptions (user_id, tier, status) values ('${userId}', 'pro', 'active'); commit`,
    )
    expect(await sweepDifferences(engine.deps, never)).toBe(0)
    expect(await findLiveApp(engine.database.db, userId)).toBeNull()
  })

  test('users at rest are no difference', async () => {
    const { userId } = await active()
    await setTier(engine.database.db, userId, 'pro')
    expect(await sweepDifferences(engine.deps, never)).toBe(0)
  })
})

describe('cost', () => {
  const intervals = async (id: string) =>
    (
      await engine.database.db
        .selectFrom('hangar.costIntervals')
        .select(['priceModel', 'startedAt', 'endedAt', 'usdPerSecond'])
        .where('userFlyAppId', '=', id)
        .where('state', '=', 'running')
        .orderBy('id')
        .execute()
    ).map((one) => ({ ...one }))

  test('a ledger that is whole is left alone', async () => {
    const { row } = await active()
    expect(await sweepCost(engine.deps, never)).toMatchObject({ mended: 0 })
    expect(await intervals(row.id)).toHaveLength(1)
  })

  test('a running app without an open interval gets one', async () => {
    const { row } = await active()
    await onDatabase(`delete from hangar.cost_intervals where user_fly_app_id = '${row.id}'`)
    expect(await sweepCost(engine.deps, never)).toMatchObject({ mended: 1 })
    expect(await intervals(row.id)).toMatchObject([{ endedAt: null, priceModel: 'product' }])
  })

  test('a machine that two looks miss costs nothing until it is back', async () => {
    const { userId, row } = await active()
    const isOpen = async () => (await intervals(row.id)).some(({ endedAt }) => endedAt === null)
    const { world } = engine.sim.sim
    const there = world.apps.get(row.flyAppName)!
    const machine = there.machines.get(row.flyMachineId!)!
    there.machines.delete(machine.id)
    await sweepHealth(engine.deps, never)
    expect(await isOpen()).toBe(true)
    await sweepHealth(engine.deps, never)
    expect(await isOpen()).toBe(false)
    // The look at prices believes no ledger of an app that is not well.
    expect(await sweepCost(engine.deps, never)).toMatchObject({ mended: 0 })
    expect(await isOpen()).toBe(false)
    there.machines.set(machine.id, machine)
    await sweepHealth(engine.deps, never)
    expect(await isOpen()).toBe(true)
    expect(await engine.live(userId)).toMatchObject({ healthStatus: 'healthy' })
  })

  test('a change of the price model closes one interval and opens the next at the same moment', async () => {
    const { row } = await active()
    const deps = engine.other('worker-a', { priceModel: 'fly_list' })
    await sweepCost(deps, never)
    const [first, second, ...more] = await intervals(row.id)
    expect(more).toEqual([])
    expect(first?.endedAt).toEqual(second?.startedAt)
    expect(second).toMatchObject({ priceModel: 'fly_list 2025-08-19', endedAt: null })
    expect(await engine.live(row.userId)).toMatchObject({ monthlyCostEstimateUsd: '3.89' })
  })
})
