/** Bulks over the real engine, PostgreSQL and the Fly stand-in: who is asked, at which pace, and how each one ends. */
import { type BulkAction, DEFAULT_POLICY } from '@hangar/core'
import {
  changeBulk,
  type Database,
  engageBrake,
  findBulk,
  findWant,
  insertBulk,
  listAudit,
  listBulkItems,
  releaseBrake,
} from '@hangar/db'
import { createLogger } from '@hangar/runtime'
import { createUser, setTier } from '@hangar/testkit'
import { expect, test } from '@jest/globals'
import { checkHealth } from '../inspect/health.ts'
import { useEngine } from '../testing/engine.ts'
import { useConnection } from '../testing/rows.ts'
import { type BulkDeps, runBulk } from './run.ts'

const engine = useEngine()
const connection = useConnection(engine.database)

function depsFor(db: Database = engine.database.db) {
  const woken: string[] = []
  const looks: string[] = []
  const deps: BulkDeps = {
    db,
    policy: DEFAULT_POLICY,
    logger: createLogger({ service: 'worker', level: 'silent' }),
    owner: 'worker-a',
    wake: (userId) => Promise.resolve(woken.push(userId)),
    wakeLook: (userId) => Promise.resolve(looks.push(userId)),
  }
  return { ...deps, woken, looks }
}

type Given = { force?: boolean; perMinute?: number; skip?: Record<string, string> }

const QUICK = 6_000

/** As the API writes it. */
function make(
  action: BulkAction,
  userIds: readonly string[],
  { force = false, perMinute = QUICK }: Given = {},
) {
  return engine.database.db.transaction().execute(async (tx) => {
    const id = await insertBulk(tx, {
      action,
      force,
      reason: 'a test',
      actor: 'user:ada',
      requestId: 'req-1',
      perMinute,
      burstApprovalId: null,
      items: userIds.map((userId) => ({ userId })),
    })
    // Where the pace is no part of the test, it has had time: a quick machine would have to wait for the second one.
    if (perMinute === QUICK)
      await tx
        .updateTable('hangar.bulks')
        .set({ nextAskAt: new Date(0) })
        .where('id', '=', id)
        .execute()
    return id
  })
}

const turn = (deps: BulkDeps, id: number) => runBulk(deps, id, new AbortController().signal)

async function itemsOf(id: number) {
  const items = await listBulkItems(engine.database.db, id, { limit: 100 })
  return items.map(({ state, code, detail }) => [state, code, detail])
}

async function users(count: number, tier: string): Promise<string[]> {
  const made: string[] = []
  for (let n = 0; n < count; n++) made.push((await createUser(engine.database.db, { tier })).userId)
  return made
}

test('each is asked once, with an audit row of its own, and ends as the engine ends', async () => {
  const { db } = engine.database
  const [a, b, free] = [...(await users(2, 'pro')), ...(await users(1, 'free'))] as [string, string, string]
  const deps = depsFor()
  const id = await make('provision', [a, b, free])
  expect(await turn(deps, id)).toMatchObject({ kind: 'again_after' })
  expect(deps.woken).toEqual([a, b])
  expect(await itemsOf(id)).toEqual([
    ['asked', null, null],
    ['asked', null, null],
    ['skipped', 'entitlement_conflict', 'tier free'],
  ])
  expect(await listAudit(db, { userId: a, limit: 5 })).toMatchObject([
    {
      actor: 'user:ada',
      action: 'app.provision',
      reason: 'a test',
      requestId: 'req-1',
      after: { bulkId: id },
    },
  ])

  await engine.drive(a)
  await turn(deps, id)
  expect(await findBulk(db, id)).toMatchObject({
    state: 'running',
    counts: { done: 1, asked: 1, skipped: 1 },
  })
  await engine.drive(b)
  expect(await turn(deps, id)).toEqual({ kind: 'done' })
  const up = async (userId: string) => ['done', null, `${(await engine.live(userId)).flyAppName} is up`]
  expect((await itemsOf(id)).slice(0, 2)).toEqual([await up(a), await up(b)])
  expect(await findBulk(db, id)).toMatchObject({
    state: 'done',
    counts: { done: 2 },
    endedAt: expect.any(Date),
  })
  expect(deps.woken).toHaveLength(2)
  // A job of a bulk that is over finds nothing to do.
  expect(await turn(deps, id)).toEqual({ kind: 'done' })
})

test('a user who flips meanwhile, and one whose work is given up, are told of as such', async () => {
  const { db } = engine.database
  const [flips, fails] = (await users(2, 'pro')) as [string, string]
  const deps = depsFor()
  const id = await make('provision', [flips, fails])
  await turn(deps, id)
  await setTier(db, flips, 'free')
  await engine.drive(flips)
  engine.sim.sim.faults.add({ kind: 'machine_limit', match: { operation: 'machines.create' }, count: 10 })
  await engine.drive(fails)
  engine.sim.sim.faults.clear()
  expect(await turn(deps, id)).toEqual({ kind: 'done' })
  expect(await itemsOf(id)).toEqual([
    ['failed', 'overtaken', 'something else was wanted of this user meanwhile'],
    ['failed', 'fly_machine_limit', expect.any(String)],
  ])
})

