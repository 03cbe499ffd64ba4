/** Whose traders go back to the shared backend because their machine is down, and whose do not. */
import {
  engageBrake,
  findPlacement,
  listSilentHolders,
  recordBootstrap,
  releaseBrake,
  returnUnlessHeard,
  takeTraders,
} from '@hangar/db'
import { createUser, runSql, setTier, waitFor } from '@hangar/testkit'
import { afterEach, expect, test } from '@jest/globals'
import { useEngine } from '../testing/engine.ts'
import { bringTradersBack } from './silent-holders.ts'

const engine = useEngine()
const db = () => engine.database.db
const never = new AbortController().signal
const sweep = () => bringTradersBack(engine.deps, never)

afterEach(() => engine.sim.sim.faults.clear())

/** An app that runs its user's traders, and was last heard of so long ago. */
async function trading(heardAgoMs = 40_000) {
  const { userId } = await createUser(db(), { tier: 'pro' })
  await engine.drive(userId)
  const row = await engine.live(userId)
  const take = () =>
    db()
      .transaction()
      .execute((tx) => takeTraders(tx, row, 'immediate'))
  await take()
  await fallSilent(userId, heardAgoMs)
  const machine = engine.sim.sim.world.machines.get(row.flyMachineId!)!
  const runsOn = async () => (await findPlacement(db(), userId))?.runsOn
  return { userId, row, take, machine, runsOn }
}

const fallSilent = (userId: string, heardAgoMs: number) =>
  runSql(
    engine.database.url,
    `update hangar.app_heartbeats set last_heartbeat_at = hangar.now() - interval '${heardAgoMs} ms',
      bootstrapped_at = hangar.now() - interval '1 hour' where user_id = '${userId}'`,
    `update hangar.trader_placement set since = hangar.now() - interval '1 hour' where user_id = '${userId}'`,
  )

test.each(['stopped', 'failed', 'suspended'] as const)(
  'a machine that is %s: back, and to the app again when it asks',
  async (state) => {
    const app = await trading()
    expect(await sweep()).toBe(0)
    engine.sim.sim.lifecycle.force(app.machine, state)
    expect(await sweep()).toBe(1)
    expect(await app.runsOn()).toBe('shared')
    expect(await sweep()).toBe(0)
    expect(await app.take()).toMatchObject({ runsOn: 'dedicated' })
  },
)

test('a machine that is gone while its app is there', async () => {
  const app = await trading()
  await engine.deps.fly.machines.delete(app.row.flyAppName, app.row.flyMachineId!, { force: true })
  expect(await sweep()).toBe(1)
  expect(await app.runsOn()).toBe('shared')
})

test.each(['starting', 'stopping', 'restarting'] as const)(
  'a machine that is %s may run them, or soon will',
  async (state) => {
    const app = await trading()
    engine.sim.sim.lifecycle.force(app.machine, state)
    expect(await sweep()).toBe(0)
    engine.sim.sim.lifecycle.force(app.machine, 'started')
  },
)

const CRASH = { exitCode: 1, signal: null, oomKilled: false, requestedStop: false }

test('a program that crashes at each start has not asked what to run: back, and to the app again when it asks', async () => {
  const app = await trading()
  engine.sim.sim.lifecycle.exited(app.machine, CRASH)
  await waitFor(() => app.machine.state === 'started', { what: 'Fly to start it again' })
  expect(await sweep()).toBe(1)
  expect(await app.runsOn()).toBe('shared')
  expect(await app.take()).toMatchObject({ runsOn: 'dedicated' })
})

test('one that has crashed before it was last heard of, as far as two clocks can tell, runs them since', async () => {
  const app = await trading(90_000)
  engine.sim.sim.lifecycle.exited(app.machine, CRASH)
  await waitFor(() => app.machine.state === 'started', { what: 'Fly to start it again' })
  for (const event of app.machine.events) event.timestamp -= 80_000
  expect(await sweep()).toBe(0)
  expect(await app.runsOn()).toBe('dedicated')
  // It is nobody's business any more.
  engine.sim.sim.lifecycle.force(app.machine, 'stopped')
  expect(await sweep()).toBe(1)
})

test('one heard of within a heartbeat is not asked after', async () => {
  const app = await trading(30_000)
  engine.sim.sim.lifecycle.force(app.machine, 'stopped')
  expect(await sweep()).toBe(0)
  expect(await app.runsOn()).toBe('dedicated')
  engine.sim.sim.lifecycle.force(app.machine, 'started')
})

test('where Fly does not say, or is known to be away, nothing is moved', async () => {
  const app = await trading()
  engine.sim.sim.lifecycle.force(app.machine, 'stopped')
  engine.sim.sim.faults.add({ kind: 'internal', match: { operation: 'machines.get' } })
  expect(await sweep()).toBe(0)
  engine.sim.sim.faults.clear()
  await engageBrake(db(), 'fly_unreachable', { by: 'test', reason: 'a test' })
  expect(await sweep()).toBe(0)
  await releaseBrake(db(), 'fly_unreachable')
  expect(await sweep()).toBe(1)
})

test('a resize whose update fails again and again: they do not wait for it with the machine', async () => {
  const app = await trading(0)
  engine.sim.sim.faults.add({
    kind: 'internal',
    match: { app: app.row.flyAppName, operation: 'machines.update' },
  })
  await setTier(db(), app.userId, 'elite')
  await engine.drive(app.userId).catch(() => undefined)
  expect(await engine.live(app.userId)).toMatchObject({ operation: 'resize' })
  expect(app.machine.state).toBe('stopped')
  await fallSilent(app.userId, 36_000)
  expect(await sweep()).toBe(1)
  expect(await app.runsOn()).toBe('shared')
})

test('a machine before the one on record counts as well', async () => {
  const app = await trading()
  await runSql(
    engine.database.url,
    `update hangar.trader_placement set machine_id = 'before' where user_id = '${app.userId}'`,
  )
  engine.sim.sim.lifecycle.force(app.machine, 'stopped')
  // No machine of that name in the app: nobody runs there.
  expect(await sweep()).toBe(1)
})

test('one that was given up without being stopped: back once it must have heard so', async () => {
  const app = await trading(0)
  const end = (agoMs: number) =>
    runSql(
      engine.database.url,
      `update public.user_fly_apps set status = 'deleted', deleted_at = hangar.now() - interval '${agoMs} ms' where id = '${app.row.id}'`,
    )
  await end(30_000)
  expect(await sweep()).toBe(0)
  await end(46_000)
  expect(await sweep()).toBe(1)
  expect(await app.runsOn()).toBe('shared')
})

test('an app that asks between the look and the return keeps them', async () => {
  const app = await trading()
  const holders = await listSilentHolders(db(), { silentMs: 35_000, limit: 100 })
  const holder = holders.find(({ appId }) => appId === app.row.id)
  await recordBootstrap(db(), app.row.id, app.row.flyMachineId!)
  expect(await returnUnlessHeard(db(), holder!)).toBe(false)
  expect(await app.runsOn()).toBe('dedicated')
})
