/** What Fly shows is not always what is there: late, partial, by hand, or refused. None of it may cost a user an app. */
import { afterEach, describe, expect, test } from '@jest/globals'
import { appName } from '@hangar/core'
import { findInstallationId, raiseWant } from '@hangar/db'
import { createFlyClient } from '@hangar/fly-client'
import type { FaultKind, FaultMatch } from '@hangar/fly-sim'
import { createUser, runSql, setTier, waitFor } from '@hangar/testkit'
import { useEngine } from '../testing/engine.ts'
import { reconcileUser } from './job.ts'

const engine = useEngine()
const db = () => engine.database.db
const onDatabase = (text: string) => runSql(engine.database.url, text)
const faults = () => engine.sim.sim.faults
const fault = (
  kind: FaultKind,
  match: FaultMatch,
  over: { count?: number; params?: Record<string, string> } = {},
) => faults().add({ kind, match, count: 1, ...over })
const machinesOf = (name: string) =>
  [...engine.sim.sim.world.machines.values()].filter(
    (one) => one.appName === name && one.state !== 'destroyed',
  )

afterEach(() => faults().clear())

async function active() {
  const { userId } = await createUser(db(), { tier: 'pro' })
  await engine.drive(userId)
  return { userId, row: await engine.live(userId) }
}

/** One look, and what follows from it; after a failure, when its pause is over. */
const look = (userId: string) =>
  waitFor(
    async () => {
      const outcome = await reconcileUser(engine.deps, userId, new AbortController().signal)
      return outcome.kind === 'again_after' && outcome.reason === 'backing off' ? null : outcome
    },
    { what: 'the pause to be over' },
  )

async function lookAgain(userId: string) {
  await raiseWant(db(), userId, 'health')
  await engine.drive(userId)
}

async function makeApp(name: string, org: string) {
  const headers = { Authorization: `Bearer ${engine.sim.token}`, 'Content-Type': 'application/json' }
  const body = JSON.stringify({ app_name: name, org_slug: org })
  expect((await fetch(`${engine.sim.url}/v1/apps`, { method: 'POST', headers, body })).status).toBe(201)
}

describe('an app that Fly says is not there', () => {
  test('is not believed gone while the list of apps still has it', async () => {
    const { userId, row } = await active()
    fault('not_found', { operation: 'machines.list', app: row.flyAppName })
    fault('not_found', { operation: 'apps.get', app: row.flyAppName })
    await lookAgain(userId)
    expect(await engine.live(userId)).toMatchObject({
      id: row.id,
      status: 'active',
      flyMachineId: row.flyMachineId,
    })
    expect(await engine.generations(userId)).toHaveLength(1)
  })

  test('a token that lost its rights closes nothing', async () => {
    const { userId, row } = await active()
    fault('forbidden', { app: row.flyAppName }, { count: 100 })
    await lookAgain(userId)
    expect(await engine.live(userId)).toMatchObject({ id: row.id, status: 'active' })
    faults().clear()
    await lookAgain(userId)
    expect(await engine.live(userId)).toMatchObject({ id: row.id, errorCode: null, retryCount: 0 })
  })

  test('a deletion whose answer was lost is ours, not a riddle', async () => {
    const { userId } = await active()
    await setTier(db(), userId, 'free')
    fault('reset_after', { operation: 'apps.delete' })
    await engine.drive(userId)
    const types = await engine.eventTypes(userId)
    expect(types.filter((type) => type === 'deprovision_app_deleted')).toHaveLength(1)
    expect(types).not.toContain('app_missing')
  })

  test('nor because we asked for its end, where Fly refused to end it', async () => {
    const { userId, row } = await active()
    await setTier(db(), userId, 'free')
    const refused = fault('timeout_408', { operation: 'apps.delete', app: row.flyAppName })
    for (let turn = 0; refused.struck === 0; turn++) {
      expect(turn).toBeLessThan(5)
      await look(userId)
    }
    for (const operation of ['machines.get', 'machines.list', 'apps.get'])
      fault('not_found', { operation, app: row.flyAppName })
    await look(userId)
    expect(await engine.live(userId)).toMatchObject({ id: row.id, status: 'deprovisioning' })
    faults().clear()
    await engine.drive(userId)
    expect(await engine.generations(userId)).toMatchObject([{ status: 'deleted' }])
    expect(engine.sim.sim.world.apps.has(row.flyAppName)).toBe(false)
  })

  test('nor because its deletion was answered so, whatever is answered after that', async () => {
    const { userId, row } = await active()
    await setTier(db(), userId, 'free')
    const lie = fault('not_found', { operation: 'apps.delete', app: row.flyAppName })
    for (let turn = 0; lie.struck === 0; turn++) {
      expect(turn).toBeLessThan(5)
      await look(userId)
    }
    for (const operation of ['machines.get', 'machines.list', 'apps.get'])
      fault('not_found', { operation, app: row.flyAppName })
    await look(userId)
    expect(await engine.live(userId)).toMatchObject({ id: row.id, status: 'deprovisioning' })
    await engine.drive(userId)
    expect(await engine.generations(userId)).toMatchObject([{ status: 'deleted' }])
    expect(engine.sim.sim.world.apps.has(row.flyAppName)).toBe(false)
  })

  test('which is new, does not keep its user waiting where Fly did delete it and did not say so', async () => {
    const { userId } = await createUser(db(), { tier: 'pro' })
    fault('rate_limited', { operation: 'secrets.set' })
    await look(userId)
    const row = await engine.live(userId)
    await setTier(db(), userId, 'free')
    fault('reset_after', { operation: 'apps.delete' })
    await engine.drive(userId)
    expect(await engine.generations(userId)).toMatchObject([{ id: row.id, status: 'deleted' }])
  })

  test('nor after Fly took its deletion on, while its machines can still be listed', async () => {
    const { userId, row } = await active()
    await setTier(db(), userId, 'free')
    faults().add({ kind: 'app_delete_stuck', match: { app: row.flyAppName } })
    for (
      let turn = 0;
      !(await engine.eventTypes(userId)).includes('deprovision_app_delete_accepted');
      turn++
    ) {
      expect(turn).toBeLessThan(5)
      await look(userId)
    }
    fault('not_found', { operation: 'apps.get', app: row.flyAppName })
    await look(userId)
    expect(await engine.live(userId)).toMatchObject({ id: row.id, status: 'deprovisioning' })
    faults().clear()
    await engine.drive(userId)
    expect(await engine.generations(userId)).toMatchObject([{ status: 'deleted' }])
    expect(engine.sim.sim.world.apps.has(row.flyAppName)).toBe(false)
  })
})

