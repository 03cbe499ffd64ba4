/**
 * The main job on a whole Hangar: PostgreSQL with the trigger, courier, API, Redis, worker, scheduler, the Fly
 * stand-in and the users' apps, each a process of its own, as `npm run demo` starts them. What a test changes is a
 * tier, by plain SQL; what it believes is what Fly was called for and what the apps themselves say they run.
 */
import {
  createDatabase,
  findWant,
  listEvents,
  raiseWant,
  type AppRow,
  type Database,
  type DrainReport,
} from '@hangar/db'
import { createTrader } from '@hangar/testkit/factories'
import { removeRedisKeys, runSql, startCourier, waitFor, type Courier } from '@hangar/testkit/local'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { createDemoUser, type DemoUser } from '../demo/user.ts'
import { startStack, type Stack } from './stack.ts'
import { callProvision, sendWebhook } from './testing/callers.ts'
import { FlyStandIn } from './testing/fly-stand-in.ts'

/** How long a change may take on a busy machine; most take two or three seconds. */
const PATIENCE_MS = 30_000
/** A heartbeat that came before the late answer does not count, so Fly's next check (15 s) or the next heartbeat (30 s) decides. */
const LATE_PATIENCE_MS = 60_000
const TEST_TIMEOUT_MS = 180_000

let stack: Stack
let db: Database
let fly: FlyStandIn
let courier: Courier
let deliveries = 0

beforeAll(async () => {
  // Servers of its own, whatever the developer's shell names: Redis is emptied below.
  stack = await startStack({ report: () => {}, courier: false, environment: {} })
  db = createDatabase({ connectionString: stack.addresses.databaseUrl, applicationName: 'hangar-test' })
  fly = new FlyStandIn(stack)
  await letCourierRun()
}, 60_000)

afterAll(async () => {
  await courier.stop()
  await db.destroy()
  await stack.stop()
}, 60_000)

async function letCourierRun(): Promise<void> {
  courier = await startCourier({
    connectionString: stack.addresses.databaseUrl,
    onDelivery: () => (deliveries += 1),
  })
}

let users = 0
/** On free, with two traders of their own and some history. */
const createUser = () => createDemoUser(stack, db, `user-${(users += 1)}@example.test`)

const setTier = (user: DemoUser, tier: string) => user.runSql(user.tierChange(tier))

const until = <T>(what: string, holds: () => Promise<T>, timeoutMs = PATIENCE_MS) =>
  waitFor(holds, { what, timeoutMs })

/** Active in Hangar's table, and in truth: the app itself says that it trades with all of the user's traders. */
function trading(user: DemoUser, wanted: { memoryMb: number; patienceMs?: number }): Promise<AppRow> {
  const what = `the app of ${user.email} to trade with ${wanted.memoryMb} MB`
  const holds = async () => {
    const app = await user.liveApp()
    if (!app) return null
    const health = await fly.health(app.flyAppName)
    const seen = {
      row: [app.status, app.healthStatus, app.operation, app.memoryMb],
      app: [health?.status, health?.state, health?.running_trader_ids.toSorted()],
    }
    const right = {
      row: ['active', 'healthy', null, wanted.memoryMb],
      app: [200, 'trading', user.traderIds.toSorted()],
    }
    if (JSON.stringify(seen) === JSON.stringify(right)) return app
    // The last one is named when the time is up.
    throw new Error(JSON.stringify(seen))
  }
  return until(what, holds, wanted.patienceMs)
}

/** No more work for the user: whatever was asked for has been looked at. */
function atRest(user: DemoUser): Promise<unknown> {
  return until(`${user.email} to be at rest`, async () => {
    const want = await findWant(db, user.userId)
    const work = await db
      .selectFrom('hangar.userWork')
      .select(['doneVersion', 'owner'])
      .where('userId', '=', user.userId)
      .executeTakeFirst()
    return work?.owner === null && work.doneVersion === want?.wantedVersion
  })
}

