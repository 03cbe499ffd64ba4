import { randomUUID } from 'node:crypto'
import { createUser, runSql, useTestDatabase } from '@hangar/testkit'
import { describe, expect, test } from '@jest/globals'
import { insertApp, nextGeneration, updateApp } from './apps.ts'
import { engageBrake, releaseBrake } from './brakes.ts'
import { readDatabaseTime } from './now.ts'
import {
  endOrphan,
  findLostApp,
  findNameHolders,
  findOrphan,
  type FoundOrphan,
  listDueOrphans,
  listLostNames,
  listUnseenOrphans,
  recordCompleteScan,
  recordOrphans,
  recordOrphanTry,
  requestOrphanDeletion,
  sumOrphans,
  withholdOrphan,
} from './orphans.ts'
import { anApp } from './test-data.ts'
import { readEntitlementFacts } from './world.ts'

const database = useTestDatabase()
const db = () => database.db
const inTx = <T>(change: Parameters<ReturnType<ReturnType<typeof db>['transaction']>['execute']>[0]) =>
  db().transaction().execute(change) as Promise<T>

const found = (change: Partial<FoundOrphan> = {}): FoundOrphan => {
  const appName = change.appName ?? `vyx-user-${randomUUID().slice(0, 8)}`
  return {
    appName,
    kind: 'dead_row',
    userId: randomUUID(),
    generation: 1,
    userFlyAppId: null,
    network: appName,
    machines: [{ id: 'm1', state: 'started', region: 'iad', guest: null }],
    monthlyCostUsd: '6.00',
    ...change,
  }
}
const scan = async (orphans: FoundOrphan[], complete = true) =>
  recordOrphans(db(), orphans, { beganAt: await readDatabaseTime(db()), complete })
const age = (name: string) =>
  runSql(
    database.url,
    `update hangar.orphans set first_seen_at = first_seen_at - interval '1 hour' where app_name = '${name}'`,
  )
const isDue = async (name: string) =>
  (await listDueOrphans(db(), { graceMs: 60_000, limit: 100 })).some(({ appName }) => appName === name)

describe('what a scan writes down', () => {
  test('is new once, counted each time, and a partial scan changes nothing but that it was seen', async () => {
    const one = found()
    expect(await scan([one, found()])).toHaveLength(2)
    expect(await scan([one])).toEqual([])
    await scan([{ ...one, machines: [], monthlyCostUsd: '0.00', network: null }], false)
    expect(await findOrphan(db(), one.appName)).toMatchObject({
      completeScans: 2,
      monthlyCostUsd: '6.00',
      network: one.network,
      machines: one.machines,
    })
  })

  test('begins anew for an app that had ended: its grace, its scans, and who asked', async () => {
    const one = found()
    await scan([one])
    await scan([one])
    await age(one.appName)
    await inTx((tx) => requestOrphanDeletion(tx, one.appName, 'user:1'))
    await withholdOrphan(db(), one.appName, 'a brake')
    expect(await inTx((tx) => endOrphan(tx, one.appName, { state: 'gone' }))).toBe(true)
    expect(await inTx((tx) => endOrphan(tx, one.appName, { state: 'deleted' }))).toBe(false)
    expect(await scan([one])).toHaveLength(1)
    expect(await findOrphan(db(), one.appName)).toMatchObject({
      state: 'found',
      completeScans: 1,
      deleteRequestedBy: null,
      withheld: null,
      endedAt: null,
    })
    expect(await isDue(one.appName)).toBe(false)
  })

  test('leaves those it did not see to be looked after', async () => {
    const one = found()
    await scan([one])
    const beganAt = await readDatabaseTime(db())
    const unseen = async () => (await listUnseenOrphans(db(), beganAt)).map(({ appName }) => appName)
    expect(await unseen()).toContain(one.appName)
    await recordOrphans(db(), [one], { beganAt, complete: true })
    expect(await unseen()).not.toContain(one.appName)
  })

  test('is summed as long as it is there', async () => {
    const before = await sumOrphans(db())
    const one = found({ monthlyCostUsd: '7.25' })
    await scan([one])
    const during = await sumOrphans(db())
    expect(Number(during.monthlyCostUsd) - Number(before.monthlyCostUsd)).toBeCloseTo(7.25, 2)
    await inTx((tx) => endOrphan(tx, one.appName, { state: 'gone' }))
    expect(await sumOrphans(db())).toEqual(before)
  })
})

