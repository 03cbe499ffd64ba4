import { describe, expect, test } from '@jest/globals'
import { type AppRow, raiseWant, recordHeartbeat } from '@hangar/db'
import {
  countKeptRows,
  createTrader,
  createUser,
  insertExecutions,
  insertSignals,
  runSql,
  setTier,
} from '@hangar/testkit'
import { useAppAddress } from '../testing/address.ts'
import { beats, SETTINGS, useEngine } from '../testing/engine.ts'

const engine = useEngine()
const address = useAppAddress()
const apps = () => [...engine.sim.sim.world.apps.values()]
const appNamed = (name: string) => apps().find((app) => app.name === name)
const machinesOf = (name: string) =>
  [...engine.sim.sim.world.machines.values()].filter(
    (machine) => machine.appName === name && machine.state !== 'destroyed',
  )

const beatOnly = (row: AppRow) =>
  recordHeartbeat(engine.database.db, row.id, { machineId: row.flyMachineId!, runningTraderIds: [] })

async function upgraded(tier = 'pro') {
  const { userId } = await createUser(engine.database.db, { tier: 'free' })
  await setTier(engine.database.db, userId, tier)
  await engine.drive(userId)
  return userId
}

describe('free → pro', () => {
  test('one app, named and sized as the product knows it, with a row that says so and an event for each step', async () => {
    const userId = await upgraded()
    const row = await engine.live(userId)
    expect(row).toMatchObject({
      status: 'active',
      generation: 1,
      tier: 'pro',
      region: 'iad',
      cpuKind: 'shared',
      cpus: 2,
      memoryMb: 512,
      healthStatus: 'healthy',
      monthlyCostEstimateUsd: '6.00',
      errorCode: null,
      retryCount: 0,
    })
    expect(row.flyAppName).toMatch(/^vyx-user-[0-9a-z]{8}$/)
    expect(row.deployedAt).toBeInstanceOf(Date)
    const [machine, ...more] = machinesOf(row.flyAppName)
    expect(more).toEqual([])
    expect(machine).toMatchObject({ id: row.flyMachineId, state: 'started' })
    expect(machine?.config).toMatchObject({
      guest: { cpu_kind: 'shared', cpus: 2, memory_mb: 512 },
      env: { USER_ID: userId, RUN_MODE: 'user_dedicated', HANGAR_GENERATION: '1' },
      restart: { policy: 'always' },
      stop_config: { signal: 'SIGTERM' },
      metadata: { hangar_user: userId, hangar_generation: '1' },
    })
    expect(machine?.config.services).toBeUndefined()
    expect(await engine.eventTypes(userId)).toEqual([
      'provision_started',
      'provision_app_created',
      'provision_secrets_set',
      'provision_machine_created',
      'provision_machine_started',
      'provision_healthy',
      'provision_completed',
    ])
  })

  test('elite gets its own size and price', async () => {
    expect(await engine.live(await upgraded('elite'))).toMatchObject({
      memoryMb: 1024,
      monthlyCostEstimateUsd: '7.00',
    })
  })

  test('the same job again changes nothing', async () => {
    const userId = await upgraded()
    const before = await engine.live(userId)
    const calls = engine.sim.sim.calls.list({ app: before.flyAppName }).length
    await raiseWant(engine.database.db, userId, 'manual')
    await engine.drive(userId)
    expect(await engine.live(userId)).toEqual(before)
    const since = engine.sim.sim.calls.list({ app: before.flyAppName }).slice(calls)
    expect(since.filter((call) => call.method !== 'GET')).toEqual([])
  })

  test('a free user set to free again: nothing is written', async () => {
    const { userId } = await createUser(engine.database.db, { tier: 'free' })
    await setTier(engine.database.db, userId, 'free')
    expect(await engine.drive(userId)).toMatchObject({ kind: 'done' })
    expect(await engine.generations(userId)).toEqual([])
    expect(await engine.events(userId)).toEqual([])
  })

  test('many jobs for one user at once: one app', async () => {
    const { userId } = await createUser(engine.database.db, { tier: 'pro' })
    const workers = Array.from({ length: 8 }, (_, n) => engine.other(`worker-${n}`))
    await Promise.all(workers.map((deps) => engine.drive(userId, { deps })))
    const rows = await engine.generations(userId)
    expect(rows).toHaveLength(1)
    expect(rows[0]).toMatchObject({ status: 'active' })
    expect(machinesOf(rows[0]!.flyAppName)).toHaveLength(1)
    const creates = engine.sim.sim.calls.list({ app: rows[0]!.flyAppName, operation: 'machines.create' })
    expect(creates).toHaveLength(1)
  })
})

