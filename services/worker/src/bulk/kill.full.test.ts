/**
 * A bulk over real processes: workers that are killed with SIGKILL in the middle of it, and a Redis that forgets it. Every
 * user is asked once and comes to an end all the same.
 */
import { findBulk, insertBulk, listAudit } from '@hangar/db'
import { closeRedis, createRedis } from '@hangar/jobs'
import { createUser, waitFor } from '@hangar/testkit'
import { expect, test } from '@jest/globals'
import { useRealServices } from '../testing/real-services.ts'

const { database, redis, start } = useRealServices()

/** All that this test's corner of Redis holds, as a flush would take it. */
async function forgetAll(): Promise<void> {
  const client = createRedis({ url: redis.url, role: 'producer', name: 'forget' })
  await waitFor(() => client.status === 'ready', { what: 'Redis' })
  const keys = await client.keys(`${redis.prefix}*`)
  if (keys.length > 0) await client.del(...keys)
  await closeRedis(client)
}

test('killed twice and forgotten once, it ends with everybody asked once', async () => {
  const { db } = database
  const USERS = 30
  const items: { userId: string }[] = []
  for (let n = 0; n < USERS; n++) items.push({ userId: (await createUser(db, { tier: 'pro' })).userId })
  const bulk = {
    action: 'retry',
    force: false,
    reason: 'a test',
    actor: 'user:ada',
    requestId: null,
    perMinute: 90,
    burstApprovalId: null,
    items,
  } as const
  // Nobody wakes it: the relay finds it.
  const id = await db.transaction().execute((tx) => insertBulk(tx, bulk))
  const asked = async () => USERS - ((await findBulk(db, id))?.counts.waiting ?? USERS)
  const until = (check: () => Promise<boolean>, what: string) => waitFor(check, { what, timeoutMs: 60_000 })

  await start('scheduler')
  const first = await start('worker')
  await until(async () => (await asked()) >= 5, 'the first to be asked')
  first.kill('SIGKILL')
  const second = await start('worker')
  await until(async () => (await asked()) >= 15, 'more of them to be asked')
  await forgetAll()
  const third = await start('worker')
  await until(async () => (await asked()) >= 25, 'more of them to be asked after Redis forgot')
  second.kill('SIGKILL')
  third.kill('SIGKILL')
  await start('worker')
  await until(async () => (await findBulk(db, id))?.state === 'done', 'the bulk to be over')

  expect((await findBulk(db, id))?.counts).toEqual({
    waiting: 0,
    asked: 0,
    done: USERS,
    failed: 0,
    skipped: 0,
  })
  for (const { userId } of items) expect(await listAudit(db, { userId, limit: 5 })).toHaveLength(1)
}, 240_000)
