import { randomUUID } from 'node:crypto'
import { createUser, setTier, useTestDatabase, waitFor } from '@hangar/testkit'
import { describe, expect, test } from '@jest/globals'
import { sql } from 'kysely'
import pg from 'pg'
import { findLiveApp, insertApp } from './apps.ts'
import { anApp } from './test-data.ts'
import { findWant, raiseWant } from './wants.ts'
import {
  claimLease,
  extendLease,
  findWork,
  finishWork,
  wakeOvertaken,
  withFence,
  type Lease,
} from './work.ts'
import { extendLeaseAndReadFacts } from './world.ts'

const TTL_MS = 60_000

describe('the lease', () => {
  const t = useTestDatabase({ maxConnections: 25 })

  const claim = (userId: string, owner = 'a') => claimLease(t.db, { userId, owner, ttlMs: TTL_MS })
  const claimed = async (userId: string, owner = 'a') => {
    const result = await claim(userId, owner)
    if (!result) throw new Error('the lease is busy')
    return result
  }
  const expire = async (userId: string) => {
    await sql`update hangar.user_work set lease_expires_at = hangar.now() where user_id = ${userId}`.execute(
      t.db,
    )
  }

  test('of 20 claims at once one wins; the next ones win in turn, under a growing fence', async () => {
    const userId = randomUUID()
    let lastFence = 0
    for (let round = 0; round < 5; round++) {
      const owners = Array.from({ length: 20 }, (_, index) => `w${index}`)
      const won = (await Promise.all(owners.map((owner) => claim(userId, owner)))).filter(
        (one) => one !== null,
      )
      expect(won).toHaveLength(1)
      const { lease } = won[0]!
      expect(lease.fence).toBeGreaterThan(lastFence)
      lastFence = lease.fence
      // Half of the leases are given back, the others run out.
      if (round % 2 === 0) await finishWork(t.db, lease, { kind: 'released' })
      else await expire(userId)
    }
  })

  test('shows the work and the want, and needs neither to be there before', async () => {
    const stranger = randomUUID()
    expect(await claimed(stranger)).toMatchObject({
      lease: { userId: stranger, owner: 'a', fence: 1 },
      work: { doneVersion: 0, failedAttempts: 0, nextAttemptAt: null },
      want: { userId: stranger, wantedVersion: 0, hostRowSeenAt: null },
    })
    const { userId } = await createUser(t.db, { tier: 'pro' })
    const { want, now } = await claimed(userId)
    expect(want).toMatchObject({ wantedVersion: 1, source: 'trigger' })
    expect(now).toBeInstanceOf(Date)
  })

  test('that its holder never gave back is looked after once more, when a late call must have landed', async () => {
    const late = (lateCallMs: number) => wakeOvertaken(t.db, { lateCallMs, limit: 10 })
    // Those that other tests overtook.
    await late(0)
    const { userId } = await createUser(t.db)
    await claimLease(t.db, { userId, owner: 'a', ttlMs: 0 })
    const second = (await claimLease(t.db, { userId, owner: 'b', ttlMs: TTL_MS }))!
    expect(second.work.overtakenAt).not.toBeNull()
    expect(await late(0)).toBe(0)
    await finishWork(t.db, second.lease, { kind: 'done', doneVersion: second.want.wantedVersion })
    expect(await late(60_000)).toBe(0)
    expect(await late(0)).toBe(1)
    expect((await findWant(t.db, userId))?.wantedVersion).toBe(second.want.wantedVersion + 1)
    expect(await late(0)).toBe(0)
    const third = (await claimLease(t.db, { userId, owner: 'c', ttlMs: TTL_MS }))!
    expect(third.work.overtakenAt).toBeNull()
  })

  test('whose last call got no answer is looked after once more too, and no other failure is', async () => {
    const late = () => wakeOvertaken(t.db, { lateCallMs: 0, limit: 10 })
    await late()
    const failed = {
      kind: 'failed',
      failedAttempts: 1,
      failedVersion: 0,
      delayMs: 0,
      reason: 'test',
    } as const
    for (const result of [failed, { kind: 'released' }] as const) {
      const { userId } = await createUser(t.db)
      const first = (await claimLease(t.db, { userId, owner: 'a', ttlMs: TTL_MS }))!
      await finishWork(t.db, first.lease, result)
      expect(await late()).toBe(0)
      const second = (await claimLease(t.db, { userId, owner: 'a', ttlMs: TTL_MS }))!
      await finishWork(t.db, second.lease, { ...result, mayLand: true })
      expect(await late()).toBe(1)
      expect(await late()).toBe(0)
    }
  })

  test('whose work is still open keeps its count of failures, and with it its growing pause', async () => {
    const { userId } = await createUser(t.db, { tier: 'pro' })
    const first = (await claimLease(t.db, { userId, owner: 'a', ttlMs: TTL_MS }))!
    const { wantedVersion } = first.want
    const failed = {
      kind: 'failed',
      failedAttempts: 4,
      failedVersion: wantedVersion,
      reason: 'test',
    } as const
    await finishWork(t.db, first.lease, { ...failed, delayMs: 3_600_000, mayLand: true })
    expect(await wakeOvertaken(t.db, { lateCallMs: 0, limit: 10 })).toBe(1)
    expect((await findWant(t.db, userId))?.wantedVersion).toBe(wantedVersion)
    expect((await claimLease(t.db, { userId, owner: 'a', ttlMs: TTL_MS }))?.work).toMatchObject({
      failedAttempts: 4,
      nextAttemptAt: expect.any(Date),
      overtakenAt: null,
    })
  })

  test('is extended by its holder only, and not once it has run out', async () => {
    const userId = randomUUID()
    const { lease } = await claimed(userId)
    expect(await extendLease(t.db, lease, TTL_MS)).toBe(true)
    expect(await extendLease(t.db, { ...lease, owner: 'b' }, TTL_MS)).toBe(false)
    expect(await extendLeaseAndReadFacts(t.db, { ...lease, fence: 0 }, TTL_MS)).toBeNull()
    await expire(userId)
    expect(await extendLease(t.db, lease, TTL_MS)).toBe(false)
    expect(await extendLeaseAndReadFacts(t.db, lease, TTL_MS)).toBeNull()
    expect((await claimed(userId, 'b')).lease.fence).toBe(2)
  })

  test('a host transaction that keeps a tier change open blocks no lease', async () => {
    const { userId } = await createUser(t.db, { tier: 'free' })
    const host = new pg.Client(t.url)
    await host.connect()
    try {
      await host.query('begin')
      await host.query(`update public.user_subscriptions set tier = 'pro' where user_id = $1`, [userId])
      const { lease, want } = await claimed(userId)
      expect(want.wantedVersion).toBe(1)
      expect(await extendLeaseAndReadFacts(t.db, lease, TTL_MS)).toMatchObject({
        subscription: { tier: 'free' },
      })
      await withFence(t.db, lease, (tx) => insertApp(tx, anApp(userId)))
      expect(await finishWork(t.db, lease, { kind: 'done', doneVersion: 1 })).toEqual({ moreWanted: false })
      await host.query('commit')
      expect((await claimed(userId)).want.wantedVersion).toBe(2)
    } finally {
      await host.end()
    }
  })

  test('nor does the first tier change of a new user, still uncommitted', async () => {
    const { userId } = await createUser(t.db, { tier: null })
    const host = new pg.Client(t.url)
    await host.connect()
    try {
      await host.query('begin')
      await host.query(`insert into public.user_subscriptions (user_id, tier) values ($1, 'pro')`, [userId])
      expect((await claimed(userId)).want.wantedVersion).toBe(0)
    } finally {
      await host.end()
    }
  })
})