describe('paid → free', () => {
  test('drained, deleted, and every row kept', async () => {
    const { db } = engine.database
    const { userId } = await createUser(db, { tier: 'pro' })
    const { traderId } = await createTrader(db, userId, { name: 'mine' })
    await insertSignals(db, userId, traderId, 20)
    await insertExecutions(db, userId, traderId, 5)
    const kept = await countKeptRows(db, userId)
    await engine.drive(userId)
    const { flyAppName, id } = await engine.live(userId)
    await runSql(
      engine.database.url,
      `update hangar.cost_intervals set started_at = started_at - interval '15 days'
       where user_id = '${userId}' and ended_at is null`,
    )
    await setTier(db, userId, 'free')
    // An app that takes it there is not signalled before its drain ends.
    await engine.drive(userId, {
      deps: engine.other('worker-a', { drainUrlTemplate: address.template, drainGraceMs: 5_000 }),
    })
    const [row] = await engine.generations(userId)
    expect(row).toMatchObject({
      id,
      status: 'deleted',
      flyAppName,
      monthlyCostEstimateUsd: '6.00',
      errorCode: null,
    })
    expect(row?.deletedAt).toBeInstanceOf(Date)
    // Fifteen days of the 6.00 a month.
    expect(Number(row?.finalCostUsd)).toBeCloseTo(3, 3)
    expect(appNamed(flyAppName)).toBeUndefined()
    expect(await countKeptRows(db, userId)).toEqual(kept)
    const types = await engine.eventTypes(userId)
    expect(types.slice(types.indexOf('deprovision_started'))).toEqual([
      'deprovision_started',
      'deprovision_drain_started',
      'deprovision_drain_told',
      'deprovision_drained',
      'deprovision_machine_stopped',
      'deprovision_machine_deleted',
      'deprovision_app_deleting',
      'deprovision_app_deleted',
      'deprovision_completed',
    ])
    const drained = (await engine.events(userId)).find((event) => event.eventType === 'deprovision_drained')
    expect(drained).toMatchObject({
      status: 'success',
      metadata: { ended: 'reported', report: { signalsFlushed: 2 } },
    })
  })

  test('an app that ignores all it is told is deleted when its grace is over, and the event says so', async () => {
    const userId = await upgraded()
    const { flyAppName } = await engine.live(userId)
    const fault = engine.sim.sim.faults.add({ kind: 'ignores_signals', match: { app: flyAppName } })
    await setTier(engine.database.db, userId, 'free')
    await engine.drive(userId, { app: async () => {} })
    engine.sim.sim.faults.remove(fault.id)
    const drained = (await engine.events(userId)).find((event) => event.eventType === 'deprovision_drained')
    expect(drained).toMatchObject({ status: 'failed', metadata: { ended: 'grace_elapsed', report: null } })
    expect(Number(drained?.metadata['waited_ms'])).toBeGreaterThanOrEqual(SETTINGS.drainGraceMs)
    expect((await engine.generations(userId))[0]?.status).toBe('deleted')
  })

  test('an app that never asked for its bootstrap has nothing to drain', async () => {
    const { db } = engine.database
    const { userId } = await createUser(db, { tier: 'pro' })
    await engine.drive(userId, {
      app: async (row) => {
        if (row.flyMachineId) await beatOnly(row)
      },
    })
    await setTier(db, userId, 'free')
    await engine.drive(userId, { app: async () => {} })
    expect((await engine.generations(userId))[0]?.status).toBe('deleted')
    expect(await engine.eventTypes(userId)).not.toContain('deprovision_drain_started')
  })

  test('an app deleted by hand on Fly: success, row deleted, event', async () => {
    const userId = await upgraded()
    const { flyAppName } = await engine.live(userId)
    await engine.deps.fly.apps.delete(flyAppName, { force: true })
    await setTier(engine.database.db, userId, 'free')
    await engine.drive(userId)
    expect((await engine.generations(userId))[0]).toMatchObject({ status: 'deleted', errorCode: null })
    expect(await engine.eventTypes(userId)).toEqual(
      expect.arrayContaining(['app_missing', 'deprovision_completed']),
    )
  })

  test('the subscription row deleted before our eyes counts as the end', async () => {
    const userId = await upgraded()
    await runSql(engine.database.url, `delete from public.user_subscriptions where user_id = '${userId}'`)
    await engine.drive(userId)
    expect((await engine.generations(userId))[0]?.status).toBe('deleted')
  })

  test('a subscription row that is gone without anybody seeing it deleted destroys nothing', async () => {
    const userId = await upgraded()
    await runSql(
      engine.database.url,
      `begin; set local session_replication_role = replica;
       delete from public.user_subscriptions where user_id = '${userId}'; commit`,
    )
    await raiseWant(engine.database.db, userId, 'sweep')
    await engine.drive(userId)
    expect((await engine.live(userId)).status).toBe('active')
  })
})

