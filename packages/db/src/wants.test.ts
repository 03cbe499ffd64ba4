import { randomUUID } from 'node:crypto'
import { DEFAULT_POLICY } from '@hangar/core'
import { createUser, setTier, useTestDatabase } from '@hangar/testkit'
import { beforeEach, describe, expect, test } from '@jest/globals'
import { sql } from 'kysely'
import { insertApp, updateApp } from './apps.ts'
import { endOverride, insertOverride } from './overrides.ts'
import { listDifferences } from './sweep.ts'
import { anApp } from './test-data.ts'
import { findWant, listUsersToWake, raiseWant } from './wants.ts'
import { claimLease, finishWork, type WorkResult } from './work.ts'
import { readWorld } from './world.ts'

const LONG_MS = 3_600_000

describe('raiseWant', () => {
  const t = useTestDatabase({ maxConnections: 10 })

  test('counts up, enrolls once, and notes the host row that it sees', async () => {
    const { userId } = await createUser(t.db, { tier: 'pro' })
    await sql`delete from hangar.user_wants where user_id = ${userId}`.execute(t.db)
    expect(await raiseWant(t.db, userId, 'webhook')).toBe(1)
    expect(await findWant(t.db, userId)).toMatchObject({ source: 'webhook', enrolledAt: null })
    expect(await raiseWant(t.db, userId, 'manual', { enroll: true })).toBe(2)
    const enrolled = await findWant(t.db, userId)
    expect(enrolled?.enrolledAt).toBeInstanceOf(Date)
    expect(enrolled?.hostRowSeenAt).toBeInstanceOf(Date)
    await raiseWant(t.db, userId, 'sweep')
    expect((await findWant(t.db, userId))?.enrolledAt).toEqual(enrolled?.enrolledAt)
  })

  test('of a user without a host row notes none', async () => {
    const userId = randomUUID()
    await raiseWant(t.db, userId, 'operator', { enroll: true })
    expect(await findWant(t.db, userId)).toMatchObject({ hostRowSeenAt: null })
  })

  test('loses none of many raised at once', async () => {
    const userId = randomUUID()
    const versions = await Promise.all(Array.from({ length: 20 }, () => raiseWant(t.db, userId, 'health')))
    expect(versions.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 20 }, (_, index) => index + 1))
  })
})