describe('an app that may be there soon', () => {
  test('whose creation got no answer is not given up for missing until Fly must have carried it out', async () => {
    const { userId } = await createUser(db(), { tier: 'pro' })
    fault('error_after', { operation: 'apps.create' })
    await engine.drive(userId, { maxLooks: 1 }).catch(() => undefined)
    const { flyAppName } = await engine.live(userId)
    await setTier(db(), userId, 'free')
    // Made, and not shown yet.
    faults().add({ kind: 'not_found', match: { app: flyAppName } })
    await engine.drive(userId, { maxLooks: 3 }).catch(() => undefined)
    expect(await engine.live(userId)).toMatchObject({ status: 'deprovisioning' })
    faults().clear()
    await engine.drive(userId)
    expect((await engine.generations(userId)).map(({ status }) => status)).toEqual(['deleted'])
    expect([...engine.sim.sim.world.apps.keys()]).not.toContain(flyAppName)
  })
})

describe('an app that was made a moment ago', () => {
  test('is not believed gone at its end because Fly shows it nowhere yet', async () => {
    const { userId } = await createUser(db(), { tier: 'pro' })
    fault('internal', { operation: 'secrets.set' }, { count: 100 })
    await engine.drive(userId, { maxLooks: 1 }).catch(() => undefined)
    const { flyAppName } = await engine.live(userId)
    expect(await engine.eventTypes(userId)).toContain('provision_app_created')
    faults().clear()
    // In no answer of Fly's yet, neither by its name nor in the list.
    const app = engine.sim.sim.world.apps.get(flyAppName)!
    app.visibleAtMs = Number.POSITIVE_INFINITY
    await setTier(db(), userId, 'free')
    // Another process, whose client did not make the app.
    const { sim } = engine
    const fly = createFlyClient({ baseUrl: sim.url, token: sim.token, orgSlug: 'vyx', rateLimits: false })
    try {
      const deps = { ...engine.other('worker-b'), fly }
      await engine.drive(userId, { deps, maxLooks: 3 }).catch(() => undefined)
      expect(await engine.live(userId)).toMatchObject({ status: 'deprovisioning' })
      app.visibleAtMs = 0
      await engine.drive(userId, { deps })
    } finally {
      await fly.close()
    }
    expect((await engine.generations(userId)).map(({ status }) => status)).toEqual(['deleted'])
    expect([...engine.sim.sim.world.apps.keys()]).not.toContain(flyAppName)
  })
})