test('the pace holds, and what was not used of it is not made up for', async () => {
  const deps = depsFor()
  const id = await make('retry', await users(5, 'pro'), { perMinute: 60 })
  const outcome = await turn(deps, id)
  expect(deps.woken).toHaveLength(1)
  expect(outcome).toMatchObject({ kind: 'again_after' })
  expect((outcome as { delayMs: number }).delayMs).toBeLessThanOrEqual(1_000)
  await turn(deps, id)
  expect(deps.woken).toHaveLength(1)
  // An hour later three at most come at once: two for what is kept, and the one whose turn it is.
  await connection.query(
    `update hangar.bulks set next_ask_at = next_ask_at - interval '1 hour' where id = ${id}`,
  )
  await turn(deps, id)
  expect(deps.woken).toHaveLength(4)
})

test('paused and cancelled: nobody more is asked, and who was asked comes to an end', async () => {
  const { db } = engine.database
  const deps = depsFor()
  const ids = await users(3, 'pro')
  const id = await make('provision', ids, { perMinute: 1 })
  const say = (verb: 'pause' | 'resume' | 'cancel') =>
    db.transaction().execute((tx) => changeBulk(tx, id, verb))
  const due = () => connection.query(`update hangar.bulks set next_ask_at = hangar.now() where id = ${id}`)
  await turn(deps, id)
  expect(await say('pause')).toEqual({ before: 'running', changed: true })
  await due()
  await turn(deps, id)
  expect(deps.woken).toEqual([ids[0]])
  expect(await say('resume')).toEqual({ before: 'paused', changed: true })
  await due()
  await turn(deps, id)
  expect(deps.woken).toEqual([ids[0], ids[1]])
  expect(await say('cancel')).toEqual({ before: 'running', changed: true })
  expect(await say('cancel')).toEqual({ before: 'cancelled', changed: false })
  await due()
  expect(await turn(deps, id)).toMatchObject({ kind: 'again_after' })
  expect((await findWant(db, ids[2]!))?.wantedVersion).toBe(1)
  await engine.drive(ids[0]!)
  await engine.drive(ids[1]!)
  expect(await turn(deps, id)).toEqual({ kind: 'done' })
  expect(await findBulk(db, id)).toMatchObject({ state: 'cancelled', counts: { done: 2, skipped: 1 } })
})

test('what destroys is held by brakes, and goes on when they let go', async () => {
  const { db } = engine.database
  const deps = depsFor()
  const [userId] = (await users(1, 'pro')) as [string]
  await engine.drive(userId)
  await engageBrake(db, 'operator', { by: 'ada', reason: 'lunch' })
  const id = await make('deprovision', [userId], { force: true })
  await turn(deps, id)
  expect(deps.woken).toEqual([])
  expect(await findBulk(db, id)).toMatchObject({ heldBy: 'operator', counts: { waiting: 1 } })
  await releaseBrake(db, 'operator')
  await turn(deps, id)
  expect(await findBulk(db, id)).toMatchObject({ heldBy: null, counts: { asked: 1 } })
  await engine.drive(userId)
  expect(await turn(deps, id)).toEqual({ kind: 'done' })
  expect(await itemsOf(id)).toEqual([['done', null, 'the app is gone']])
})

test("a look at each app's health: ended by what is found, and repeated where the job was lost", async () => {
  const deps = depsFor()
  const [userId] = (await users(1, 'pro')) as [string]
  await engine.drive(userId)
  const id = await make('check_health', [userId])
  await turn(deps, id)
  expect(deps.looks).toEqual([userId])
  await connection.query(`update hangar.bulk_items set not_before = hangar.now() where bulk_id = ${id}`)
  await turn(deps, id)
  await turn(deps, id)
  expect(deps.looks).toEqual([userId, userId])
  await checkHealth(engine.deps, userId, new AbortController().signal)
  expect(await turn(deps, id)).toEqual({ kind: 'done' })
  expect(await itemsOf(id)).toEqual([['done', 'healthy', 'the app is healthy']])
})

test("a user whose row the host's own transaction holds is put off, and the others are asked", async () => {
  const { db } = engine.database
  const deps = depsFor()
  const [held, free] = (await users(2, 'pro')) as [string, string]
  const id = await make('retry', [held, free])
  await db.transaction().execute(async (tx) => {
    await setTier(tx, held, 'elite')
    await turn(deps, id)
  })
  expect(deps.woken).toEqual([free])
  await connection.query(
    `update hangar.bulk_items set not_before = hangar.now() where bulk_id = ${id} and state = 'waiting'`,
  )
  await turn(deps, id)
  expect(deps.woken).toEqual([free, held])
})