describe('withFence', () => {
  const t = useTestDatabase({ maxConnections: 5 })

  test('commits under a valid lease', async () => {
    const { userId } = await createUser(t.db)
    const { lease } = (await claimLease(t.db, { userId, owner: 'a', ttlMs: TTL_MS }))!
    const app = await withFence(t.db, lease, (tx) => insertApp(tx, anApp(userId)))
    expect((await findLiveApp(t.db, userId))?.id).toBe(app.id)
  })

  test.each<[string, Partial<Lease>]>([
    ['an older fence', { fence: 0 }],
    ['another owner', { owner: 'b' }],
    ['another user', { userId: randomUUID() }],
  ])('refuses %s, and writes nothing', async (_what, change) => {
    const { userId } = await createUser(t.db)
    const { lease } = (await claimLease(t.db, { userId, owner: 'a', ttlMs: TTL_MS }))!
    const write = withFence(t.db, { ...lease, ...change }, (tx) => insertApp(tx, anApp(userId)))
    await expect(write).rejects.toMatchObject({ code: 'lease_lost' })
    expect(await findLiveApp(t.db, userId)).toBeNull()
  })

  test('refuses a lease that has run out, though nobody has claimed it since', async () => {
    const { userId } = await createUser(t.db)
    const { lease } = (await claimLease(t.db, { userId, owner: 'a', ttlMs: 0 }))!
    await expect(withFence(t.db, lease, (tx) => insertApp(tx, anApp(userId)))).rejects.toMatchObject({
      code: 'lease_lost',
    })
    await expect(finishWork(t.db, lease, { kind: 'done', doneVersion: 9 })).rejects.toMatchObject({
      code: 'lease_lost',
    })
  })

  test('lets nobody claim before its end, and writes nothing if the lease runs out before that', async () => {
    const { userId } = await createUser(t.db)
    const { lease } = (await claimLease(t.db, { userId, owner: 'a', ttlMs: 4_000 }))!
    const order: string[] = []
    const { promise: opened, resolve: open } = Promise.withResolvers<undefined>()
    const { promise: finish, resolve: letFinish } = Promise.withResolvers<undefined>()
    const write = withFence(t.db, lease, async (tx) => {
      open(undefined)
      await finish
      await insertApp(tx, anApp(userId))
    }).catch((error: unknown) => {
      order.push('refused')
      return error
    })
    await opened
    await waitFor(
      async () => {
        const { rows } = await sql`
          select from hangar.user_work where user_id = ${userId} and lease_expires_at <= hangar.now()`.execute(
          t.db,
        )
        return rows.length === 1
      },
      { what: 'the lease to run out' },
    )
    const claim = claimLease(t.db, { userId, owner: 'b', ttlMs: TTL_MS }).then((result) => {
      order.push('claimed')
      return result
    })
    await waitFor(
      async () => {
        const { rows } = await sql`
          select from pg_stat_activity
          where datname = current_database() and wait_event_type = 'Lock'`.execute(t.db)
        return rows.length > 0
      },
      { what: 'the claim to wait' },
    )
    letFinish(undefined)
    expect(await write).toMatchObject({ code: 'lease_lost' })
    expect((await claim)?.lease.fence).toBe(2)
    expect(order).toEqual(['refused', 'claimed'])
    expect(await findLiveApp(t.db, userId)).toBeNull()
  })
})

