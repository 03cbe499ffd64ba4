/** The brakes on real parts: an outage of Fly, a burst of downgrades, a fleet that falls ill. */
import {
  approveBurst,
  type AppRow,
  countHeld,
  engageBrake,
  findLiveApp,
  listAlerts,
  listBrakes,
  listEngaged,
  listUsersToWake,
  releaseBrake,
} from '@hangar/db'
import { BRAKE_NAMES, DEFAULT_POLICY, OUTAGE_CODES } from '@hangar/core'
import { FLY_ERRORS } from '@hangar/fly-client'
import { createUser, runSql, setTier } from '@hangar/testkit'
import { beforeEach, describe, expect, test } from '@jest/globals'
import { reconcileUser } from '../reconcile/job.ts'
import { useEngine } from '../testing/engine.ts'
import { sweepGuards } from './guards.ts'
import { sweepHealth } from './health.ts'

const engine = useEngine()
const never = new AbortController().signal
const db = () => engine.database.db
const faults = () => engine.sim.sim.faults
const onDatabase = (text: string) => runSql(engine.database.url, text)
const guards = () => sweepGuards(engine.deps, never)
const mutations = () => engine.sim.sim.calls.list().filter((call) => call.method !== 'GET' && call.applied)
const openAlerts = async () =>
  (await listAlerts(db(), { limit: 50, openOnly: true })).map((one) => one.subject)

beforeEach(async () => {
  faults().clear()
  for (const name of BRAKE_NAMES) await releaseBrake(db(), name)
  await onDatabase(`
    truncate hangar.alerts, hangar.settings, hangar.burst_approvals cascade;
    update hangar.brakes set strikes = 0, ignored_until = null;
    delete from hangar.user_wants; delete from hangar.user_work;
    update hangar.permits set tokens = capacity;
    update public.user_fly_apps set status = 'deleted', deleted_at = coalesce(deleted_at, hangar.now()),
      teardown_started_at = teardown_started_at - interval '1 day'`)
})

async function crowd(count: number, tier: string): Promise<string[]> {
  const users = []
  for (let n = 0; n < count; n++) users.push((await createUser(db(), { tier })).userId)
  return users
}

/** Launched an hour ago, so that a listing is believed about it. */
async function fleet(count: number): Promise<{ userId: string; row: AppRow }[]> {
  const users = await crowd(count, 'pro')
  await Promise.all(users.map((userId) => engine.drive(userId)))
  await onDatabase(
    `update public.user_fly_apps set launched_at = launched_at - interval '1 hour' where deleted_at is null`,
  )
  return Promise.all(users.map(async (userId) => ({ userId, row: await engine.live(userId) })))
}

/** A sweep that lists a machine on its way there would judge another fleet than the one meant. */
async function turn({ flyAppName, flyMachineId }: AppRow, state: 'started' | 'stopped'): Promise<void> {
  const { machines } = engine.deps.fly
  await (state === 'started'
    ? machines.start(flyAppName, flyMachineId!)
    : machines.stop(flyAppName, flyMachineId!))
  await machines.wait(flyAppName, flyMachineId!, { states: [state], timeoutMs: 10_000 })
}

/** One look at each, as the queue would have them. */
const lookAt = (users: string[]) =>
  Promise.all(users.map((userId) => reconcileUser(engine.deps, userId, never)))

/** As the relay does, but at once for those whom a release has spread over the next seconds. */
async function workOnAllDue(): Promise<string[]> {
  await onDatabase(`update hangar.user_work set next_attempt_at = hangar.now()
    where next_attempt_at <= hangar.now() + interval '20 seconds'`)
  const due = await listUsersToWake(db(), { ...DEFAULT_POLICY, limit: 500 })
  for (const { userId } of due) await engine.drive(userId)
  return due.map(({ userId }) => userId)
}

const statuses = (users: string[]) =>
  Promise.all(users.map(async (userId) => (await findLiveApp(db(), userId))?.status ?? 'gone'))

test('the causes that an outage leaves behind are causes that the Fly client knows, all of them transient', () => {
  for (const code of OUTAGE_CODES)
    expect(FLY_ERRORS[code.replace('fly_', '') as keyof typeof FLY_ERRORS]).toMatchObject({ retryable: true })
})

