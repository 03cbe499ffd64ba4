/** Users who were there before Hangar, moved in waves, over the real engine, PostgreSQL and the Fly stand-in. */
import { type BulkAction, DEFAULT_POLICY } from '@hangar/core'
import {
  changeBulk,
  findBulk,
  findLiveApp,
  findWant,
  insertBulk,
  listAlerts,
  listAudit,
  listBulkItems,
} from '@hangar/db'
import { createLogger } from '@hangar/runtime'
import { createUser, setTier } from '@hangar/testkit'
import { expect, test } from '@jest/globals'
import { reconcileUser } from '../reconcile/job.ts'
import { sweepAlerts } from '../sweeps/alerts.ts'
import { useEngine } from '../testing/engine.ts'
import { useConnection } from '../testing/rows.ts'
import { type BulkDeps, runBulk } from './run.ts'

const engine = useEngine()
const connection = useConnection(engine.database)
const never = new AbortController().signal

type Waves = { size: number; pauseMs: number; stopOnFailureShare: number }

/** As if these were there before Hangar: nobody has ever wanted anything for them. */
async function paying(count: number): Promise<string[]> {
  const ids: string[] = []
  for (let n = 0; n < count; n++) {
    const { userId } = await createUser(engine.database.db, { tier: 'pro' })
    ids.push(userId)
  }
  await connection.query('truncate hangar.user_wants')
  return ids
}

/** As the API writes it. The pace is no part of these tests. */
async function migrate(userIds: readonly string[], waves: Partial<Waves>, leftOut: readonly string[] = []) {
  const id = await engine.database.db.transaction().execute((tx) =>
    insertBulk(tx, {
      action: 'migrate' satisfies BulkAction,
      force: false,
      reason: 'a test',
      actor: 'user:ada',
      requestId: null,
      perMinute: 6_000,
      burstApprovalId: null,
      items: [
        ...leftOut.map((userId) => ({ userId, code: 'unknown_user', detail: 'd' })),
        ...userIds.map((userId) => ({ userId })),
      ],
      waves: { size: 2, pauseMs: 0, stopOnFailureShare: 0.5, ...waves },
    }),
  )
  await due(id)
  return id
}

const due = (id: number) =>
  connection.query(`update hangar.bulks set next_ask_at = now() - interval '1 hour' where id = ${id}`)

function follow(id: number) {
  const woken: string[] = []
  const deps: BulkDeps = {
    db: engine.database.db,
    policy: DEFAULT_POLICY,
    logger: createLogger({ service: 'worker', level: 'silent' }),
    owner: 'worker-a',
    wake: (userId) => Promise.resolve(woken.push(userId)),
    wakeLook: () => Promise.reject(new Error('nobody is looked at')),
  }
  const turn = () => runBulk(deps, id, new AbortController().signal)
  return { woken, turn, find: async () => (await findBulk(engine.database.db, id))! }
}

const failing = (count: number) =>
  engine.sim.sim.faults.add({ kind: 'machine_limit', match: { operation: 'machines.create' }, count })

async function driveAll(ids: readonly string[]): Promise<void> {
  for (const id of ids) await engine.drive(id)
}

test('the next wave begins after its pause, once all of this one have an app; each is asked once', async () => {
  const { db } = engine.database
  const ids = await paying(4)
  const id = await migrate(ids, { pauseMs: 60_000 })
  const { woken, turn, find } = follow(id)
  await turn()
  expect(woken).toEqual(ids.slice(0, 2))
  await engine.drive(ids[0]!)
  await turn()
  expect(await find()).toMatchObject({ wave: 1, waveUsers: 4, counts: { done: 1, asked: 1, waiting: 2 } })
  await engine.drive(ids[1]!)
  await turn()
  expect(await find()).toMatchObject({ wave: 2, counts: { done: 2, waiting: 2 } })
  expect(woken).toHaveLength(2)
  await due(id)
  await turn()
  expect(woken).toEqual(ids)
  await driveAll(ids.slice(2))
  expect(await turn()).toEqual({ kind: 'done' })
  expect(await find()).toMatchObject({ state: 'done', counts: { done: 4 } })
  for (const userId of ids) {
    expect(await findLiveApp(db, userId)).toMatchObject({ status: 'active', generation: 1 })
    expect(await findWant(db, userId)).toMatchObject({ wantedVersion: 1, enrolledAt: expect.any(Date) })
    expect(await listAudit(db, { userId, limit: 5 })).toMatchObject([
      { action: 'app.provision', after: { bulkId: id } },
    ])
  }
  const items = await listBulkItems(db, id, { limit: 9 })
  expect(items.map(({ tier, appStatus }) => [tier, appStatus])).toEqual(ids.map(() => ['pro', 'active']))
})

test('above the share it stops itself and says so; resumed, it goes on, and what failed before is forgiven', async () => {
  const { db } = engine.database
  const ids = await paying(6)
  const id = await migrate(ids, { size: 2, stopOnFailureShare: 0.4 })
  const { woken, turn, find } = follow(id)
  await turn()
  failing(1)
  await driveAll(ids.slice(0, 2))
  engine.sim.sim.faults.clear()
  await turn()
  expect(await find()).toMatchObject({
    state: 'paused',
    pausedBecause: 'failure_share',
    wave: 1,
    counts: { failed: 1, done: 1, waiting: 4 },
  })
  expect(woken).toHaveLength(2)
  const alerts = () => listAlerts(db, { limit: 5, openOnly: true, kind: 'migration_stopped' })
  expect(await alerts()).toMatchObject([
    {
      subject: String(id),
      severity: 'warning',
      message: expect.stringContaining('1 of 2 in this wave'),
    },
  ])
  expect(await listAudit(db, { limit: 1 })).toMatchObject([{ actor: 'worker-a', action: 'migration.stop' }])

  await db.transaction().execute((tx) => changeBulk(tx, id, 'resume'))
  expect(await alerts()).toEqual([])
  await due(id)
  await turn()
  await due(id)
  await turn()
  expect(await find()).toMatchObject({ state: 'running', pausedBecause: null, wave: 2 })
  expect(woken).toEqual(ids.slice(0, 4))
  await driveAll(ids.slice(2, 4))
  await turn()
  await due(id)
  await turn()
  await driveAll(ids.slice(4))
  expect(await turn()).toEqual({ kind: 'done' })
  expect(await find()).toMatchObject({ state: 'done', counts: { failed: 1, done: 5 } })
})

