import { DEFAULT_POLICY, heldReason, NO_LONGER_HELD } from '@hangar/core'
import { createUser, setTier, useTestDatabase } from '@hangar/testkit'
import { beforeEach, describe, expect, test } from '@jest/globals'
import { sql } from 'kysely'
import { insertApp, updateApp } from './apps.ts'
import { engageBrake, listEngaged, releaseBrake } from './brakes.ts'
import { approveBurst, listBurstApprovals, releaseBurstIfNobodyWaits, takeTeardownSlot } from './bursts.ts'
import { writeSetting } from './settings.ts'
import { anApp } from './test-data.ts'
import { raiseWant } from './wants.ts'
import { claimLease, finishWork, type WorkResult } from './work.ts'

const t = useTestDatabase()
const HOUR_MS = 3_600_000

beforeEach(async () => {
  await releaseBrake(t.db, 'deletion_burst')
  await sql`
    truncate hangar.burst_approvals, hangar.alerts, hangar.settings, hangar.user_work cascade;
    update hangar.brakes set ignored_until = null;
    update public.user_fly_apps set teardown_started_at = teardown_started_at - interval '1 day', status = 'deleted',
      deleted_at = hangar.now() where deleted_at is null`.execute(t.db)
})

async function liveApps(count: number, tier = 'pro') {
  const apps = []
  for (let n = 0; n < count; n++) {
    const { userId } = await createUser(t.db, { tier })
    apps.push(await t.db.transaction().execute((tx) => insertApp(tx, anApp(userId))))
  }
  return apps
}
type App = Awaited<ReturnType<typeof liveApps>>[number]

/** As the engine does it: a slot, and the teardown begun in the same transaction. */
const teardown = (app: App, end?: () => never, kind: 'entitled' | 'not_entitled' = 'not_entitled') =>
  t.db.transaction().execute(async (tx) => {
    const slot = await takeTeardownSlot(tx, { actor: 'test', entitlement: { kind } })
    if (slot.kind === 'go')
      await updateApp(tx, app.id, { teardownStartedAt: 'now', burstApprovalId: slot.approvalId })
    end?.()
    return slot
  })

const mark = (app: App) =>
  t.db.transaction().execute((tx) => updateApp(tx, app.id, { teardownStartedAt: 'now' }))

const approve = (count: number, expiresInMs = HOUR_MS) =>
  t.db
    .transaction()
    .execute((tx) =>
      approveBurst(tx, { count, reason: 'meant', actor: 'admin', expiresInMs }, DEFAULT_POLICY),
    )

const releaseIfNobodyWaits = () => releaseBurstIfNobodyWaits(t.db, DEFAULT_POLICY)

const openAlerts = async () =>
  (await sql`select from hangar.alerts where resolved_at is null`.execute(t.db)).rows.length