describe('a machine that is not as we left it', () => {
  test("somebody's machine in the place of ours is not adopted", async () => {
    const { userId, row } = await active()
    const { machines } = engine.deps.fly
    await machines.delete(row.flyAppName, row.flyMachineId!, { force: true })
    const config = {
      image: 'registry.example/other:1',
      guest: { cpu_kind: 'shared' as const, cpus: 1, memory_mb: 256 },
    }
    const foreign = await machines.create(row.flyAppName, { name: 'by-hand', region: 'iad', config })
    await lookAgain(userId)
    const after = await engine.live(userId)
    expect(after).toMatchObject({ status: 'active', operation: null, memoryMb: 512 })
    expect(machinesOf(row.flyAppName).map((one) => one.id)).toEqual([after.flyMachineId])
    expect(after.flyMachineId).not.toBe(foreign.id)
  })

  test('a machine that is down costs its storage until it is up again', async () => {
    const { userId, row } = await active()
    await engine.deps.fly.machines.stop(row.flyAppName, row.flyMachineId!)
    await lookAgain(userId)
    const intervals = await db()
      .selectFrom('hangar.costIntervals')
      .select(['state', 'endedAt'])
      .where('userFlyAppId', '=', row.id)
      .orderBy('id')
      .execute()
    expect(intervals.map(({ state, endedAt }) => (endedAt === null ? `${state} now` : state))).toEqual([
      'stored',
      'running',
      'stored',
      'running now',
    ])
  })

  test('a heartbeat from before a repair does not confirm it', async () => {
    const { userId, row } = await active()
    await engine.deps.fly.machines.stop(row.flyAppName, row.flyMachineId!)
    fault('checks_missing', {}, { count: 1_000 })
    await raiseWant(db(), userId, 'health')
    const deps = engine.other('impatient', { healthDeadlineMs: 50 })
    await engine.drive(userId, { deps, app: async () => {} })
    expect(await engine.live(userId)).toMatchObject({
      status: 'active',
      operation: 'repair',
      healthStatus: 'unhealthy',
    })
  })
})

describe('a failure that has passed', () => {
  test('leaves no trace on a row that is as wanted', async () => {
    const { userId } = await active()
    fault('internal', { operation: 'machines.list' }, { count: 4 })
    await lookAgain(userId)
    expect(await engine.live(userId)).toMatchObject({ errorCode: null, errorMessage: null, retryCount: 0 })
    expect(await engine.eventTypes(userId)).toContain('repair_retried')
  })

  test('a machine that starts only after its user was parked is taken up by the next look', async () => {
    const { userId } = await createUser(db(), { tier: 'pro' })
    const stuck = faults().add({ kind: 'stuck_state', params: { state: 'starting' } })
    const deps = engine.other('impatient', { startDeadlineMs: 0, flyWaitSliceMs: 500 })
    await engine.drive(userId, { deps })
    expect(await engine.live(userId)).toMatchObject({ status: 'error', errorCode: 'health_deadline' })
    faults().remove(stuck.id)
    await onDatabase(
      `update hangar.user_work set next_attempt_at = clock_timestamp() where user_id = '${userId}'`,
    )
    await engine.drive(userId, { deps })
    expect(await engine.live(userId)).toMatchObject({ status: 'active', errorCode: null })
  })

  test("Fly's rate limit spends no attempt", async () => {
    const { userId } = await createUser(db(), { tier: 'pro' })
    const limited = fault('rate_limited', { operation: 'machines.create' }, { count: 5 })
    await engine.drive(userId)
    expect(limited.struck).toBe(5)
    expect(await engine.live(userId)).toMatchObject({ status: 'active' })
    expect(await engine.eventTypes(userId)).not.toContain('provision_retried')
  })
})

describe('names', () => {
  test('a candidate that another row ever held is passed over', async () => {
    const { row: other } = await active()
    const { userId } = await createUser(db(), { tier: 'pro' })
    const parts = {
      prefix: 'vyx-user-',
      installationId: await findInstallationId(db()),
      userId,
      generation: 1,
    }
    await makeApp(appName({ ...parts, candidate: 0 }), 'elsewhere')
    await onDatabase(
      `update public.user_fly_apps set fly_app_name = '${appName({ ...parts, candidate: 1 })}' where id = '${other.id}'`,
    )
    await engine.drive(userId)
    expect(await engine.live(userId)).toMatchObject({
      status: 'active',
      flyAppName: appName({ ...parts, candidate: 2 }),
    })
  })
})
