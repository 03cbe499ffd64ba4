import { DEFAULT_POLICY } from '@hangar/core'
import {
  type AppPatch,
  insertApp,
  raiseAlert,
  raiseWant,
  recordOrphans,
  readDatabaseTime,
  updateApp,
} from '@hangar/db'
import { closeQueues, closeRedis, createQueues, createRedis, type Queues } from '@hangar/jobs'
import { createMetrics, createReadings } from '@hangar/runtime'
import { createUser, useTestDatabase, useTestRedis, waitFor } from '@hangar/testkit'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { measureFleet } from './fleet-metrics.ts'

const database = useTestDatabase()
const redis = useTestRedis()
const registry = createMetrics({ service: 'scheduler' })
let queues: Queues
/** Steps far enough with each look that nothing is shown from before. */
let nowMs = 1_800_000_000_000

beforeAll(async () => {
  const connection = createRedis({ url: redis.url, role: 'producer', name: 'fleet-metrics-test' })
  await waitFor(() => connection.status === 'ready', { what: 'Redis to be connected' })
  queues = createQueues({ redis: connection, prefix: redis.prefix })
  const clock = { now: () => new Date((nowMs += 600_000)), sleep: () => Promise.resolve() }
  const readings = createReadings(registry, { clock })
  measureFleet({ registry, readings, db: database.db, queues, policy: DEFAULT_POLICY })
})
afterAll(async () => {
  await closeQueues(queues)
  await closeRedis(queues.redis)
})

let names = 0
async function app(tier: string, patch: AppPatch): Promise<void> {
  const { userId } = await createUser(database.db, { tier: 'pro' })
  const name = `vyx-user-${++names}`
  const row = { userId, generation: 1, flyAppName: name, network: name, tier, region: 'iad', image: 'i:1' }
  await database.db.transaction().execute(async (tx) => {
    const { id } = await insertApp(tx, { ...row, cpuKind: 'shared', cpus: 2, memoryMb: 512 })
    await updateApp(tx, id, patch)
  })
}

/** What is not zero, of one metric. */
async function shown(metric: string): Promise<Record<string, number>> {
  const lines = (await registry.metrics()).split('\n').filter((line) => line.startsWith(metric))
  const pairs = lines.map((line) => {
    const labels = [...line.matchAll(/(\w+)="([^"]*)"/g)].filter(([, label]) => label !== 'service')
    return [labels.map(([, , value]) => value).join(' '), Number(line.split(' ').at(-1))] as const
  })
  return Object.fromEntries(pairs.filter(([, value]) => value !== 0))
}

test('apps by status, health and tier: live ones, and what was counted before is no longer shown when it is gone', async () => {
  await app('pro', { status: 'active', healthStatus: 'healthy' })
  await app('pro', { status: 'active', healthStatus: 'healthy' })
  await app('elite', { status: 'active', healthStatus: 'unhealthy' })
  await app('basic', { status: 'error' })
  await app('pro', { status: 'deleted', deletedAt: 'now' })
  expect(await shown('hangar_apps{')).toEqual({
    'active healthy pro': 2,
    'active unhealthy elite': 1,
    'error unknown other': 1,
  })
  await database.db.updateTable('userFlyApps').set({ healthStatus: 'healthy' }).execute()
  expect(await shown('hangar_apps{')).toEqual({
    'active healthy pro': 2,
    'active healthy elite': 1,
    'error healthy other': 1,
  })
})

test('open alerts by kind and severity, and orphans with what they cost', async () => {
  const { db } = database
  await raiseAlert(db, { kind: 'fly_token_refused', subject: '', severity: 'critical', message: 'm' })
  const orphan = {
    kind: 'dead_row',
    userId: null,
    generation: null,
    userFlyAppId: null,
    network: null,
  } as const
  const found = { ...orphan, appName: 'vyx-user-left', machines: [], monthlyCostUsd: '6.50' }
  await recordOrphans(db, [found], { beganAt: await readDatabaseTime(db), complete: true })
  expect(await shown('hangar_alerts_open')).toEqual({
    'fly_token_refused critical': 1,
    'orphan_found warning': 1,
  })
  expect(await shown('hangar_orphans{')).toEqual({ '': 1 })
  expect(await shown('hangar_orphans_monthly_cost_usd')).toEqual({ '': 6.5 })
})

test('the lag of a lane is since when its user is due, by Postgres, whatever Redis knows', async () => {
  const { db } = database
  await db.updateTable('hangar.userWants').set({ wantedVersion: 0 }).execute()
  expect(await shown('hangar_queue_lag_seconds')).toEqual({})
  const { userId } = await createUser(db, { tier: 'pro' })
  await raiseWant(db, userId, 'manual')
  const at = await readDatabaseTime(db)
  const since = new Date(at.getTime() - 90_000)
  await db.updateTable('hangar.userWants').set({ updatedAt: since }).where('userId', '=', userId).execute()
  const { provision = 0, ...others } = await shown('hangar_queue_lag_seconds')
  expect(others).toEqual({})
  expect(provision).toBeGreaterThanOrEqual(90)
  expect(provision).toBeLessThan(150)
})

test('what the database does not answer stays as it was, with its age, and Redis goes on being read', async () => {
  const before = await shown('hangar_apps{')
  await database.db.destroy()
  await queues.health.pause()
  expect(await shown('hangar_apps{')).toEqual(before)
  expect(await shown('hangar_queue_paused')).toEqual({ health: 1 })
  const { apps = 0, queues: read = 0 } = await shown('hangar_reading_last_success_timestamp_seconds')
  expect(read).toBeGreaterThan(apps)
})
