import { DEFAULT_POLICY, type Lane } from '@hangar/core'
import { claimLease, finishWork, insertBulk, lookAtBulk, raiseWant, type Database } from '@hangar/db'
import { closeQueues, closeRedis, createQueues, createRedis, type Queues } from '@hangar/jobs'
import { createMetrics } from '@hangar/runtime'
import {
  createUser,
  setTier,
  useServiceDatabase,
  useTestDatabase,
  useTestRedis,
  waitFor,
} from '@hangar/testkit'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals'

import { createRelayMetrics } from './metrics.ts'
import { relayOnce } from './relay.ts'

const database = useTestDatabase()
/** As the service comes to it: with its own role. */
const own = useServiceDatabase(database, 'scheduler')
const server = useTestRedis()
const registry = createMetrics({ service: 'test' })
const metrics = createRelayMetrics(registry)

let queues: Queues
beforeAll(async () => {
  const redis = createRedis({ url: server.url, role: 'producer', name: 'test' })
  queues = createQueues({ redis, prefix: server.prefix })
  await waitFor(() => redis.status === 'ready', { what: 'Redis' })
})
afterAll(async () => {
  await closeQueues(queues)
  await closeRedis(queues.redis)
})
beforeEach(async () => {
  await Promise.all([
    queues.provision.obliterate({ force: true }),
    queues.deprovision.obliterate({ force: true }),
  ])
  await settleEverybody(database.db)
})

const relay = (batchSize = 100) =>
  relayOnce({ db: own.db, queues, policy: DEFAULT_POLICY, batchSize, metrics })

/** Users of earlier tests are done with. */
async function settleEverybody(db: Database): Promise<void> {
  const wants = await db.selectFrom('hangar.userWants').select('userId').execute()
  for (const { userId } of wants) {
    const claim = await claimLease(db, { userId, owner: 'test', ttlMs: 60_000 })
    if (claim) await finishWork(db, claim.lease, { kind: 'done', doneVersion: claim.want.wantedVersion })
  }
}

async function waitingIn(lane: Lane): Promise<string[]> {
  const jobs = await queues[lane].getJobs(['waiting'])
  return jobs.map((job) => job.data.userId)
}

async function claim(userId: string) {
  const claimed = await claimLease(database.db, { userId, owner: 'test', ttlMs: 60_000 })
  return claimed!
}