describe('a burst of teardowns', () => {
  test('of 30 at once exactly 20 begin, one of the others engages the brake, and there is one alert', async () => {
    const slots = await Promise.all((await liveApps(30)).map((app) => teardown(app)))
    expect(slots.filter((slot) => slot.kind === 'go')).toHaveLength(20)
    expect(slots.filter((slot) => slot.kind === 'held' && slot.engagedNow)).toHaveLength(1)
    expect(await listEngaged(t.db)).toEqual(['deletion_burst'])
    expect(await openAlerts()).toBe(1)
  })

  test('the share of a large fleet may begin, and only within the window', async () => {
    const apps = await liveApps(10)
    await t.db
      .transaction()
      .execute((tx) => writeSetting(tx, 'teardownBurst', { least: 1, share: 0.5 }, 'test'))
    for (const app of apps.slice(0, 5)) expect(await teardown(app)).toEqual({ kind: 'go', approvalId: null })
    await sql`update public.user_fly_apps set teardown_started_at = teardown_started_at - interval '10 minutes'
      where teardown_started_at is not null`.execute(t.db)
    expect(await teardown(apps[5]!)).toMatchObject({ kind: 'go' })
  })

  test('a teardown that is rolled back gives its slot and its approval back', async () => {
    const apps = await liveApps(3)
    await t.db
      .transaction()
      .execute((tx) => writeSetting(tx, 'teardownBurst', { least: 1, share: 0 }, 'test'))
    await approve(1)
    const fail = (): never => {
      throw new Error('the lease was lost')
    }
    await expect(teardown(apps[0]!, fail)).rejects.toThrow('the lease was lost')
    expect(await listBurstApprovals(t.db, { limit: 1 })).toMatchObject([{ used: 0 }])
    expect(await teardown(apps[0]!)).toMatchObject({ kind: 'go', approvalId: expect.any(Number) })
    await expect(teardown(apps[1]!, fail)).rejects.toThrow('the lease was lost')
    expect(await teardown(apps[1]!)).toEqual({ kind: 'go', approvalId: null })
    expect(await teardown(apps[2]!)).toMatchObject({ kind: 'held' })
  })

  test('planned before a brake engaged, it does not begin after; a user who is entitled again waits only for some', async () => {
    const apps = await liveApps(3)
    await engageBrake(t.db, 'operator', { by: 'admin', reason: 'test' })
    expect(await teardown(apps[0]!)).toEqual({ kind: 'held', engagedNow: false })
    expect(await teardown(apps[0]!, undefined, 'entitled')).toEqual({ kind: 'held', engagedNow: false })
    await releaseBrake(t.db, 'operator')
    await engageBrake(t.db, 'unhealthy_share', { by: 'test', reason: 'test' })
    expect(await teardown(apps[1]!)).toEqual({ kind: 'held', engagedNow: false })
    expect(await teardown(apps[1]!, undefined, 'entitled')).toMatchObject({ kind: 'go' })
    await releaseBrake(t.db, 'unhealthy_share')
    expect(await teardown(apps[2]!)).toMatchObject({ kind: 'go' })
  })

  test('what an operator forces is no part of it', async () => {
    const apps = await liveApps(2)
    await t.db
      .transaction()
      .execute((tx) => writeSetting(tx, 'teardownBurst', { least: 1, share: 0 }, 'test'))
    await sql`insert into hangar.forced_actions (user_fly_app_id, action, reason, actor)
      values (${apps[0]!.id}, 'skip_drain', 'test', 'admin')`.execute(t.db)
    await mark(apps[0]!)
    expect(await teardown(apps[1]!)).toMatchObject({ kind: 'go' })
  })
})

describe('an approval', () => {
  test('is used exactly, before the threshold is, by any number at once', async () => {
    await approve(7)
    await approve(5)
    const slots = await Promise.all((await liveApps(40)).map((app) => teardown(app)))
    const approved = slots.filter((slot) => slot.kind === 'go' && slot.approvalId !== null)
    expect(approved).toHaveLength(12)
    expect(slots.filter((slot) => slot.kind === 'go')).toHaveLength(12 + 20)
    expect(await listBurstApprovals(t.db, { limit: 5 })).toMatchObject([
      { approved: 5, used: 5 },
      { approved: 7, used: 7 },
    ])
  })

  test('that has expired counts nothing', async () => {
    await approve(5, 0)
    const [app] = await liveApps(1)
    expect(await teardown(app!)).toEqual({ kind: 'go', approvalId: null })
    expect(await listBurstApprovals(t.db, { limit: 5 })).toMatchObject([{ used: 0, expired: true }])
  })

  test('lets the brake go once all approvals cover those it holds, and not before', async () => {
    await engageByBurst()
    for (let n = 0; n < 3; n++) await hold()
    expect(await approve(2)).toMatchObject({ waiting: 3, released: false })
    // Nobody slips by on an approval that does not cover all.
    expect(await teardown((await liveApps(1))[0]!)).toEqual({ kind: 'held', engagedNow: false })
    expect(await approve(1)).toMatchObject({ waiting: 3, released: true })
    expect(await openAlerts()).toBe(0)
  })

  test('need not cover those that had begun before the brake engaged, and are held half-way', async () => {
    await engageByBurst()
    const [app] = await liveApps(1, 'free')
    await mark(app!)
    await hold(app!.userId)
    await hold()
    expect(await approve(1)).toMatchObject({ waiting: 1, released: true })
  })

  test('tells when the last is through: a hundred a minute, behind what is under way or approved', async () => {
    expect(await approve(10_000)).toMatchObject({ etaMinutes: 100 })
    expect(await approve(1)).toMatchObject({ etaMinutes: 101 })
    for (const app of await liveApps(2)) await mark(app)
    expect(await approve(98)).toMatchObject({ etaMinutes: 102 })
  })
})