describe('finishWork', () => {
  const t = useTestDatabase()

  const begin = async (userId: string) => {
    const result = await claimLease(t.db, { userId, owner: 'a', ttlMs: TTL_MS })
    if (!result) throw new Error('the lease is busy')
    return result
  }
  const delayMs = 3_600_000

  test('as the last statement under the fence: the lease is given back with what was written', async () => {
    const { userId } = await createUser(t.db, { tier: 'pro' })
    const { lease } = await begin(userId)
    const app = await withFence(t.db, lease, async (tx) => {
      const row = await insertApp(tx, anApp(userId))
      await finishWork(tx, lease, { kind: 'done', doneVersion: 1 })
      return row
    })
    expect(app.userId).toBe(userId)
    expect(await findWork(t.db, userId)).toMatchObject({ owner: null, doneVersion: 1 })
  })

  test('done: free again; a want raised meanwhile is told', async () => {
    const { userId } = await createUser(t.db, { tier: 'pro' })
    const first = await begin(userId)
    expect(await finishWork(t.db, first.lease, { kind: 'done', doneVersion: 1 })).toEqual({
      moreWanted: false,
    })
    await raiseWant(t.db, userId, 'manual')
    const second = await begin(userId)
    expect(second.work).toMatchObject({ doneVersion: 1, plannedVersion: 2 })
    await setTier(t.db, userId, 'free')
    expect(await finishWork(t.db, second.lease, { kind: 'done', doneVersion: 2 })).toEqual({
      moreWanted: true,
    })
  })

  test('a late finish of an older version never takes back what is done', async () => {
    const { userId } = await createUser(t.db)
    await finishWork(t.db, (await begin(userId)).lease, { kind: 'done', doneVersion: 5 })
    await finishWork(t.db, (await begin(userId)).lease, { kind: 'done', doneVersion: 3 })
    expect((await begin(userId)).work.doneVersion).toBe(5)
  })

  test('parked, then failed, then done: each says why it waits, the end clears it', async () => {
    const { userId } = await createUser(t.db, { tier: 'pro' })
    await finishWork(t.db, (await begin(userId)).lease, { kind: 'parked', delayMs, reason: 'health' })
    const parked = await begin(userId)
    expect(parked.work).toMatchObject({ parkedReason: 'health', failedAttempts: 0 })
    await finishWork(t.db, parked.lease, {
      kind: 'failed',
      failedAttempts: 2,
      failedVersion: 1,
      delayMs,
      reason: 'fly_timeout',
    })
    const failed = await begin(userId)
    expect(failed.work).toMatchObject({ failedAttempts: 2, parkedReason: null, failedReason: 'fly_timeout' })
    await finishWork(t.db, failed.lease, { kind: 'released' })
    const again = await begin(userId)
    expect(again.work).toMatchObject({ failedAttempts: 2, nextAttemptAt: failed.work.nextAttemptAt })
    expect(again.work.nextAttemptAt!.getTime() - again.now.getTime()).toBeGreaterThan(delayMs - 60_000)
    await finishWork(t.db, again.lease, { kind: 'done', doneVersion: 1 })
    const { work } = await begin(userId)
    expect(work).toMatchObject({
      failedAttempts: 0,
      nextAttemptAt: null,
      parkedReason: null,
      failedReason: null,
    })
  })

  test('a want newer than the failed one starts afresh', async () => {
    const { userId } = await createUser(t.db, { tier: 'pro' })
    await finishWork(t.db, (await begin(userId)).lease, {
      kind: 'failed',
      failedAttempts: 4,
      failedVersion: 1,
      delayMs,
      reason: 'x',
    })
    await setTier(t.db, userId, 'elite')
    expect((await begin(userId)).work).toMatchObject({ failedAttempts: 0, nextAttemptAt: null })
  })
})