describe('Fly is unreachable', () => {
  const outage = () => faults().add({ kind: 'unavailable' })

  test('two failed probes in a row engage the brake, on whichever worker; one answered probe releases it', async () => {
    const other = { ...engine.deps, owner: 'worker-b' }
    outage()
    expect(await guards()).toBe('unreachable')
    expect(await listEngaged(db())).toEqual([])
    await sweepGuards(other, never)
    await sweepGuards(other, never)
    const [brake] = await listBrakes(db())
    expect(brake).toMatchObject({ name: 'fly_unreachable', engagedBy: 'worker-b' })
    expect(await listAlerts(db(), { limit: 5 })).toMatchObject([{ subject: 'fly_unreachable', times: 1 }])
    faults().clear()
    expect(await guards()).toBe('served')
    expect(await listEngaged(db())).toEqual([])
    expect(await openAlerts()).toEqual([])
  })

  test('an answered probe in between starts the count anew', async () => {
    for (let round = 0; round < 3; round++) {
      outage()
      await guards()
      faults().clear()
      await guards()
    }
    expect(await listEngaged(db())).toEqual([])
  })

  test.each([
    ['unauthorized', 'refused'],
    ['rate_limited', 'impaired'],
  ] as const)('%s is no outage', async (kind, answer) => {
    faults().add({ kind })
    for (let n = 0; n < 3; n++) expect(await guards()).toBe(answer)
    expect(await listEngaged(db())).toEqual([])
    faults().clear()
  })

  test('a token that is refused is told of once, until it is accepted again', async () => {
    faults().add({ kind: 'unauthorized' })
    await guards()
    await guards()
    expect(await listAlerts(db(), { limit: 5 })).toMatchObject([{ kind: 'fly_token_refused', times: 2 }])
    faults().clear()
    await guards()
    expect(await openAlerts()).toEqual([])
  })

  test('neither a list that alone is broken nor regions that are missing', async () => {
    faults().add({ kind: 'internal', match: { operation: 'orgs.machines' } })
    for (let n = 0; n < 3; n++) expect(await guards()).toBe('impaired')
    faults().clear()
    await fleet(1)
    faults().add({ kind: 'partial_list', params: { region: 'iad' } })
    for (let n = 0; n < 3; n++) expect(await guards()).toBe('served')
    expect(await listEngaged(db())).toEqual([])
  })

  test('many users fail: the first failed probe engages; nothing is mutated; at the end all are done soon', async () => {
    const upgraded = await crowd(12, 'pro')
    const downgraded = (await fleet(4)).map(({ userId }) => userId)
    for (const userId of downgraded) await setTier(db(), userId, 'free')
    outage()
    const failing = [...upgraded, ...downgraded]
    // Each fails four times: parked for minutes.
    for (let n = 0; n < 4; n++) {
      await onDatabase('update hangar.user_work set next_attempt_at = hangar.now() where failed_attempts > 0')
      await lookAt(failing)
    }
    const held = await crowd(3, 'pro')
    expect(await guards()).toBe('unreachable')
    expect(await listEngaged(db())).toEqual(['fly_unreachable'])
    const before = engine.sim.sim.calls.list().length
    await lookAt(held)
    for (let n = 0; n < 3; n++) await guards()
    expect((await countHeld(db())).fly_unreachable).toBe(3)
    expect(
      engine.sim.sim.calls
        .list()
        .slice(before)
        .map((call) => call.operation),
    ).toEqual(Array.from({ length: 3 }, () => ['orgs.machines', 'platform.regions']).flat())
    expect(await sweepHealth(engine.deps, never)).toMatchObject({ checked: 0 })
    const untouched = mutations().length

    faults().clear()
    expect(mutations()).toHaveLength(untouched)
    await guards()
    const woken = await workOnAllDue()
    expect([...woken].sort()).toEqual([...failing, ...held].sort())
    expect(new Set(await statuses([...upgraded, ...held]))).toEqual(new Set(['active']))
    expect(new Set(await statuses(downgraded))).toEqual(new Set(['gone']))
  })
})

describe('a burst of downgrades', () => {
  test('of 30 at once exactly 20 begin; an approval of 10 lets the others follow', async () => {
    const users = (await fleet(30)).map(({ userId }) => userId)
    for (const userId of users) await setTier(db(), userId, 'free')
    await lookAt(users)
    const begun = async () => {
      const rows = await Promise.all(users.map((userId) => engine.generations(userId)))
      return rows.flat().filter((row) => row.teardownStartedAt !== null).length
    }
    expect(await begun()).toBe(20)
    expect(await openAlerts()).toEqual(['deletion_burst'])
    const asked = engine.sim.sim.calls.list().length
    const held = await lookAt(users)
    // Fly could say nothing that lets them go, and the release makes them due.
    expect(engine.sim.sim.calls.list()).toHaveLength(asked)
    expect(new Set(held.map((one) => 'delayMs' in one && one.delayMs))).toEqual(new Set([300_000]))
    // Those that had begun are held too; they need no approval.
    expect((await countHeld(db())).deletion_burst).toBe(30)
    await guards()
    expect(await listEngaged(db())).toEqual(['deletion_burst'])
    const burst = { count: 10, reason: 'meant', actor: 'admin', expiresInMs: 60_000 }
    const approved = await db()
      .transaction()
      .execute((tx) => approveBurst(tx, burst, DEFAULT_POLICY))
    expect(approved).toMatchObject({ waiting: 10, released: true })
    await workOnAllDue()
    expect(await begun()).toBe(30)
    expect(new Set(await statuses(users))).toEqual(new Set(['gone']))
    expect(await openAlerts()).toEqual([])
  })

  test('a user who pays again is let go of, and when nobody waits any more the brake lets go too', async () => {
    await onDatabase(`insert into hangar.settings (name, value, updated_by)
      values ('teardownBurst', '{"least": 1, "share": 0}', 'test')`)
    const [first, second] = (await fleet(2)).map(({ userId }) => userId) as [string, string]
    for (const userId of [first, second]) {
      await setTier(db(), userId, 'free')
      await lookAt([userId])
    }
    expect(await listEngaged(db())).toEqual(['deletion_burst'])
    expect(await statuses([second])).toEqual(['active'])
    await setTier(db(), second, 'pro')
    await engine.drive(second)
    await onDatabase(`update public.user_fly_apps set teardown_started_at = teardown_started_at - interval '1 hour'
      where teardown_started_at is not null`)
    await guards()
    expect(await listEngaged(db())).toEqual([])
    expect(await statuses([second])).toEqual(['active'])
  })

  test('is held through an outage, and through failures in between, however long', async () => {
    await onDatabase(`insert into hangar.settings (name, value, updated_by)
      values ('teardownBurst', '{"least": 1, "share": 0}', 'test')`)
    const users = (await fleet(3)).map(({ userId }) => userId)
    for (const userId of users) {
      await setTier(db(), userId, 'free')
      await lookAt([userId])
    }
    expect(await listEngaged(db())).toEqual(['deletion_burst'])
    await onDatabase(`update public.user_fly_apps set teardown_started_at = teardown_started_at - interval '1 hour'
      where teardown_started_at is not null`)
    faults().add({ kind: 'unavailable' })
    await lookAt(users)
    for (let n = 0; n < 2; n++) await guards()
    await lookAt(users)
    faults().clear()
    for (let n = 0; n < 2; n++) await guards()
    expect(await listEngaged(db())).toEqual(['deletion_burst'])
    await lookAt(users)
    expect(await statuses(users.slice(1))).toEqual(['active', 'active'])
  })
})