describe('the end of a burst', () => {
  test('by itself only when nobody waits and the window has passed', async () => {
    await engageByBurst()
    const userId = await hold()
    expect(await releaseIfNobodyWaits()).toBe(false)
    await passWindow()
    // The window is free again, but whoever waits needs an operator's word.
    expect(await releaseIfNobodyWaits()).toBe(false)
    await setTier(t.db, userId, 'pro')
    expect(await releaseIfNobodyWaits()).toBe(true)
    expect(await releaseIfNobodyWaits()).toBe(false)
  })

  test.each<[string, (userId: string) => Promise<unknown>]>([
    ['waits under another brake by now', (userId) => finish(userId, parked(heldReason('fly_unreachable')))],
    ['is due since an outage ended', (userId) => finish(userId, parked(NO_LONGER_HELD))],
    ['failed in between', (userId) => finish(userId, FAILED)],
  ])('never while one of those who wait %s', async (_, change) => {
    await engageByBurst()
    await change(await hold())
    await passWindow()
    expect(await releaseIfNobodyWaits()).toBe(false)
    expect(await approve(1)).toMatchObject({ waiting: 1, released: true })
  })

  test('never while another brake is engaged', async () => {
    await engageByBurst()
    await passWindow()
    await engageBrake(t.db, 'fly_unreachable', { by: 'w', reason: 'no answer' })
    expect(await releaseIfNobodyWaits()).toBe(false)
    await releaseBrake(t.db, 'fly_unreachable')
    expect(await releaseIfNobodyWaits()).toBe(true)
  })

  test('an operator who lets go and has it ignored lets all through', async () => {
    await engageByBurst()
    await releaseBrake(t.db, 'deletion_burst', { ignoreForMs: HOUR_MS })
    const slots = await Promise.all((await liveApps(5)).map((app) => teardown(app)))
    expect(slots.every((slot) => slot.kind === 'go')).toBe(true)
  })
})

async function engageByBurst() {
  await t.db.transaction().execute((tx) => writeSetting(tx, 'teardownBurst', { least: 1, share: 0 }, 'test'))
  for (const app of await liveApps(2)) await teardown(app)
  expect(await listEngaged(t.db)).toEqual(['deletion_burst'])
}

const passWindow = () =>
  sql`update public.user_fly_apps set teardown_started_at = hangar.now() - interval '1 hour'
    where teardown_started_at is not null`.execute(t.db)

const parked = (reason: string): WorkResult => ({ kind: 'parked', delayMs: 60_000, reason })
const FAILED: WorkResult = {
  kind: 'failed',
  failedAttempts: 4,
  failedVersion: 1,
  delayMs: 60_000,
  reason: 'fly_unauthorized',
}

/** A user with an app and no right to it, whom the brake kept from beginning. */
async function hold(of?: string): Promise<string> {
  const userId = of ?? (await liveApps(1, 'free'))[0]!.userId
  await raiseWant(t.db, userId, 'sweep')
  await finish(userId, parked(heldReason('deletion_burst')))
  return userId
}

async function finish(userId: string, result: WorkResult): Promise<void> {
  const claimed = await claimLease(t.db, { userId, owner: 'w', ttlMs: 15_000 })
  await finishWork(t.db, claimed!.lease, result)
}