describe('listUsersToWake', () => {
  const t = useTestDatabase()
  beforeEach(async () => {
    await sql`delete from hangar.user_wants`.execute(t.db)
  })

  const list = (limit = 100) => listUsersToWake(t.db, { limit, ...DEFAULT_POLICY })
  const due = async (userId: string) => (await list()).some((one) => one.userId === userId)
  const finish = async (userId: string, result: WorkResult) => {
    const claimed = await claimLease(t.db, { userId, owner: 'a', ttlMs: 60_000 })
    await finishWork(t.db, claimed!.lease, result)
  }

  test('those who have waited longest come first, up to the limit', async () => {
    const users = []
    for (let index = 0; index < 3; index++) users.push((await createUser(t.db, { tier: 'pro' })).userId)
    expect((await list()).map(({ userId }) => userId)).toEqual(users)
    await raiseWant(t.db, users[0]!, 'manual')
    expect((await list(2)).map(({ userId }) => userId)).toEqual([users[1], users[2]])
  })

  test('as many in each lane: a crowd of downgrades keeps no upgrade waiting', async () => {
    for (let index = 0; index < 5; index++) await createUser(t.db, { tier: 'free' })
    const { userId } = await createUser(t.db, { tier: 'pro' })
    const woken = await list(2)
    expect(woken.filter(({ lane }) => lane === 'deprovision')).toHaveLength(2)
    expect(woken.filter(({ lane }) => lane === 'provision').length).toBeLessThanOrEqual(2)
    expect((await list(100)).map((one) => one.userId)).toContain(userId)
  })

  test('however many downgrades wait, the one upgrade behind them is in the first round', async () => {
    for (let n = 0; n < 30; n++) await createUser(t.db, { tier: 'free' })
    const { userId } = await createUser(t.db, { tier: 'pro' })
    const woken = await listUsersToWake(t.db, { ...DEFAULT_POLICY, limit: 2 })
    expect(woken).toContainEqual({ userId, lane: 'provision' })
    expect(woken.filter((one) => one.lane === 'deprovision')).toHaveLength(2)
  })

  test('not while somebody holds the lease, nor once it is done', async () => {
    const { userId } = await createUser(t.db)
    const claimed = await claimLease(t.db, { userId, owner: 'a', ttlMs: 60_000 })
    expect(await due(userId)).toBe(false)
    await sql`update hangar.user_work set lease_expires_at = hangar.now()`.execute(t.db)
    expect(await due(userId)).toBe(true)
    expect(claimed).not.toBeNull()
    await finish(userId, { kind: 'done', doneVersion: 1 })
    expect(await due(userId)).toBe(false)
    await raiseWant(t.db, userId, 'health')
    expect(await due(userId)).toBe(true)
  })

  test.each<[string, WorkResult]>([
    ['parked', { kind: 'parked', delayMs: LONG_MS, reason: 'drain' }],
    ['failed', { kind: 'failed', failedAttempts: 1, failedVersion: 1, delayMs: LONG_MS, reason: 'x' }],
  ])('%s: not before its time, unless something newer is wanted', async (_what, result) => {
    const { userId } = await createUser(t.db, { tier: 'pro' })
    await finish(userId, result)
    expect(await due(userId)).toBe(false)
    await setTier(t.db, userId, 'elite')
    expect(await due(userId)).toBe(true)
    // The newer want is seen by the next claim: parked again, it waits again.
    await finish(userId, { kind: 'parked', delayMs: LONG_MS, reason: 'drain' })
    expect(await due(userId)).toBe(false)
    await sql`update hangar.user_work set next_attempt_at = hangar.now()`.execute(t.db)
    expect(await due(userId)).toBe(true)
  })

  test.each([
    ['pro', 'active', 'provision'],
    ['elite', null, 'provision'],
    ['pro', 'PAST_DUE', 'provision'],
    ['pro', 'canceled', 'deprovision'],
    ['free', 'active', 'deprovision'],
    [null, null, 'deprovision'],
  ])('tier %s, status %s: lane %s', async (tier, status, lane) => {
    const { userId } = await createUser(t.db, { tier, status })
    await raiseWant(t.db, userId, 'manual')
    expect(await list()).toEqual([{ userId, lane }])
  })

  test('a generation in teardown is in the deprovision lane, an override outranks the tier', async () => {
    const { userId } = await createUser(t.db, { tier: 'free' })
    await t.db
      .transaction()
      .execute((tx) => insertOverride(tx, { userId, desired: 'on', reason: 'x', actor: 'op' }))
    expect(await list()).toEqual([{ userId, lane: 'provision' }])
    await t.db.transaction().execute(async (tx) => {
      const app = await insertApp(tx, anApp(userId))
      await updateApp(tx, app.id, { teardownStartedAt: 'now' })
    })
    expect(await list()).toEqual([{ userId, lane: 'deprovision' }])
  })
})

