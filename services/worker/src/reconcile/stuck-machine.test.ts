/** A machine that never comes to a stop: waited for, then deleted by force, or a failed attempt where it is to live on. */
import { type AppRow, raiseWant, recordHeartbeat } from '@hangar/db'
import { createUser, setTier } from '@hangar/testkit'
import { afterEach, expect, test } from '@jest/globals'
import { useEngine } from '../testing/engine.ts'
import { queryRows } from '../testing/rows.ts'
import { reconcileUser } from './job.ts'

const STOPPING = 'the machine is stopping'
const engine = useEngine()
/** Waits on Fly for a moment only; a machine has 5 s to stop. */
const hasty = () => engine.other('worker-b', { flyWaitSliceMs: 50 })
const look = (userId: string) => reconcileUser(hasty(), userId, new AbortController().signal)
const deedsOn = (app: string) =>
  engine.sim.sim.calls
    .list({ app })
    .filter(({ method }) => method !== 'GET')
    .map(({ operation }) => operation)

/** As if it had been asked to stop so much earlier. Events cannot be changed but by whom no trigger sees. */
const later = (userId: string, ms: number) =>
  queryRows(
    engine.database.url,
    `set session_replication_role = replica`,
    `update public.user_fly_app_events set created_at = created_at - interval '${ms} ms'
     where user_id = '${userId}' and event_type like '%machine_stopping'`,
    `update public.user_fly_apps set launched_at = launched_at - interval '${ms} ms' where user_id = '${userId}'`,
  )

async function paidUser() {
  const { userId } = await createUser(engine.database.db, { tier: 'pro' })
  await engine.drive(userId)
  return { userId, app: (await engine.live(userId)).flyAppName }
}

/** Until the drain is over and the engine waits for the machine. */
async function untilStopping(userId: string): Promise<void> {
  for (let looks = 0; looks < 20; looks++) {
    const last = await engine.drive(userId, { deps: hasty(), maxLooks: 1 }).then(() => '', String)
    if (last.includes(STOPPING)) return
  }
  throw new Error('the machine was never waited for')
}

afterEach(() => {
  engine.sim.sim.faults.clear()
})

test.each([
  ['stays in stopping', { kind: 'stuck_state', params: { state: 'stopping' } }, {}],
  ['is busy whenever it is to stop', { kind: 'concurrent_update' }, { operation: 'machines.stop' }],
  ['is being replaced for ever', { kind: 'getting_replaced' }, { operation: 'machines.stop' }],
] as const)(
  'a teardown deletes a machine that %s, but only once it had its time',
  async (_what, fault, match) => {
    const { userId, app } = await paidUser()
    engine.sim.sim.faults.add({ ...fault, match: { app, ...match } })
    await setTier(engine.database.db, userId, 'free')
    await untilStopping(userId)
    await later(userId, 4_000)
    expect(await look(userId)).toMatchObject({ kind: 'again_after', reason: STOPPING })
    expect(deedsOn(app)).not.toContain('machines.delete')
    await later(userId, 1_000)
    expect((await engine.drive(userId)).kind).toBe('done')
    expect(deedsOn(app).slice(-2)).toEqual(['machines.delete', 'apps.delete'])
    expect((await engine.generations(userId)).map(({ status }) => status)).toEqual(['deleted'])
    const types = await engine.eventTypes(userId)
    expect(types.filter((type) => type.includes('_machine_stop'))).toEqual(['deprovision_machine_stopping'])
  },
)

test('each machine has its own time', async () => {
  const { userId } = await createUser(engine.database.db, { tier: 'pro' })
  // One that never asked what to run needs no drain: then all that the app has is stopped at the first look.
  const app = async ({ id, flyMachineId: machineId }: AppRow) => {
    if (machineId) await recordHeartbeat(engine.database.db, id, { machineId, runningTraderIds: [] })
  }
  await engine.drive(userId, { app })
  const { flyAppName, flyMachineId } = await engine.live(userId)
  const extra = await anotherMachine(flyAppName, flyMachineId!)
  engine.sim.sim.faults.add({
    kind: 'stuck_state',
    match: { app: flyAppName },
    params: { state: 'stopping' },
  })
  await setTier(engine.database.db, userId, 'free')
  expect(await look(userId)).toMatchObject({ kind: 'again_after', reason: STOPPING })
  await later(userId, 5_000)
  expect(await look(userId)).toMatchObject({ kind: 'again_after', reason: STOPPING })
  expect(deedsOn(flyAppName)).not.toContain('machines.delete')
  await later(userId, 5_000)
  expect((await engine.drive(userId, { app })).kind).toBe('done')
  const asked = (await engine.events(userId)).filter(({ eventType }) =>
    eventType.endsWith('machine_stopping'),
  )
  expect(asked.map(({ metadata }) => metadata['machine_id'])).toEqual([extra, flyMachineId])
})

/** One that Fly lists before the app's own. */
async function anotherMachine(app: string, ownId: string): Promise<string> {
  const { machines } = engine.deps.fly
  const { config } = await machines.get(app, ownId)
  const extra = await machines.create(app, { name: 'another', region: 'iad', config: config! })
  await machines.wait(app, extra.id, { states: ['started'], timeoutMs: 5_000 })
  const listed = engine.sim.sim.world.apps.get(app)!.machines
  const own = listed.get(ownId)!
  listed.delete(ownId)
  listed.set(ownId, own)
  return extra.id
}

test('a resize counts it as a failed attempt, and goes on once the machine stops', async () => {
  const { userId, app } = await paidUser()
  engine.sim.sim.faults.add({ kind: 'stuck_state', match: { app }, params: { state: 'stopping' } })
  await setTier(engine.database.db, userId, 'elite')
  await untilStopping(userId)
  await later(userId, 4_000)
  expect(await look(userId)).toMatchObject({ kind: 'again_after', reason: STOPPING })
  await later(userId, 1_000)
  expect(await look(userId)).toMatchObject({ kind: 'retry' })
  const failed = { errorCode: 'machine_not_stopped', retryCount: 1 }
  expect(await engine.live(userId)).toMatchObject({ status: 'active', operation: 'resize', ...failed })
  expect(deedsOn(app)).not.toContain('machines.delete')
  engine.sim.sim.faults.clear()
  await raiseWant(engine.database.db, userId, 'operator')
  expect((await engine.drive(userId)).kind).toBe('done')
  expect(await engine.live(userId)).toMatchObject({ operation: null, memoryMb: 1024, errorCode: null })
})
