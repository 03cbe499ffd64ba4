// Every process of a running system is replaced by a new one, one after the other, while tiers change all the time.
import { startPostgres, startRedis } from '@hangar/testkit/local'
import { afterAll, expect, test } from '@jest/globals'
import { startFleet } from './fleet.ts'
import { listDoubles, startLoad } from './load.ts'

const undo: (() => Promise<void>)[] = []
afterAll(async () => {
  for (const stop of undo.reverse()) await stop()
}, 60_000)

/** So that nothing but webhooks and jobs brings work: what they lose is not found by looking. */
const NEVER_MS = String(24 * 3_600_000)
const NO_LOOKING = {
  RELAY_INTERVAL_MS: NEVER_MS,
  DIFFERENCES_INTERVAL_MS: NEVER_MS,
  STUCK_INTERVAL_MS: NEVER_MS,
  ORPHANS_INTERVAL_MS: NEVER_MS,
  HEALTH_INTERVAL_MS: NEVER_MS,
}

test('a rolling restart of all services under load fails no webhook and loses no job', async () => {
  const postgres = await startPostgres()
  undo.push(() => postgres.stop())
  const redis = await startRedis({ appendOnly: true })
  undo.push(() => redis.stop())
  const fleet = await startFleet({
    databaseUrl: postgres.url,
    redisUrl: redis.url,
    settings: { scheduler: NO_LOOKING },
  })
  undo.push(() => fleet.stop())
  const load = await startLoad(fleet, { users: 30, everyMs: 100 })

  // The schedulers first: each looks once when it starts, and nobody looks after that.
  const order = ['scheduler', 'api', 'worker']
  const replicas = fleet.replicas.toSorted((a, b) => order.indexOf(a.service) - order.indexOf(b.service))
  const ends: number[] = []
  const changesAtLook = { count: 0 }
  for (const replica of replicas) {
    ends.push(await fleet.restart(replica))
    if (replica.service === 'scheduler') changesAtLook.count = load.changes
  }
  const changesMeanwhile = load.changes - changesAtLook.count
  await load.end()
  await load.settled(60_000)

  expect(changesMeanwhile).toBeGreaterThan(30)
  expect(ends).toEqual(replicas.map(() => 0))
  expect(fleet.front.failures).toEqual([])
  expect(new Set(fleet.deliveries.map(({ status }) => status))).toEqual(new Set([202]))
  expect(fleet.deliveries.length).toBeGreaterThanOrEqual(load.changes)
  expect(await listDoubles(fleet)).toEqual([])
}, 300_000)