describe('listDifferences', () => {
  const t = useTestDatabase()

  /** A user at rest: everything wanted is done. */
  async function atRest(
    tier: string | null,
    app: 'none' | 'active' | 'error',
    status: string | null = 'active',
  ) {
    const { userId } = await createUser(t.db, { tier, status })
    const wantedVersion = await raiseWant(t.db, userId, 'manual', { enroll: true })
    if (app !== 'none')
      await t.db.transaction().execute(async (tx) => {
        const { id } = await insertApp(tx, anApp(userId))
        await updateApp(tx, id, { status: app })
      })
    const claimed = await claimLease(t.db, { userId, owner: 'a', ttlMs: 60_000 })
    await finishWork(t.db, claimed!.lease, { kind: 'done', doneVersion: wantedVersion })
    return userId
  }
  const kindOf = async (userId: string) =>
    (await listDifferences(t.db, { limit: 1000, ...DEFAULT_POLICY })).find((one) => one.userId === userId)
      ?.kind

  test.each<[string | null, string | null, 'none' | 'active' | 'error', string | undefined]>([
    ['pro', 'active', 'none', 'missing'],
    ['pro', null, 'none', 'missing'],
    ['pro', 'active', 'active', undefined],
    ['pro', 'active', 'error', 'not_active'],
    ['elite', 'active', 'active', 'wrong_size'],
    ['free', 'active', 'active', 'unexpected'],
    ['free', 'active', 'none', undefined],
    ['pro', 'canceled', 'active', 'unexpected'],
    ['pro', 'on_holiday', 'active', undefined],
    ['pro', 'on_holiday', 'none', undefined],
    [null, null, 'active', 'unexpected'],
    [null, null, 'none', undefined],
  ])('tier %s, status %s, app %s: %s', async (tier, status, app, kind) => {
    expect(await kindOf(await atRest(tier, app, status))).toBe(kind)
  })

  test('a tier that got another size is told from an app of another tier', async () => {
    const [same, other] = [await atRest('pro', 'active'), await atRest('elite', 'active')]
    const big = { cpuKind: 'shared', cpus: 4, memoryMb: 2048 } as const
    const guests = { pro: big, elite: big }
    const found = await listDifferences(t.db, { limit: 1000, ...DEFAULT_POLICY, guests })
    const kinds = Object.fromEntries(found.map(({ userId, kind }) => [userId, kind]))
    expect([kinds[same], kinds[other]]).toEqual(['tier_resized', 'wrong_size'])
  })

  test('a row that vanished unseen is unknown; one that was deleted has ended', async () => {
    const vanished = await atRest('pro', 'active')
    await sql`alter table public.user_subscriptions disable trigger on_user_tier_change`.execute(t.db)
    await sql`delete from public.user_subscriptions where user_id = ${vanished}`.execute(t.db)
    await sql`alter table public.user_subscriptions enable trigger on_user_tier_change`.execute(t.db)
    expect(await kindOf(vanished)).toBeUndefined()
    await sql`update hangar.user_wants set host_row_deleted_at = hangar.now() where user_id = ${vanished}`.execute(
      t.db,
    )
    expect(await kindOf(vanished)).toBe('unexpected')
  })

  test('an override decides while it lasts, and paused users are left alone', async () => {
    const userId = await atRest('pro', 'none')
    await t.db
      .transaction()
      .execute((tx) => insertOverride(tx, { userId, desired: 'paused', reason: 'x', actor: 'op' }))
    expect(await kindOf(userId)).toBeUndefined()
    await t.db
      .transaction()
      .execute((tx) => insertOverride(tx, { userId, desired: 'off', reason: 'x', actor: 'op' }))
    expect(await kindOf(userId)).toBeUndefined()
    await t.db.transaction().execute((tx) => endOverride(tx, userId))
    expect(await kindOf(userId)).toBe('missing')
  })

  test('users who are not enrolled, or have work to do already, are left out; pages go on where they ended', async () => {
    const userId = await atRest('pro', 'none')
    await raiseWant(t.db, userId, 'sweep')
    expect(await kindOf(userId)).toBeUndefined()
    const other = await atRest('pro', 'none')
    await sql`update hangar.user_wants set enrolled_at = null where user_id = ${other}`.execute(t.db)
    expect(await kindOf(other)).toBeUndefined()

    const all = await listDifferences(t.db, { limit: 1000, ...DEFAULT_POLICY })
    const paged = []
    for (let afterUserId: string | undefined; ; afterUserId = paged.at(-1)?.userId) {
      const page = await listDifferences(t.db, {
        limit: 2,
        ...DEFAULT_POLICY,
        ...(afterUserId && { afterUserId }),
      })
      paged.push(...page)
      if (page.length === 0) break
    }
    expect(paged).toEqual(all)
    expect(all.length).toBeGreaterThan(3)
  })
})

describe('readWorld', () => {
  const t = useTestDatabase()

  test('is everything that a plan is made from', async () => {
    const { userId } = await createUser(t.db, { tier: 'pro', status: 'trialing' })
    const guest = { cpuKind: 'performance' as const, cpus: 1, memoryMb: 2048 }
    const app = await t.db.transaction().execute(async (tx) => {
      await insertOverride(tx, { userId, desired: 'on', guest, region: 'fra', reason: 'x', actor: 'op' })
      return insertApp(tx, anApp(userId))
    })
    const claimed = await claimLease(t.db, { userId, owner: 'a', ttlMs: 60_000 })
    const world = await readWorld(t.db, claimed!.lease, 60_000)
    expect(world).toMatchObject({
      subscription: { tier: 'pro', status: 'trialing' },
      hostRowDeletedAt: null,
      override: { desired: 'on', guest, region: 'fra' },
      app: { id: app.id },
      heartbeat: null,
    })
    expect(world!.hostRowSeenAt).toBeInstanceOf(Date)
  })

  test('of a user nobody knows is empty', async () => {
    const claimed = await claimLease(t.db, { userId: randomUUID(), owner: 'a', ttlMs: 60_000 })
    expect(await readWorld(t.db, claimed!.lease, 60_000)).toMatchObject({
      subscription: null,
      hostRowSeenAt: null,
      override: null,
      app: null,
      heartbeat: null,
    })
  })

  test('is nothing for who has lost the lease', async () => {
    const { userId } = await createUser(t.db, { tier: 'pro' })
    expect(await readWorld(t.db, { userId, owner: 'a', fence: 1 }, 60_000)).toBeNull()
  })
})
