/**
 * How a Go app ends when the end is hard: much to write out while Hangar cannot be reached, a program that does not
 * listen, a program that crashes. Each ends as the contract says, and what is lost is told; one that crashes is told of,
 * is not made again and again, and comes back by itself. The shared backend notices none of it.
 */
import { writeFileSync } from 'node:fs'
import { listAlerts, listEvents } from '@hangar/db'
import { createTrader, createUser, listSignals, setTier } from '@hangar/testkit/factories'
import { runSql, waitFor } from '@hangar/testkit/local'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { buildGoScreener, whyNoScreener } from '../lib/go.ts'
import { cyclesIn, cyclesOf, longestPauseMs, startScreeners, type Screeners } from './testing/screeners.ts'

const BUFFERED = 10_000
const SIGNALS_PER_CYCLE = 100
const GRACE_MS = 30_000
const HEALTH_DEADLINE_MS = 4_000
/** The shared backend begins a cycle every 100 ms; this much may a busy machine add. */
const LONGEST_PAUSE_MS = 10_000
const BUILT_IN = '00000000-0000-4000-8000-00000000b001'

const why = await whyNoScreener()
if (why === null) {
  describeGo()
} else {
  test.skip(`hard ends of the apps as Go processes (SKIPPED: ${why})`, () => {})
}

