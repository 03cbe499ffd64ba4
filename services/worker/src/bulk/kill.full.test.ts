/**
 * A bulk over real processes: workers that are killed with SIGKILL in the middle of it, and a Redis that forgets it. Every
 * user is asked once and comes to an end all the same.
 */
import { randomBytes } from 'node:crypto'
import { fileURLToPath } from 'node:url'
import { findBulk, insertBulk, listAudit } from '@hangar/db'
import { closeRedis, createRedis } from '@hangar/jobs'
import { startFlySim, type FlySim } from '@hangar/fly-sim'
import {
  createUser,
  freePort,
  type ManagedProcess,
  startProcess,
  useTestDatabase,
  useTestRedis,
  waitFor,
} from '@hangar/testkit'
import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals'

const database = useTestDatabase()
const redis = useTestRedis()
const running: ManagedProcess[] = []
let sim: FlySim

beforeAll(async () => {
  sim = await startFlySim({ orgs: ['vyx'], delays: 'none' })
})
afterEach(async () => {
  await Promise.all(running.splice(0).map((process) => process.stop()))
})
afterAll(() => sim.stop())

const program = (service: string) =>
  fileURLToPath(new URL(`../../../${service}/src/main.ts`, import.meta.url))

async function start(service: 'worker' | 'scheduler'): Promise<ManagedProcess> {
  const port = await freePort()
  const started = await startProcess({
    name: service,
    entry: program(service),
    readyUrl: `http://127.0.0.1:${port}/readyz`,
    env: {
      DATABASE_URL: database.url,
      REDIS_URL: redis.url,
      HANGAR_QUEUE_PREFIX: redis.prefix,
      PORT: String(port),
      HOST: '127.0.0.1',
      FLY_API_TOKEN: sim.token,
      FLY_ORG_SLUG: 'vyx',
      FLY_DEFAULT_REGION: 'iad',
      FLY_API_BASE_URL: sim.url,
      FLY_SCREENER_IMAGE: 'registry.example/screener:1',
      HANGAR_MASTER_KEY: randomBytes(32).toString('base64'),
      HANGAR_PUBLIC_URL: 'http://127.0.0.1:9',
    },
  })
  running.push(started)
  return started
}

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
