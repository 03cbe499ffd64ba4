/** The word to drain is said until it has arrived, and what was lost is told. */
import { systemClock } from '@hangar/core'
import { findWork, listAlerts, recordDrained, recordHeartbeat } from '@hangar/db'
import { createUser, runSql, setTier, waitFor } from '@hangar/testkit'
import { afterEach, describe, expect, test } from '@jest/globals'
import { useAppAddress } from '../testing/address.ts'
import { useEngine } from '../testing/engine.ts'
import { reconcileUser } from './job.ts'

const engine = useEngine()
const address = useAppAddress()
const db = () => engine.database.db
const GRACE_MS = 20_000

afterEach(() => engine.sim.sim.faults.clear())

/** Upgraded, bootstrapped and to go: one look from being asked to drain. It keeps running whatever it is told. */
async function ending() {
  const { userId } = await createUser(db(), { tier: 'pro' })
  await engine.drive(userId)
  const { flyAppName: app } = await engine.live(userId)
  engine.sim.sim.faults.add({ kind: 'ignores_signals', match: { app } })
  await setTier(db(), userId, 'free')
  const stops = () => engine.sim.sim.calls.list({ app, operation: 'machines.stop' })
  return { userId, app, stops }
}

function look(userId: string, drainUrlTemplate: string | null = null) {
  const deps = engine.other('drainer', { drainGraceMs: GRACE_MS, drainUrlTemplate })
  return reconcileUser(deps, userId, AbortSignal.timeout(30_000))
}

async function lookWhenDue(userId: string) {
  await waitFor(
    async () => ((await findWork(db(), userId))?.nextAttemptAt ?? new Date(0)) <= systemClock.now(),
    {
      what: 'the pause to be over',
    },
  )
  return look(userId)
}

describe('asked by SIGTERM', () => {
  test('a stop that fails is repeated by the next attempt', async () => {
    const { userId, app, stops } = await ending()
    engine.sim.sim.faults.add({ kind: 'internal', match: { app, operation: 'machines.stop' }, count: 1 })
    expect(await look(userId)).toMatchObject({ kind: 'retry' })
    expect(await engine.live(userId)).toMatchObject({ drainStartedAt: expect.any(Date), drainToldAt: null })
    expect(await lookWhenDue(userId)).toMatchObject({ kind: 'again_after' })
    expect(await engine.live(userId)).toMatchObject({ drainToldAt: expect.any(Date) })
    expect(stops().map(({ status }) => status)).toEqual([500, 200])
    const types = await engine.eventTypes(userId)
    expect(types.filter((type) => type === 'deprovision_drain_started')).toHaveLength(1)
    // Once it has arrived it is not repeated.
    await look(userId)
    expect(stops()).toHaveLength(2)
  })

  test('a worker that died after it had begun: the next one asks', async () => {
    const { userId, stops } = await ending()
    await runSql(
      engine.database.url,
      `update public.user_fly_apps set status = 'deprovisioning', teardown_started_at = clock_timestamp(),
        drain_started_at = clock_timestamp() where user_id = '${userId}'`,
    )
    await look(userId)
    expect(stops().map(({ status }) => status)).toEqual([200])
    expect(await engine.live(userId)).toMatchObject({ drainToldAt: expect.any(Date) })
  })

  test('a resize: the new instance finds no drain', async () => {
    const { userId } = await createUser(db(), { tier: 'pro' })
    await engine.drive(userId)
    await setTier(db(), userId, 'elite')
    await engine.drive(userId)
    expect(await engine.live(userId)).toMatchObject({
      memoryMb: 1024,
      drainStartedAt: null,
      drainToldAt: null,
    })
  })
})

describe('what was lost', () => {
  const drained = async (userId: string) =>
    (await engine.events(userId)).find(({ eventType }) => eventType === 'deprovision_drained')
  const alertOf = async (userId: string) =>
    (await listAlerts(db(), { limit: 200 })).find(
      ({ kind, subject }) => kind === 'drain_lost' && subject === userId,
    )
  const report = { signalsFlushed: 12, executionsFlushed: 3, lost: 0 }
  const trading = async () => {
    const { userId } = await createUser(db(), { tier: 'pro' })
    await engine.drive(userId)
    const row = await engine.live(userId)
    engine.sim.sim.faults.add({ kind: 'ignores_signals', match: { app: row.flyAppName } })
    return { userId, row }
  }
  const silent = () => Promise.resolve()

  test('a report from before this drain counts for nothing; what was buffered last is told', async () => {
    const { userId, row } = await trading()
    await recordDrained(db(), row.id, report)
    const beat = { machineId: row.flyMachineId!, runningTraderIds: [], bufferedSignals: 7 }
    await recordHeartbeat(db(), row.id, beat)
    await setTier(db(), userId, 'free')
    await engine.drive(userId, { app: silent })
    expect(await drained(userId)).toMatchObject({
      status: 'failed',
      metadata: { ended: 'grace_elapsed', report: null, buffered_signals: 7, lost: 7 },
    })
    expect(await alertOf(userId)).toMatchObject({
      severity: 'warning',
      message: 'no report, and 7 signals in its buffer when it was last heard of',
    })
  })

  test.each([
    [{ lost: 2, rejected: 1 }, '2 items could not be delivered and 1 were refused'],
    [{ lost: 0, rejected: 4 }, '0 items could not be delivered and 4 were refused'],
  ])('reported %j', async (counts, message) => {
    const { userId, row } = await trading()
    await setTier(db(), userId, 'free')
    await engine.drive(userId, {
      app: async (now) => {
        if (now.drainStartedAt) await recordDrained(db(), row.id, { ...report, ...counts })
      },
    })
    expect(await drained(userId)).toMatchObject({ status: 'success', metadata: { report: counts } })
    expect(await alertOf(userId)).toMatchObject({ message })
  })

  test('nothing lost is nothing to tell', async () => {
    const { userId } = await trading()
    await setTier(db(), userId, 'free')
    await engine.drive(userId)
    expect(await drained(userId)).toMatchObject({ metadata: { ended: 'reported', lost: 0 } })
    expect(await alertOf(userId)).toBeUndefined()
  })
})

describe('asked at its address', () => {
  test('an app that takes it is left to itself', async () => {
    address.status = 202
    const { userId, stops } = await ending()
    await look(userId, address.template)
    expect(stops()).toEqual([])
    expect(await engine.live(userId)).toMatchObject({ drainToldAt: expect.any(Date) })
  })

  test.each([401, 404, 500])(
    'one that answers %i gets SIGTERM, with what is left of the grace',
    async (code) => {
      address.status = code
      const { userId, stops } = await ending()
      await look(userId, address.template)
      expect(stops().map((call) => call.status)).toEqual([200])
      expect(await engine.live(userId)).toMatchObject({ drainToldAt: expect.any(Date) })
    },
  )

  test('one that cannot be reached, too', async () => {
    const { userId, stops } = await ending()
    await look(userId, 'http://127.0.0.1:1/{app}')
    expect(stops()).toHaveLength(1)
  })
})
