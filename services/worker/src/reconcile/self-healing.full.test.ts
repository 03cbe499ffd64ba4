/**
 * What a failed attempt leads to, by its cause: repeated soon, or put off at once because the same request would get
 * the same answer; put off longer each time, and never longer than six hours; and well again when the cause is gone.
 */
import { raiseWant } from '@hangar/db'
import type { FaultKind } from '@hangar/fly-sim'
import { createUser, runSql, setTier } from '@hangar/testkit'
import { afterEach, describe, expect, test } from '@jest/globals'
import { SETTINGS, useEngine } from '../testing/engine.ts'
import { reconcileUser } from './job.ts'

const engine = useEngine()
const db = () => engine.database.db
const faults = () => engine.sim.sim.faults
const run = (userId: string) => reconcileUser(engine.deps, userId, new AbortController().signal)
const HOUR_MS = 3_600_000
const MINUTE_MS = 60_000

/** The pause is over, without anybody wanting anything new. */
const endPause = (userId: string) =>
  runSql(
    engine.database.url,
    `update hangar.user_work set next_attempt_at = hangar.now() where user_id = '${userId}'`,
  )
const failures = async (userId: string): Promise<Record<string, unknown>[]> =>
  (await engine.events(userId))
    .filter(({ eventType }) => /_(retried|failed)$/.test(eventType))
    .map(({ eventType, metadata }) => ({ eventType, ...metadata }))

afterEach(() => faults().clear())

describe('an answer that the same request would get again', () => {
  const PERMANENT: [FaultKind, string][] = [
    ['machine_limit', 'fly_machine_limit'],
    ['region_quota', 'fly_region_quota'],
  ]
  test.each(PERMANENT)('%s: one attempt, then pauses that double up to six hours', async (kind, code) => {
    const { userId } = await createUser(db(), { tier: 'pro' })
    faults().add({ kind, match: { operation: 'machines.create' } })
    const pauses: unknown[] = []
    for (let attempt = 0; attempt < 10; attempt++) {
      expect((await run(userId)).kind).toBe('never')
      pauses.push((await failures(userId)).at(-1)?.['next_attempt_in_ms'])
      await endPause(userId)
    }
    const minutes = [5, 10, 20, 40, 80, 160, 320, 360, 360, 360]
    expect(pauses).toEqual(minutes.map((count) => count * MINUTE_MS))
    expect(await engine.live(userId)).toMatchObject({ status: 'error', errorCode: code })
    const all = await failures(userId)
    expect(all.every((one) => one['eventType'] === 'provision_failed' && one['permanent'] === true)).toBe(
      true,
    )
  })

  test('the limit is raised: the next look finds it, with nobody having asked', async () => {
    const { userId } = await createUser(db(), { tier: 'pro' })
    faults().add({ kind: 'machine_limit', match: { operation: 'machines.create' } })
    await run(userId)
    faults().clear()
    await endPause(userId)
    await engine.drive(userId)
    expect(await engine.live(userId)).toMatchObject({ status: 'active', errorCode: null, retryCount: 0 })
  })

  test('a configuration that Fly does not take is not repeated either', async () => {
    const { userId } = await createUser(db(), { tier: 'pro' })
    const params = { status: 400, text: 'invalid_argument: invalid config.image' }
    faults().add({ kind: 'status', match: { operation: 'machines.create' }, params })
    expect((await run(userId)).kind).toBe('never')
    expect(await engine.live(userId)).toMatchObject({ status: 'error', errorCode: 'fly_validation' })
    expect(await failures(userId)).toHaveLength(1)
  })
})

describe('an answer that may be another next time', () => {
  test.each<[FaultKind, string]>([
    ['internal', 'fly_unavailable'],
    ['region_capacity', 'fly_region_capacity'],
    ['host_capacity', 'fly_host_capacity'],
  ])('%s: three retries, then put off', async (kind) => {
    const { userId } = await createUser(db(), { tier: 'pro' })
    faults().add({ kind, match: { operation: 'machines.create' } })
    const kinds: string[] = []
    for (let attempt = 0; attempt < 5; attempt++) {
      kinds.push((await run(userId)).kind)
      await endPause(userId)
    }
    expect(kinds).toEqual(['retry', 'retry', 'retry', 'never', 'never'])
    const pauses = (await failures(userId)).map((one) => one['next_attempt_in_ms'])
    const { retryBaseMs } = SETTINGS
    expect(pauses).toEqual([retryBaseMs, 2 * retryBaseMs, 4 * retryBaseMs, MINUTE_MS / 2, MINUTE_MS])
  })

  test('a token that is refused: never put off for more than five minutes, for it is cured for all at once', async () => {
    const { userId } = await createUser(db(), { tier: 'pro' })
    faults().add({ kind: 'unauthorized', match: { operation: 'machines.create' } })
    for (let attempt = 0; attempt < 9; attempt++) {
      await run(userId)
      await endPause(userId)
    }
    const pauses = (await failures(userId)).map((one) => Number(one['next_attempt_in_ms']))
    expect(Math.max(...pauses)).toBe(5 * MINUTE_MS)
  })
})

/**
 * Fly takes the request and pulls the image later, so an image that cannot be pulled is no refusal: the machine
 * fails, or never starts. A registry that is away for a while looks the same, so it is tried again, from scratch.
 */