describe('what may be deleted', () => {
  test.each([
    ['a closed row, old enough and seen twice', found(), 2, true, false, true],
    ['seen once', found(), 1, true, false, false],
    ['too young', found(), 2, false, false, false],
    ['young, but asked for', found(), 1, false, true, true],
    ['a name no row held', found({ kind: 'unknown_name' }), 2, true, false, false],
    ['a name no row held, asked for', found({ kind: 'unknown_name' }), 1, false, true, true],
    [
      "nobody's, asked for: it is told why not",
      found({ kind: 'unknown_name', userId: null }),
      2,
      true,
      true,
      true,
    ],
  ])('%s', async (_, one, scans, old, asked, due) => {
    for (let n = 0; n < scans; n++) await scan([one])
    if (old) await age(one.appName)
    if (asked) await inTx((tx) => requestOrphanDeletion(tx, one.appName, 'user:1'))
    expect(await isDue(one.appName)).toBe(due)
  })

  test('in turn: those that were tried and stay make room, whoever asked for them', async () => {
    const due = async (limit: number) =>
      (await listDueOrphans(db(), { graceMs: 60_000, limit })).map(({ appName }) => appName)
    await runSql(
      database.url,
      `update hangar.orphans set state = 'gone', ended_at = hangar.now() where state = 'found'`,
    )
    const asked = [found(), found()]
    const old = found()
    await scan([...asked, old])
    await scan([...asked, old])
    await age(old.appName)
    const ask = (one: FoundOrphan) => inTx((tx) => requestOrphanDeletion(tx, one.appName, 'user:1'))
    for (const one of asked) await ask(one)
    const names = asked.map(({ appName }) => appName)
    const first = await due(2)
    expect(first.toSorted()).toEqual(names.toSorted())
    for (const name of first) await recordOrphanTry(db(), name)
    expect(await due(2)).toEqual([old.appName, first[0]])
    await recordOrphanTry(db(), old.appName)
    expect(await due(2)).toEqual(first)
    // Asking again is no way past the others; asking for the first time is.
    await ask(asked[1]!)
    expect(await due(2)).toEqual(first)
    await ask(old)
    expect(await due(1)).toEqual([old.appName])
  })
})

describe('names and numbers', () => {
  test('a live row explains its name, a closed one only while Fly may lag behind', async () => {
    const { userId } = await createUser(db())
    const row = await inTx<{ id: string; flyAppName: string }>((tx) => insertApp(tx, anApp(userId)))
    const holder = async (lagMs: number) => (await findNameHolders(db(), [row.flyAppName, 'x'], { lagMs }))[0]
    expect(await holder(0)).toMatchObject({ id: row.id, userId, generation: 1, explains: true })
    await inTx((tx) => updateApp(tx, row.id, { status: 'deleted', deletedAt: 'now' }))
    expect((await holder(0))?.explains).toBe(false)
    expect((await holder(60_000))?.explains).toBe(true)
  })

  test('generations count on from the highest in any row or ever seen on Fly', async () => {
    const { userId } = await createUser(db())
    expect(await inTx((tx) => nextGeneration(tx, userId))).toBe(1)
    await inTx((tx) => insertApp(tx, anApp(userId, { generation: 2 })))
    const one = found({ userId, generation: 4, kind: 'unknown_name' })
    await scan([one])
    await inTx((tx) => endOrphan(tx, one.appName, { state: 'gone' }))
    expect(await inTx((tx) => nextGeneration(tx, userId))).toBe(5)
  })

  test('the newest lost app is the one to adopt, unless a row is newer or an operator wants it gone', async () => {
    const { userId } = await createUser(db())
    const [older, newer] = [3, 4].map((generation) => found({ userId, generation, kind: 'unknown_name' }))
    await scan([older!, newer!])
    const lost = async () =>
      (await inTx<{ appName: string } | null>((tx) => findLostApp(tx, userId)))?.appName
    expect(await lost()).toBe(newer!.appName)
    await inTx((tx) => requestOrphanDeletion(tx, newer!.appName, 'user:1'))
    expect(await lost()).toBe(older!.appName)
    await inTx((tx) => insertApp(tx, anApp(userId, { generation: 3 })))
    expect(await lost()).toBeUndefined()
  })
})

describe('after a restore', () => {
  test('lost names count from when the brake was last let go', async () => {
    const one = found({ kind: 'unknown_name' })
    await scan([one, found()])
    expect(await listLostNames(db(), 100)).toContain(one.appName)
    await engageBrake(db(), 'restored', { by: 'test', reason: 'r' })
    expect(await listLostNames(db(), 100)).toEqual([])
    await releaseBrake(db(), 'restored')
    expect(await listLostNames(db(), 100)).toEqual([])
  })

  test('names are in doubt until a scan that began later saw all', async () => {
    const inDoubt = async () => (await readEntitlementFacts(db(), randomUUID())).namesInDoubt
    expect(await inDoubt()).toBe(false)
    const before = await readDatabaseTime(db())
    await engageBrake(db(), 'restored', { by: 'test', reason: 'r' })
    expect(await inDoubt()).toBe(true)
    await recordCompleteScan(db(), before)
    expect(await inDoubt()).toBe(true)
    await recordCompleteScan(db(), new Date((await readDatabaseTime(db())).getTime() + 1))
    expect(await inDoubt()).toBe(false)
    await recordCompleteScan(db(), before)
    expect(await inDoubt()).toBe(false)
    await releaseBrake(db(), 'restored')
  })
})