describe('one round of the relay', () => {
  test('wakes a bulk that no worker has come back to, and no other', async () => {
    const { db } = database
    const { userId } = await createUser(db)
    const make = () =>
      db.transaction().execute((tx) =>
        insertBulk(tx, {
          action: 'retry',
          force: false,
          reason: 'r',
          actor: 'a',
          requestId: null,
          perMinute: 60,
          burstApprovalId: null,
          items: [{ userId }],
        }),
      )
    const [forgotten, followed] = [await make(), await make()]
    await lookAtBulk(db, followed)
    await relay()
    await relay()
    expect((await queues.bulk.getJobs(['waiting'])).map((job) => job.data)).toEqual([{ bulkId: forgotten }])
  })

  test('wakes each user with work, in the lane of what the host says', async () => {
    const pro = await createUser(database.db, { tier: 'pro' })
    const free = await createUser(database.db, { tier: 'free' })
    await relay()
    expect(await waitingIn('provision')).toEqual([pro.userId])
    expect(await waitingIn('deprovision')).toEqual([free.userId])
  })

  test('leaves out who is being worked on, and who is done', async () => {
    const { userId: held } = await createUser(database.db, { tier: 'pro' })
    const { userId: done } = await createUser(database.db, { tier: 'pro' })
    const { lease } = await claim(held)
    const finished = await claim(done)
    await finishWork(database.db, finished.lease, { kind: 'done', doneVersion: finished.want.wantedVersion })
    await relay()
    expect(await waitingIn('provision')).toEqual([])
    await finishWork(database.db, lease, { kind: 'released' })
  })

  test('leaves out who waits for a later time, until that time or something newer is wanted', async () => {
    const { userId } = await createUser(database.db, { tier: 'pro' })
    const { lease } = await claim(userId)
    await finishWork(database.db, lease, { kind: 'parked', delayMs: 3_600_000, reason: 'draining' })
    await relay()
    expect(await waitingIn('provision')).toEqual([])
    await setTier(database.db, userId, 'elite')
    await relay()
    expect(await waitingIn('provision')).toEqual([userId])
  })

  test('repeated, or run by many at once, adds nothing', async () => {
    const { userId } = await createUser(database.db, { tier: 'pro' })
    await Promise.all(Array.from({ length: 8 }, () => relay()))
    await relay()
    expect(await waitingIn('provision')).toEqual([userId])
  })

  test('ends a backoff in Redis when Postgres says that the user is due', async () => {
    const { userId } = await createUser(database.db, { tier: 'pro' })
    await relay()
    const [job] = await queues.provision.getJobs(['waiting'])
    // As a worker leaves it: delayed, and not parked.
    await queues.redis.lrem(queues.provision.toKey('wait'), 0, job!.id!)
    await queues.redis.zadd(
      queues.provision.toKey('delayed'),
      (job!.timestamp + 3_600_000) * 0x1000,
      job!.id!,
    )
    await queues.redis.hset(queues.provision.toKey(job!.id!), 'delay', 3_600_000)
    expect(await queues.provision.getDelayedCount()).toBe(1)
    await relay()
    expect(await waitingIn('provision')).toEqual([userId])
  })

  test('takes the oldest first when there are more than one round holds', async () => {
    const users: string[] = []
    for (let n = 0; n < 5; n++) users.push((await createUser(database.db, { tier: 'pro' })).userId)
    await relay(2)
    expect((await waitingIn('provision')).toSorted()).toEqual(users.slice(0, 2).toSorted())
  })

  test('wakes a thousand users', async () => {
    for (let n = 0; n < 1000; n += 50) {
      await Promise.all(
        Array.from({ length: 50 }, () =>
          raiseWant(database.db, crypto.randomUUID(), 'manual', { enroll: true }),
        ),
      )
    }
    await relay(1000)
    expect(await queues.deprovision.getWaitingCount()).toBe(1000)
  })

  test('fails at once when Redis is away, and has moved nothing', async () => {
    const { userId } = await createUser(database.db, { tier: 'pro' })
    const redis = createRedis({ url: 'redis://127.0.0.1:1', role: 'producer', name: 'test' })
    const nowhere = createQueues({ redis, prefix: server.prefix })
    await expect(
      relayOnce({ db: own.db, queues: nowhere, policy: DEFAULT_POLICY, batchSize: 100, metrics }),
    ).rejects.toMatchObject({ code: 'redis_unavailable' })
    await closeQueues(nowhere)
    await closeRedis(redis)
    await relay()
    expect(await waitingIn('provision')).toEqual([userId])
  })

  test('tells how many are due, and for how long the oldest has been', async () => {
    const { userId } = await createUser(database.db, { tier: 'pro' })
    await createUser(database.db, { tier: 'pro' })
    await database.db
      .updateTable('hangar.userWants')
      .set({ updatedAt: new Date((await claimTime()) - 90_000) })
      .where('userId', '=', userId)
      .execute()
    await relay()
    const text = await registry.metrics()
    expect(text).toMatch(/^hangar_relay_due_users\{[^}]*\} 2$/m)
    const lagSeconds = Number(/^hangar_relay_lag_seconds\{[^}]*\} (.*)$/m.exec(text)?.[1])
    expect(lagSeconds).toBeGreaterThan(89)
    expect(lagSeconds).toBeLessThan(120)
    expect(text).toMatch(/^hangar_relay_woken_total\{lane="deprovision",result="promoted"[^}]*\} 0$/m)
  })
})

/** The database's time, in ms. */
async function claimTime(): Promise<number> {
  const { now } = await claim(crypto.randomUUID())
  return now.getTime()
}
