/** Whose traders come back to the shared backend when, for every way in which an app can end. */
import {
  findPlacement,
  raiseWant,
  recordBootstrap,
  recordDrained,
  recordHeartbeat,
  takeTraders,
  type AppRow,
} from '@hangar/db'
import { createUser, setTier } from '@hangar/testkit'
import { expect, test } from '@jest/globals'
import { useEngine } from '../testing/engine.ts'

const engine = useEngine()

/** Asks what to run and reports; `drains` says whether it also says that it is done. */
const app = (drains: boolean) => async (row: AppRow) => {
  const { db } = engine.database
  if (!row.flyMachineId || !row.launchedAt) return
  await recordBootstrap(db, row.id, row.flyMachineId)
  await recordHeartbeat(db, row.id, { machineId: row.flyMachineId, runningTraderIds: [] })
  if (!row.teardownStartedAt && !row.drainStartedAt)
    await db.transaction().execute((tx) => takeTraders(tx, row, 'immediate'))
  if (row.drainStartedAt && drains)
    await recordDrained(db, row.id, { signalsFlushed: 0, executionsFlushed: 0, lost: 0 })
}

async function trading() {
  const { userId } = await createUser(engine.database.db, { tier: 'pro' })
  await engine.drive(userId, { app: app(true) })
  const row = await engine.live(userId)
  const runsOn = async () => (await findPlacement(engine.database.db, userId))?.runsOn
  expect(await runsOn()).toBe('dedicated')
  return { userId, row, runsOn }
}

test.each([
  ['reports that it has drained', true],
  ['never reports', false],
])('an app that %s', async (_what, drains) => {
  const { userId, runsOn } = await trading()
  await setTier(engine.database.db, userId, 'free')
  await engine.drive(userId, { app: app(drains) })
  expect((await engine.generations(userId))[0]).toMatchObject({ status: 'deleted' })
  expect(await runsOn()).toBe('shared')
})

test('a resize drains and leaves them where they are', async () => {
  const { userId, row, runsOn } = await trading()
  await setTier(engine.database.db, userId, 'elite')
  const places = new Set<string | undefined>()
  await engine.drive(userId, {
    app: async (now) => {
      await app(true)(now)
      places.add(await runsOn())
    },
  })
  expect(await engine.live(userId)).toMatchObject({ id: row.id, memoryMb: 1024 })
  expect([...places]).toEqual(['dedicated'])
})

test('an app that is gone from Fly: back, and on to the next generation when that asks', async () => {
  const { userId, row, runsOn } = await trading()
  await engine.deps.fly.apps.delete(row.flyAppName, { force: true })
  await raiseWant(engine.database.db, userId, 'health')
  // The next generation is not heard of yet: its machine starts, and nobody asks what to run.
  await engine.drive(userId, { app: () => Promise.resolve(), maxLooks: 3 }).catch(() => undefined)
  expect(await engine.eventTypes(userId)).toContain('app_missing')
  expect(await runsOn()).toBe('shared')
  await engine.drive(userId, { app: app(true) })
  const next = await engine.live(userId)
  expect(next.generation).toBe(2)
  await app(true)(next)
  expect(await findPlacement(engine.database.db, userId)).toMatchObject({
    runsOn: 'dedicated',
    userFlyAppId: next.id,
  })
})
