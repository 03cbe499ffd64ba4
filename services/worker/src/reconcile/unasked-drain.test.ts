/** A word to drain that comes late: the app takes it, reports, and idles, while nobody wants it to. */
import { recordBootstrap, recordDrained, recordHeartbeat } from '@hangar/db'
import { createUser, runSql, setTier } from '@hangar/testkit'
import { expect, test } from '@jest/globals'
import { useAppAddress } from '../testing/address.ts'
import { beats, useEngine } from '../testing/engine.ts'
import { sweepHealth } from '../sweeps/health.ts'
import { reconcileUser } from './job.ts'

const engine = useEngine()
const address = useAppAddress()
const db = () => engine.database.db
const never = new AbortController().signal
const REPORT = { signalsFlushed: 0, executionsFlushed: 0, lost: 0 }

const look = (userId: string) => reconcileUser(engine.deps, userId, never)
/** Everything that this app has said was said so much earlier. */
const pass = (userId: string, seconds: number) =>
  runSql(
    engine.database.url,
    `update hangar.app_heartbeats set bootstrapped_at = bootstrapped_at - interval '${seconds} s',
      drained_at = drained_at - interval '${seconds} s', last_heartbeat_at = last_heartbeat_at - interval '${seconds} s'
      where user_id = '${userId}'`,
    `update public.user_fly_apps set launched_at = launched_at - interval '${seconds} s' where user_id = '${userId}'`,
  )

async function trading() {
  const { userId } = await createUser(db(), { tier: 'pro' })
  await engine.drive(userId)
  const row = await engine.live(userId)
  const restarts = () => engine.sim.sim.calls.list({ app: row.flyAppName, operation: 'machines.restart' })
  /** Idle until it is started anew, and then one look too slow to be heard by the first. */
  let looks = 0
  const idles = async () => {
    if (restarts().length > 0 && ++looks > 1) await beats(engine.deps)(await engine.live(userId))
  }
  return { userId, row, restarts, idles }
}

test('a worker that stood still asks an app to drain that another has resized since: it is restarted', async () => {
  const { userId, row, restarts, idles } = await trading()
  const settings = { drainUrlTemplate: address.template, drainGraceMs: 20_000 }
  await setTier(db(), userId, 'elite')
  const { isAsked, go } = address.hold()
  const late = reconcileUser(engine.other('frozen', settings), userId, never)
  await isAsked
  await runSql(
    engine.database.url,
    `update hangar.user_work set lease_expires_at = hangar.now() - interval '1 s' where user_id = '${userId}'`,
  )
  await engine.drive(userId)
  expect(await engine.live(userId)).toMatchObject({ memoryMb: 1024, operation: null })

  go()
  expect(await late).toEqual({ kind: 'done' })
  await recordDrained(db(), row.id, REPORT, row.flyMachineId)
  // A report that was late itself, from before the resize, would look the same: who is alive is heard within 90 s.
  expect(await look(userId)).toMatchObject({
    kind: 'again_after',
    reason: expect.stringContaining('drained'),
  })
  expect(restarts()).toHaveLength(0)

  await pass(userId, 90)
  // Beats say nothing: an app may go on with them.
  await recordHeartbeat(db(), row.id, { machineId: row.flyMachineId!, runningTraderIds: [] })
  await engine.drive(userId, { app: idles })
  expect(restarts()).toHaveLength(1)
  expect(await engine.live(userId)).toMatchObject({ status: 'active', operation: null, retryCount: 0 })
  const begun = (await engine.events(userId)).find(({ eventType }) => eventType === 'repair_started')
  expect(begun).toMatchObject({ message: 'it has drained unasked, and idles' })
  await engine.drive(userId)
  expect(restarts()).toHaveLength(1)
})

test('a report that comes late, of the process before: the one that runs asks what to run, and is left alone', async () => {
  const { userId, row, restarts } = await trading()
  await recordDrained(db(), row.id, REPORT, row.flyMachineId)
  expect(await look(userId)).toMatchObject({ kind: 'again_after' })
  await recordBootstrap(db(), row.id, row.flyMachineId!)
  await pass(userId, 90)
  expect(await look(userId)).toMatchObject({ kind: 'done' })
  expect(restarts()).toHaveLength(0)
})

test('a report whose want was lost: the health sweep finds it', async () => {
  const { userId, row, restarts, idles } = await trading()
  await recordDrained(db(), row.id, REPORT, row.flyMachineId)
  await runSql(
    engine.database.url,
    `update hangar.user_work work set done_version = wanted_version
      from hangar.user_wants want where want.user_id = work.user_id and work.user_id = '${userId}'`,
  )
  await pass(userId, 600)
  expect(await sweepHealth(engine.deps, never)).toMatchObject({ unhealthy: 1, woken: 0 })
  expect(await sweepHealth(engine.deps, never)).toMatchObject({ unhealthy: 1, woken: 1 })
  await engine.drive(userId, { app: idles })
  expect(restarts()).toHaveLength(1)
})

test('a machine that its drained app left stopped is started once, and not restarted on top', async () => {
  const { userId, row, restarts } = await trading()
  await recordDrained(db(), row.id, REPORT, row.flyMachineId)
  await engine.deps.fly.machines.stop(row.flyAppName, row.flyMachineId!)
  await pass(userId, 600)
  // Its checks pass before it asks what to run.
  await engine.drive(userId, { app: () => Promise.resolve() })
  expect(engine.sim.sim.calls.list({ app: row.flyAppName, operation: 'machines.start' })).toHaveLength(1)
  expect(restarts()).toHaveLength(0)
})
