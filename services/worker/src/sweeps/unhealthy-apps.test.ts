/** Who is told of an app that stays unhealthy, until when, and how one that was given up comes back. */
import { engageBrake, findLiveApp, findWork, listAlerts, recordHeartbeat, releaseBrake } from '@hangar/db'
import { createUser, runSql, setTier } from '@hangar/testkit'
import { describe, expect, test } from '@jest/globals'
import { useEngine } from '../testing/engine.ts'
import { sweepHealth } from './health.ts'

const engine = useEngine()
const db = () => engine.database.db
const sweep = () => sweepHealth(engine.deps, new AbortController().signal)
const silent = { app: () => Promise.resolve() }

/** Launched an hour ago, so that a listing is believed about it. */
async function active() {
  const { userId } = await createUser(db(), { tier: 'pro' })
  await engine.drive(userId)
  await age(userId)
  return { userId, row: await engine.live(userId) }
}

const age = (userId: string) =>
  runSql(
    engine.database.url,
    `update public.user_fly_apps set launched_at = launched_at - interval '1 hour' where user_id = '${userId}'`,
  )

const beat = ({ row }: Awaited<ReturnType<typeof active>>) =>
  recordHeartbeat(db(), row.id, { machineId: row.flyMachineId!, runningTraderIds: [] })

async function alertsOf(userId: string) {
  const alerts = await listAlerts(db(), { limit: 200 })
  return alerts.filter(({ kind, subject }) => kind === 'app_unhealthy' && subject === userId)
}

/** Falls silent for two looks. */
async function unhealthy() {
  const app = await active()
  await runSql(
    engine.database.url,
    `update hangar.app_heartbeats set last_heartbeat_at = last_heartbeat_at - interval '1 hour' where user_id = '${app.userId}'`,
  )
  await sweep()
  expect(await alertsOf(app.userId)).toEqual([])
  await sweep()
  return app
}

describe('an app that stays unhealthy', () => {
  test('is told of at the second look, once however long it lasts, until it is healthy', async () => {
    const app = await unhealthy()
    expect(await alertsOf(app.userId)).toMatchObject([
      {
        severity: 'warning',
        message: expect.stringMatching(/^unhealthy at 2 looks in a row: no heartbeat for \d+ s$/),
        details: { app: app.row.flyAppName, machine_id: app.row.flyMachineId, force: 'recreate' },
        times: 1,
        resolvedAt: null,
      },
    ])
    await sweep()
    expect(await alertsOf(app.userId)).toMatchObject([{ times: 2, resolvedAt: null }])
    await beat(app)
    await sweep()
    expect(await alertsOf(app.userId)).toMatchObject([{ times: 2, resolvedAt: expect.any(Date) }])
    await sweep()
    expect(await alertsOf(app.userId)).toHaveLength(1)
  })

  test('is told of no more once it is to go', async () => {
    const { userId } = await unhealthy()
    await setTier(db(), userId, 'free')
    await engine.drive(userId)
    expect(await findLiveApp(db(), userId)).toBeNull()
    await sweep()
    expect(await alertsOf(userId)).toMatchObject([{ resolvedAt: expect.any(Date) }])
  })

  test('is not told of by itself while a brake, which has an alert of its own, holds repairs', async () => {
    await engageBrake(db(), 'operator', { by: 'test', reason: 'a look at Fly' })
    const { userId } = await unhealthy()
    expect(await alertsOf(userId)).toEqual([])
    await releaseBrake(db(), 'operator')
    await sweep()
    expect(await alertsOf(userId)).toMatchObject([{ resolvedAt: null }])
  })
})

describe('an app that was given up because it was silent', () => {
  /** Its program crashes at every start, and Fly starts it again: the machine stays between two states. */
  async function crashing() {
    const app = await active()
    const machine = engine.sim.sim.world.machines.get(app.row.flyMachineId!)!
    engine.sim.sim.lifecycle.force(machine, 'restarting')
    await sweep()
    await sweep()
    const deps = engine.other('impatient', { startDeadlineMs: 0, flyWaitSliceMs: 200 })
    await engine.drive(app.userId, { ...silent, deps })
    return { ...app, machine }
  }

  test('is taken up as soon as it speaks again, and not before', async () => {
    const app = await crashing()
    const work = await findWork(db(), app.userId)
    expect(work).toMatchObject({ failedAttempts: 4, failedReason: 'health_deadline' })
    expect(await engine.live(app.userId)).toMatchObject({ operation: 'repair', healthStatus: 'unhealthy' })
    expect(await sweep()).toMatchObject({ woken: 0 })
    expect(await alertsOf(app.userId)).toMatchObject([{ resolvedAt: null }])

    engine.sim.sim.lifecycle.force(app.machine, 'started')
    await recordHeartbeat(db(), app.row.id, { machineId: 'one it had before', runningTraderIds: [] })
    expect(await sweep()).toMatchObject({ woken: 0 })
    await beat(app)
    expect(await sweep()).toMatchObject({ woken: 1 })
    await engine.drive(app.userId, silent)
    expect(await engine.live(app.userId)).toMatchObject({
      status: 'active',
      operation: null,
      healthStatus: 'healthy',
      flyMachineId: app.row.flyMachineId,
    })
    await sweep()
    expect(await alertsOf(app.userId)).toMatchObject([{ resolvedAt: expect.any(Date) }])
  })
})