test('in the middle of a wave it stops as soon as nothing can bring it below the share any more', async () => {
  const ids = await paying(5)
  const id = await migrate(ids, { size: 4, stopOnFailureShare: 0.3 })
  const { turn, find } = follow(id)
  await turn()
  failing(2)
  await engine.drive(ids[0]!)
  await turn()
  expect(await find()).toMatchObject({ state: 'running', counts: { failed: 1, asked: 3 } })
  await engine.drive(ids[1]!)
  engine.sim.sim.faults.clear()
  await turn()
  expect(await find()).toMatchObject({ state: 'paused', counts: { failed: 2, asked: 2, waiting: 1 } })
  // Who was asked comes to an end all the same.
  await driveAll(ids.slice(2, 4))
  await turn()
  expect(await find()).toMatchObject({ state: 'paused', counts: { failed: 2, done: 2, waiting: 1 } })
})

test('too many failures in the only wave, with nobody left to be asked: it ends, and is told of for a day', async () => {
  const { db } = engine.database
  const ids = await paying(3)
  const id = await migrate(ids, { size: 50, stopOnFailureShare: 0.4 })
  const { turn, find } = follow(id)
  await turn()
  failing(2)
  await driveAll(ids.slice(0, 2))
  engine.sim.sim.faults.clear()
  await turn()
  const told = () =>
    listAlerts(db, { limit: 5, openOnly: true, kind: 'migration_stopped', subject: String(id) })
  expect([await find(), await told()]).toMatchObject([{ state: 'running', counts: { asked: 1 } }, []])
  await engine.drive(ids[2]!)
  expect(await turn()).toEqual({ kind: 'done' })
  expect(await find()).toMatchObject({ state: 'done', counts: { failed: 2, done: 1 } })
  await sweepAlerts(engine.deps, never)
  expect(await told()).toMatchObject([
    {
      times: 1,
      message: expect.stringMatching(/has ended in wave 1 of 1: .* 2 of 3 in this wave .* nobody is left/),
    },
  ])
  await connection.query(`update hangar.alerts set last_at = last_at - interval '25 hours'`)
  await sweepAlerts(engine.deps, never)
  expect(await told()).toEqual([])
})

test('who is left out takes no place in a wave; who stops paying on the way is no failure', async () => {
  const { db } = engine.database
  const ids = await paying(3)
  const nobody = await paying(2)
  const id = await migrate(ids, { size: 2, stopOnFailureShare: 0 }, nobody)
  const { woken, turn, find } = follow(id)
  await turn()
  expect(woken).toEqual(ids.slice(0, 2))
  await setTier(db, ids[0]!, 'free')
  await driveAll(ids.slice(0, 2))
  await setTier(db, ids[2]!, 'free')
  await turn()
  await due(id)
  await turn()
  await turn()
  const items = await listBulkItems(db, id, { limit: 9 })
  expect(items.map(({ state, code }) => [state, code])).toEqual([
    ['skipped', 'overtaken'],
    ['done', null],
    ['skipped', 'entitlement_conflict'],
    ['skipped', 'unknown_user'],
    ['skipped', 'unknown_user'],
  ])
  expect(await find()).toMatchObject({ state: 'done', wave: 2, waveUsers: 3 })
})

test('a wave that one waiting user keeps from its end is told of, with what they wait for, until it has one', async () => {
  const { db } = engine.database
  const ids = await paying(3)
  const id = await migrate(ids, { size: 2 })
  const { woken, turn, find } = follow(id)
  const passes = (interval: string) =>
    connection.query(`update hangar.bulk_items set asked_at = asked_at - interval '${interval}',
        ended_at = ended_at - interval '${interval}' where bulk_id = ${id}`)
  const told = async () => {
    await sweepAlerts(engine.deps, never)
    return listAlerts(db, { limit: 5, openOnly: true, kind: 'migration_waits' })
  }
  await turn()
  await engine.drive(ids[0]!)
  engine.sim.sim.faults.add({ kind: 'rate_limited', match: { operation: 'machines.create' }, count: 100 })
  await reconcileUser(engine.deps, ids[1]!, never)
  engine.sim.sim.faults.clear()
  await turn()
  await passes('14 minutes')
  expect(await told()).toEqual([])
  await passes('2 minutes')
  await turn()
  expect(await find()).toMatchObject({ state: 'running', wave: 1, counts: { done: 1, asked: 1, waiting: 1 } })
  expect(await told()).toMatchObject([
    {
      subject: String(id),
      severity: 'warning',
      message: expect.stringMatching(
        /in wave 1 since .* 1 of it are at it, for fly_rate_limited \(1\), and 1 users have yet to be asked/,
      ),
    },
  ])
  await engine.drive(ids[1]!)
  await turn()
  await due(id)
  await turn()
  expect(woken).toEqual(ids)
  expect(await told()).toEqual([])
  await engine.drive(ids[2]!)
  expect(await turn()).toEqual({ kind: 'done' })
})