describe('an image that cannot be run', () => {
  test.each<FaultKind>(['launch_failed', 'start_failed'])(
    '%s: each attempt makes the machine anew, then it is put off; well again when the image is',
    async (kind) => {
      const { userId } = await createUser(db(), { tier: 'pro' })
      faults().add({ kind, match: {} })
      const deps = engine.other('worker-a', { flyWaitSliceMs: 200 })
      await engine.drive(userId, { deps })
      const row = await engine.live(userId)
      expect(row).toMatchObject({ status: 'error', retryCount: 4 })
      expect(row.errorMessage).toBeTruthy()
      const created = engine.sim.sim.calls.list({ app: row.flyAppName, operation: 'machines.create' })
      expect(created.filter((call) => call.applied)).toHaveLength(4)
      expect((await failures(userId)).at(-1)).toMatchObject({ max_retries_exceeded: true, permanent: false })
      faults().clear()
      await endPause(userId)
      await engine.drive(userId)
      expect(await engine.live(userId)).toMatchObject({ id: row.id, status: 'active', errorCode: null })
      const machines = [...engine.sim.sim.world.machines.values()].filter(
        (machine) => machine.appName === row.flyAppName && machine.state !== 'destroyed',
      )
      expect(machines).toHaveLength(1)
    },
  )
})

test('a machine that was gone before it started is counted once: the next attempt makes another', async () => {
  const { userId } = await createUser(db(), { tier: 'pro' })
  await engine.drive(userId)
  const { id, flyAppName, flyMachineId } = await engine.live(userId)
  await engine.deps.fly.machines.delete(flyAppName, flyMachineId!, { force: true })
  // As the wait for its start leaves it: made, never seen started, and the failure is on record.
  await runSql(
    engine.database.url,
    `update public.user_fly_apps set status = 'provisioning', deployed_at = null, started_at = null where id = '${id}';
     insert into public.user_fly_app_events (user_fly_app_id, user_id, event_type, status, actor)
     values ('${id}', '${userId}', 'provision_retried', 'failed', 'test')`,
  )
  await raiseWant(db(), userId, 'sweep')
  await engine.drive(userId)
  expect(await engine.live(userId)).toMatchObject({ id, status: 'active' })
  expect(await failures(userId)).toHaveLength(1)
})

describe('a machine that stays between two states', () => {
  test('is looked at ever less often, and then it is a failed attempt', async () => {
    const { userId } = await createUser(db(), { tier: 'pro' })
    await engine.drive(userId)
    const row = await engine.live(userId)
    engine.sim.sim.world.machines.get(row.flyMachineId ?? '')!.state = 'destroying'
    const deps = engine.other('worker-a', { startDeadlineMs: 10 * MINUTE_MS })
    const lookAfter = async (minutes: number) => {
      await runSql(
        engine.database.url,
        `update public.user_fly_apps set updated_at = hangar.now() - interval '${minutes} minutes'
         where id = '${row.id}' and operation = 'repair'`,
      )
      return reconcileUser(deps, userId, new AbortController().signal)
    }
    await raiseWant(db(), userId, 'health')
    expect(await lookAfter(0)).toMatchObject({ kind: 'again_after', delayMs: 1_000 })
    expect(await lookAfter(5)).toMatchObject({ kind: 'again_after', delayMs: MINUTE_MS })
    expect((await lookAfter(11)).kind).toBe('retry')
    expect(await failures(userId)).toMatchObject([
      { eventType: 'repair_retried', code: 'health_deadline', attempt: 1 },
    ])
  })
})

describe('the count of failures', () => {
  test('lasts over a flush of Redis and a change of lane: it is in Postgres', async () => {
    const { userId } = await createUser(db(), { tier: 'pro' })
    faults().add({ kind: 'internal', match: { operation: 'machines.create' } })
    await run(userId)
    await endPause(userId)
    await reconcileUser(engine.other('worker-b'), userId, new AbortController().signal)
    expect((await failures(userId)).map((one) => one['attempt'])).toEqual([1, 2])
  })

  test('begins anew with a newer want, and with the end of the operation', async () => {
    const { userId } = await createUser(db(), { tier: 'pro' })
    faults().add({ kind: 'internal', match: { operation: 'machines.create' } })
    for (let attempt = 0; attempt < 2; attempt++) {
      await run(userId)
      await endPause(userId)
    }
    await raiseWant(db(), userId, 'operator')
    await run(userId)
    expect((await failures(userId)).map((one) => one['attempt'])).toEqual([1, 2, 1])
    await setTier(db(), userId, 'free')
    faults().clear()
    await engine.drive(userId)
    expect((await engine.generations(userId)).map((row) => row.status)).toEqual(['deleted'])
  })

  test('a pause is spread by a fifth at most: six hours are never more than 7.2', async () => {
    const { userId } = await createUser(db(), { tier: 'pro' })
    faults().add({ kind: 'machine_limit', match: { operation: 'machines.create' } })
    const deps = { ...engine.deps, random: () => 1 }
    for (let attempt = 0; attempt < 9; attempt++) {
      await reconcileUser(deps, userId, new AbortController().signal)
      await endPause(userId)
    }
    const pauses = (await failures(userId)).map((one) => Number(one['next_attempt_in_ms']))
    expect(pauses.at(-1)).toBeLessThanOrEqual(6 * HOUR_MS)
  })
})