function describeGo(): void {
  let screeners: Screeners
  const until = <T>(what: string, holds: () => Promise<T> | T, timeoutMs = 60_000) =>
    waitFor(holds, { what, timeoutMs })

  beforeAll(async () => {
    screeners = await startScreeners(await buildGoScreener(), {
      worker: {
        DRAIN_GRACE_MS: String(GRACE_MS),
        HEALTH_DEADLINE_MS: String(HEALTH_DEADLINE_MS),
        START_DEADLINE_MS: '10000',
        RETRY_BASE_MS: '500',
      },
      scheduler: { HEALTH_INTERVAL_MS: '1000' },
    })
    screeners.source.push({ id: BUILT_IN, built_in: true, name: 'Built in', definition: {} })
  }, 300_000)
  afterAll(() => screeners.stop(), 90_000)

  const misbehave = (userId: string, misbehaviour: object) =>
    writeFileSync(screeners.misbehaveFile, JSON.stringify({ [userId]: misbehaviour }))

  async function createOwner(misbehaviour = {}): Promise<string> {
    const { userId } = await createUser(screeners.db, { tier: 'free' })
    await createTrader(screeners.db, userId, { filter: { signals_per_cycle: SIGNALS_PER_CYCLE } })
    misbehave(userId, misbehaviour)
    await setTier(screeners.db, userId, 'pro')
    return userId
  }

  const appOf = (userId: string) =>
    screeners.db
      .selectFrom('userFlyApps')
      .select(['flyAppName', 'flyMachineId', 'status', 'healthStatus'])
      .where('userId', '=', userId)
      .executeTakeFirst()

  const alertsOf = async (userId: string) => {
    const alerts = await listAlerts(screeners.db, { limit: 200 })
    return alerts.filter(({ kind, subject }) => kind === 'app_unhealthy' && subject === userId)
  }

  const crashesOf = async (name: string) =>
    (await screeners.fly.logs(name)).filter((line) => line.includes('crashing as ordered')).length

  /** So that the health sweep believes Fly's listing about it, which may be two minutes old. */
  const haveBeenUpForLong = (userId: string) =>
    runSql(
      screeners.stack.addresses.databaseUrl,
      `update public.user_fly_apps set launched_at = launched_at - interval '1 hour' where user_id = '${userId}'`,
    )

  const eventsOf = (userId: string) => listEvents(screeners.db, { userId, limit: 100 })

  const trading = (userId: string) =>
    until('the app to trade', async () => {
      const app = await appOf(userId)
      const health = app && (await screeners.fly.health(app.flyAppName))
      const ran = app ? cyclesIn(await screeners.fly.logs(app.flyAppName)) : []
      const hasRun = ran.some(({ trader_ids }) => trader_ids.length > 0)
      return health?.state === 'trading' && hasRun && app?.status === 'active' && app.flyAppName
    })

  async function drainedEvent(userId: string, timeoutMs: number) {
    const ended = async () =>
      (await eventsOf(userId)).find(({ eventType }) => eventType === 'deprovision_completed')
    await until('the app to be gone', ended, timeoutMs)
    return (await eventsOf(userId)).find(({ eventType }) => eventType === 'deprovision_drained')
  }

  test('10,000 signals in the buffer, and Hangar away for half of the drain: each is stored once', async () => {
    const userId = await createOwner()
    const name = await trading(userId)
    screeners.gate.close()
    const buffered = async () => (await screeners.fly.health(name))?.buffered_signals ?? 0
    await until('the buffer to fill', async () => (await buffered()) >= BUFFERED)
    await setTier(screeners.db, userId, 'free')
    await until('the drain to begin', async () => (await screeners.fly.health(name))?.state === 'draining')
    const beganMs = performance.now()
    await until('half of the drain to pass', () => performance.now() - beganMs > GRACE_MS / 2)
    expect(await screeners.fly.health(name)).toMatchObject({ state: 'draining' })
    screeners.gate.open()

    const drained = await drainedEvent(userId, 60_000)
    const cycles = cyclesIn(await screeners.fly.logs(name)).filter(({ trader_ids }) => trader_ids.length > 0)
    const signals = await listSignals(screeners.db, userId)
    expect(signals.length).toBeGreaterThanOrEqual(BUFFERED)
    expect(signals).toHaveLength(cycles.length * SIGNALS_PER_CYCLE)
    expect(new Set(signals.map(({ payload }) => JSON.stringify(payload))).size).toBe(signals.length)
    expect(drained).toMatchObject({
      metadata: { ended: 'reported', report: { signalsFlushed: signals.length, lost: 0 } },
    })
    expect(performance.now() - beganMs).toBeLessThan(2 * GRACE_MS)
  }, 240_000)

  test('an app that ignores every word of the end is killed after the grace, and that is recorded', async () => {
    const userId = await createOwner({ ignores_the_end: true })
    const name = await trading(userId)
    await setTier(screeners.db, userId, 'free')
    const drained = await drainedEvent(userId, 150_000)
    expect(drained).toMatchObject({ metadata: { ended: 'grace_elapsed' } })
    const logs = await screeners.fly.logs(name)
    expect(logs.some((line) => line.includes('"event":"draining"'))).toBe(false)
    expect(logs.at(-1)).toContain('SIGKILL')
    // What it had written out is there, each once.
    const signals = await listSignals(screeners.db, userId)
    expect(signals.length).toBeGreaterThan(0)
    expect(new Set(signals.map(({ payload }) => JSON.stringify(payload))).size).toBe(signals.length)
  }, 240_000)

  test('an app that crashes from its first moment is given up, not made again and again, and comes up once it can', async () => {
    const userId = await createOwner({ crash_code: 3 })
    const failed = await until(
      'the work to be parked',
      async () => (await eventsOf(userId)).find(({ eventType }) => eventType === 'provision_failed'),
      150_000,
    )
    expect(failed.metadata).toMatchObject({ max_retries_exceeded: true })
    const app = await appOf(userId)
    expect(app?.status).toBe('error')
    expect(app?.healthStatus).not.toBe('healthy')
    expect(await crashesOf(app!.flyAppName)).toBeGreaterThan(1)
    expect(await screeners.fly.applied('apps.create', app!.flyAppName)).toHaveLength(1)
    expect(await screeners.fly.applied('machines.create', app!.flyAppName)).toHaveLength(1)
    expect(await listSignals(screeners.db, userId)).toEqual([])
    // Once it can run it does, and nobody has to say so.
    misbehave(userId, {})
    await trading(userId)
    await setTier(screeners.db, userId, 'free')
    await drainedEvent(userId, 60_000)
  }, 240_000)

  test('an app that begins to crash is told of, is not made anew, and recovers by itself', async () => {
    const userId = await createOwner()
    const name = await trading(userId)
    const before = await appOf(userId)
    await haveBeenUpForLong(userId)
    const sharedBefore = cyclesOf(screeners.shared).length
    misbehave(userId, { crash_code: 1 })
    await screeners.fly.crash(name)

    const raised = await until('somebody to be told', async () => (await alertsOf(userId))[0])
    expect(raised).toMatchObject({ severity: 'warning', details: { app: name }, resolvedAt: null })
    expect((await appOf(userId))?.healthStatus).toBe('unhealthy')
    // Hangar's own attempts end, and Fly's do not.
    const hasGivenUp = async () =>
      (await eventsOf(userId)).some(({ eventType }) => eventType === 'repair_failed')
    await until('the repair to be given up', hasGivenUp, 120_000)
    expect(await crashesOf(name)).toBeGreaterThan(3)
    expect(await appOf(userId)).toMatchObject({ status: 'active', healthStatus: 'unhealthy' })
    expect(await alertsOf(userId)).toMatchObject([{ resolvedAt: null }])

    misbehave(userId, {})
    const isOver = async () => (await alertsOf(userId)).every(({ resolvedAt }) => resolvedAt !== null)
    await until('the alert to be over', isOver)
    expect(await appOf(userId)).toEqual({ ...before, healthStatus: 'healthy' })
    expect(await alertsOf(userId)).toHaveLength(1)
    await trading(userId)
    // From first to last: one app, one machine, which Hangar never started itself.
    expect(await screeners.fly.applied('apps.create', name)).toHaveLength(1)
    expect(await screeners.fly.applied('machines.create', name)).toHaveLength(1)
    expect(await screeners.fly.applied('machines.start', name)).toEqual([])

    await setTier(screeners.db, userId, 'free')
    expect(await drainedEvent(userId, 60_000)).toMatchObject({ metadata: { ended: 'reported' } })
    const shared = cyclesOf(screeners.shared).slice(sharedBefore)
    expect(longestPauseMs(BUILT_IN, shared)).toBeLessThan(LONGEST_PAUSE_MS)
  }, 300_000)

  test('the shared backend ran its built-in traders all the while', () => {
    const [first, ...later] = cyclesOf(screeners.shared)
    expect(first).toBeDefined()
    expect(later.length).toBeGreaterThan(100)
    expect(later.filter(({ trader_ids }) => !trader_ids.includes(BUILT_IN))).toEqual([])
    expect(longestPauseMs(BUILT_IN, later)).toBeLessThan(LONGEST_PAUSE_MS)
  })
}