describe('a fleet that falls ill', () => {
  test('40 % down: no restart storm, no teardown; a new user gets their app; well again, the brake lets go', async () => {
    const all = await fleet(20)
    const down = all.slice(0, 8)
    for (const { row } of down) await turn(row, 'stopped')
    const before = mutations().length
    for (let sweep = 0; sweep < 3; sweep++)
      expect(await sweepHealth(engine.deps, never)).toMatchObject({ unhealthy: 8, woken: 0 })
    expect(await listEngaged(db())).toEqual(['unhealthy_share'])
    const leaver = all[19]!.userId
    await setTier(db(), leaver, 'free')
    expect(await lookAt([leaver])).toMatchObject([{ kind: 'again_after' }])
    expect(mutations()).toHaveLength(before)

    const [newcomer] = await crowd(1, 'pro')
    await engine.drive(newcomer!)
    expect(await statuses([newcomer!, leaver])).toEqual(['active', 'active'])

    // It does not let go just below the threshold (6), but at half of it.
    const recover = async (some: typeof down) => {
      for (const { row } of some) await turn(row, 'started')
      await sweepHealth(engine.deps, never)
      await guards()
    }
    await recover(down.slice(0, 4))
    expect(await listEngaged(db())).toEqual(['unhealthy_share'])
    await recover(down.slice(4, 5))
    expect(await listEngaged(db())).toEqual([])
    expect(await workOnAllDue()).toContain(leaver)
    expect(await statuses([leaver])).toEqual(['gone'])
  })

  test('let go by an operator, repairs follow at their pace', async () => {
    const all = await fleet(14)
    for (const { row } of all) await turn(row, 'stopped')
    await sweepHealth(engine.deps, never)
    await releaseBrake(db(), 'unhealthy_share', { ignoreForMs: 3_600_000 })
    expect(await sweepHealth(engine.deps, never)).toMatchObject({ woken: 14 })
    await onDatabase(`update hangar.permits set tokens = 10, refilled_at = hangar.now() + interval '1 hour'
      where name = 'repair'`)
    await lookAt(all.map(({ userId }) => userId))
    const rows = await Promise.all(all.map(({ userId }) => engine.live(userId)))
    const repairing = rows.filter((row) => row.operation === 'repair' || row.healthStatus === 'healthy')
    expect(repairing).toHaveLength(10)
  })

  test('an answer in part makes nobody unhealthy and engages nothing', async () => {
    await fleet(8)
    faults().add({ kind: 'partial_list', params: { region: 'iad' } })
    for (let sweep = 0; sweep < 3; sweep++)
      expect(await sweepHealth(engine.deps, never)).toMatchObject({ unhealthy: 0, woken: 0, partial: true })
    await guards()
    expect(await listEngaged(db())).toEqual([])
  })
})

test("an operator's brake holds teardowns and repairs until it is released", async () => {
  const { userId } = (await fleet(1))[0]!
  await engageBrake(db(), 'operator', { by: 'admin', reason: 'a migration' })
  await setTier(db(), userId, 'free')
  await lookAt([userId])
  for (let n = 0; n < 3; n++) await guards()
  expect(await statuses([userId])).toEqual(['active'])
  await releaseBrake(db(), 'operator')
  expect(await workOnAllDue()).toEqual([userId])
  expect(await statuses([userId])).toEqual(['gone'])
})