async function machineOf(app: AppRow): Promise<string> {
  const machines = await fly.machines(app.flyAppName)
  expect(machines).toEqual(
    [{ id: app.flyMachineId, state: 'started' }].map((one) => expect.objectContaining(one)),
  )
  return machines[0]!.id
}

async function upgraded(): Promise<{ user: DemoUser; app: AppRow }> {
  const user = await createUser()
  await setTier(user, 'pro')
  return { user, app: await trading(user, { memoryMb: 512 }) }
}

describe('a tier change by plain SQL', () => {
  let user: DemoUser

  test('asked for by everybody at once and again: one app, one machine, and it runs the traders', async () => {
    user = await createUser()
    // Slow enough that what follows falls into it: hints meet a worker in the middle, and the relay has its turns.
    await fly.addFault({
      kind: 'delay',
      match: { operation: 'machines.create' },
      count: 1,
      params: { ms: 2_000 },
    })
    await setTier(user, 'pro')
    const answers: [string, number][] = []
    const ask = async (who: string, response: Promise<Response>) =>
      answers.push([who, (await response).status])
    for (let wave = 0; (await user.liveApp())?.status !== 'active'; wave++) {
      expect(wave).toBeLessThan(500)
      const ids = Array.from({ length: 8 }, (_, n) => `msg_storm_${wave}_${n}`)
      await Promise.all([
        ...[...ids, ...ids].map((id) => ask('webhook', sendWebhook(stack, id, user.userId, 'pro'))),
        ...[1, 2, 3, 4].map(() => ask('manual', callProvision(stack, user.userId, 'pro'))),
      ])
    }
    const app = await trading(user, { memoryMb: 512 })
    await atRest(user)

    expect(answers.length).toBeGreaterThan(100)
    expect(new Set(answers.map((answer) => answer.join(' ')))).toEqual(new Set(['webhook 202', 'manual 200']))
    expect(deliveries).toBeGreaterThan(0)
    expect(await fly.applied('apps.create')).toHaveLength(1)
    expect((await fly.applied('machines.create')).map((call) => call.app)).toEqual([app.flyAppName])
    await machineOf(app)
    expect(await user.apps()).toHaveLength(1)
    expect(app.flyAppName).toMatch(/^vyx-user-[a-z0-9]{8}$/)
    const events = (await listEvents(db, { userId: user.userId, limit: 100 })).map((event) => event.eventType)
    expect(events.filter((type) => type === 'provision_completed')).toHaveLength(1)
    expect(events.filter((type) => /_(retried|failed|superseded)$/.test(type))).toEqual([])
  })

  test('back to free: the app is drained and gone, and every row is still there', async () => {
    const { traderId: builtIn } = await createTrader(db, null, { name: 'Built in' })
    const name = (await user.liveApp())!.flyAppName
    await setTier(user, 'free')
    const row = await until('the app to be deleted', async () => {
      const [app] = await user.apps()
      return app?.status === 'deleted' && !(await user.isOnFly(name)) && app
    })
    expect(row.deletedAt).not.toBeNull()
    expect(Number(row.finalCostUsd)).toBeGreaterThan(0)
    expect(row.monthlyCostEstimateUsd).toBe('6.00')

    const events = await listEvents(db, { userId: user.userId, limit: 100 })
    const drained = events.find((event) => event.eventType === 'deprovision_drained')
    expect(drained).toMatchObject({ status: 'success', metadata: { ended: 'reported' } })
    expect(events.map((event) => event.eventType)).toContain('provision_completed')
    const { report } = drained?.metadata as { report: DrainReport }
    expect(report).toMatchObject({ executionsFlushed: expect.any(Number), lost: 0 })
    expect(report.executionsFlushed).toBeGreaterThan(0)
    // What was there before, and what the app says it wrote out: all of it, and each once.
    expect(await user.keptRows()).toEqual({
      traders: 2,
      signals: 50 + report.signalsFlushed,
      executions: 20 + report.executionsFlushed,
    })
    const traders = await db
      .selectFrom('hangar.hostTraders')
      .select(['id', 'enabled', 'disabledBy'])
      .where('id', 'in', [...user.traderIds, builtIn])
      .execute()
    const expected = [
      ...user.traderIds.map((id) => ({ id, enabled: false, disabledBy: 'quota' })),
      { id: builtIn, enabled: true, disabledBy: null },
    ]
    expect(new Map(traders.map((one) => [one.id, one]))).toEqual(
      new Map(expected.map((one) => [one.id, one])),
    )
  })
})