describe('pro → elite', () => {
  test('drained first, then the same machine in the new size', async () => {
    const userId = await upgraded()
    const before = await engine.live(userId)
    await setTier(engine.database.db, userId, 'elite')
    await engine.drive(userId)
    const after = await engine.live(userId)
    expect(after).toMatchObject({
      status: 'active',
      memoryMb: 1024,
      tier: 'elite',
      monthlyCostEstimateUsd: '7.00',
    })
    expect(after).toMatchObject({ flyMachineId: before.flyMachineId, operation: null, drainStartedAt: null })
    expect(after.flyInstanceId).not.toBe(before.flyInstanceId)
    const types = await engine.eventTypes(userId)
    expect(types.slice(types.indexOf('resize_started'))).toEqual([
      'resize_started',
      'resize_drain_started',
      'resize_drain_signalled',
      'resize_drained',
      'resize_machine_updated',
      'resize_machine_started',
      'resize_completed',
    ])
  })
})

describe('flips', () => {
  test('upgraded again: a new generation under a new name', async () => {
    const { db } = engine.database
    const userId = await upgraded()
    await setTier(db, userId, 'free')
    await engine.drive(userId)
    await setTier(db, userId, 'pro')
    await engine.drive(userId)
    const [second, first] = await engine.generations(userId)
    expect([first?.status, second?.status]).toEqual(['deleted', 'active'])
    expect([first?.generation, second?.generation]).toEqual([1, 2])
    expect(second?.flyAppName).not.toBe(first?.flyAppName)
  })

  test('an upgrade while the old app drains: the old generation ends, then the new one comes', async () => {
    const { db } = engine.database
    const userId = await upgraded()
    const { flyAppName } = await engine.live(userId)
    const fault = engine.sim.sim.faults.add({ kind: 'ignores_signals', match: { app: flyAppName } })
    await setTier(db, userId, 'free')
    let flipped = false
    const cooperative = beats(engine.deps)
    await engine.drive(userId, {
      app: async (row) => {
        if (row.generation > 1) return cooperative(row)
        if (flipped) return
        flipped = true
        expect(row).toMatchObject({ status: 'deprovisioning', generation: 1 })
        await setTier(db, userId, 'elite')
      },
    })
    engine.sim.sim.faults.remove(fault.id)
    const [second, first] = await engine.generations(userId)
    expect(first?.status).toBe('deleted')
    expect(second).toMatchObject({ status: 'active', tier: 'elite', generation: 2 })
  })

  test('a downgrade while provisioning ends with no app at all', async () => {
    const { db } = engine.database
    const { userId } = await createUser(db, { tier: 'pro' })
    await engine.drive(userId, {
      app: async (row) => {
        if (row.status === 'provisioning') await setTier(db, userId, 'free')
      },
    })
    const [row] = await engine.generations(userId)
    expect(row?.status).toBe('deleted')
    expect(appNamed(row!.flyAppName)).toBeUndefined()
    expect(await engine.eventTypes(userId)).toContain('provision_superseded')
  })
})

describe('drift', () => {
  test('a stopped machine is started again', async () => {
    const userId = await upgraded()
    const { flyAppName, flyMachineId } = await engine.live(userId)
    await engine.deps.fly.machines.stop(flyAppName, flyMachineId!)
    await raiseWant(engine.database.db, userId, 'health')
    await engine.drive(userId)
    expect(machinesOf(flyAppName)[0]?.state).toBe('started')
    expect(await engine.eventTypes(userId)).toEqual(
      expect.arrayContaining(['repair_started', 'repair_completed']),
    )
  })

  test('a machine destroyed by hand is made anew in the same app', async () => {
    const userId = await upgraded()
    const before = await engine.live(userId)
    await engine.deps.fly.machines.delete(before.flyAppName, before.flyMachineId!, { force: true })
    await raiseWant(engine.database.db, userId, 'health')
    await engine.drive(userId)
    const after = await engine.live(userId)
    expect(after).toMatchObject({ id: before.id, status: 'active', operation: null })
    expect(after.flyMachineId).not.toBe(before.flyMachineId)
    expect(machinesOf(before.flyAppName)).toHaveLength(1)
  })

  test('a paying user whose app was deleted by hand gets a new generation', async () => {
    const userId = await upgraded()
    const before = await engine.live(userId)
    await engine.deps.fly.apps.delete(before.flyAppName, { force: true })
    await raiseWant(engine.database.db, userId, 'sweep')
    await engine.drive(userId)
    expect(await engine.live(userId)).toMatchObject({ generation: 2, status: 'active' })
    expect(await engine.eventTypes(userId)).toContain('app_missing')
  })
})