describe('what only hints is lost', () => {
  test('every webhook: the relay brings the app up', async () => {
    await courier.stop()
    const delivered = deliveries
    const { user, app } = await upgraded()
    expect(deliveries).toBe(delivered)
    await machineOf(app)
    await runSql(stack.addresses.databaseUrl, 'truncate net.http_request_queue')
    await letCourierRun()
    await atRest(user)
  })

  test('all of Redis, in the middle of a call to Fly and again while waiting: there within 30 s', async () => {
    const user = await createUser()
    const slow = await fly.addFault({
      kind: 'delay',
      match: { operation: 'machines.create' },
      count: 1,
      params: { ms: 1_500 },
    })
    const schedulesWritten = () =>
      stack.services
        .get('scheduler')!
        .logs()
        .match(/"schedule":"health","why":"missing"/g)?.length ?? 0
    const written = schedulesWritten()
    await setTier(user, 'pro')
    await until('the machine to be under way', () => fly.hasStruck(slow))
    await flushRedis()
    await until('the worker to wait for the app', async () =>
      (await user.eventsAfter(0)).some((event) => event.eventType === 'provision_machine_created'),
    )
    await flushRedis()
    const app = await trading(user, { memoryMb: 512, patienceMs: 30_000 })
    await machineOf(app)
    expect(await fly.applied('machines.create', app.flyAppName)).toHaveLength(1)
    await until('the schedules to be there again', () => Promise.resolve(schedulesWritten() > written))
  })

  const flushRedis = () => removeRedisKeys(stack.addresses.redisUrl, '')
})

describe('Fly does it at once and answers 4 s later, when the app has long started', () => {
  const late = (operation: string, { flyAppName }: AppRow) =>
    fly.addFault({
      kind: 'delay_after',
      match: { operation, app: flyAppName },
      count: 1,
      params: { ms: 4_000 },
    })

  test(
    'a resize ends with the app trading, not drained and idle',
    async () => {
      const { user, app } = await upgraded()
      const fault = await late('machines.update', app)
      await setTier(user, 'elite')
      const resized = await trading(user, { memoryMb: 1_024, patienceMs: LATE_PATIENCE_MS })
      expect(await fly.hasStruck(fault)).toBe(true)
      expect(resized.id).toBe(app.id)
      await machineOf(resized)
      await atRest(user)
      expect(await fly.health(app.flyAppName)).toMatchObject({ state: 'trading' })
    },
    TEST_TIMEOUT_MS,
  )

  test(
    'a machine made anew for one that was destroyed by hand ends trading, not retired',
    async () => {
      const { user, app } = await upgraded()
      const first = await machineOf(app)
      const fault = await late('machines.create', app)
      await fly.destroyByHand(app.flyAppName, first)
      await until('the machine to be gone', async () => (await fly.machines(app.flyAppName)).length === 0)
      await raiseWant(db, user.userId, 'health')
      const hasAnother = async () => {
        const now = await user.liveApp()
        return now?.flyMachineId !== first && now?.operation === null && now
      }
      const repaired = await until('another machine', hasAnother, LATE_PATIENCE_MS)
      expect(await fly.hasStruck(fault)).toBe(true)
      expect(repaired.id).toBe(app.id)
      await machineOf(await trading(user, { memoryMb: 512, patienceMs: LATE_PATIENCE_MS }))
      await atRest(user)
      expect(await fly.health(app.flyAppName)).toMatchObject({ state: 'trading' })
    },
    TEST_TIMEOUT_MS,
  )
})
