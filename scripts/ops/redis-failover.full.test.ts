// The master of Redis is killed, and the next one freezes, while tiers change all the time: behind sentinels, and in a cluster.
import { startPostgres, startRedisCluster, startRedisSentinel, waitFor } from '@hangar/testkit/local'
import { afterEach, expect, test } from '@jest/globals'
import { startFleet } from './fleet.ts'
import { listDoubles, startLoad } from './load.ts'

const undo: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const stop of undo.splice(0).reverse()) await stop()
}, 60_000)

const PREFIX = '{hangar}'

test.each([
  ['behind sentinels', startRedisSentinel],
  ['in a cluster', startRedisCluster],
])(
  '%s, the loss of a master of Redis loses nothing, and doubles no app',
  async (_where, start) => {
    const postgres = await startPostgres()
    undo.push(() => postgres.stop())
    const redis = await start()
    undo.push(() => redis.stop())
    const fleet = await startFleet({ databaseUrl: postgres.url, redisUrl: redis.url })
    undo.push(() => fleet.stop())
    const load = await startLoad(fleet, { users: 20, everyMs: 100 })
    const pids = fleet.replicas.map((replica) => fleet.pidOf(replica))

    await load.reached(20)
    const first = await redis.masterOf(PREFIX)
    await first.kill()
    await load.reached(load.changes + 100)
    await first.revive()
    await waitFor(() => first.isInStep(), { what: 'the one that came back to have all', timeoutMs: 30_000 })
    const second = await redis.masterOf(PREFIX)
    expect(second.port).not.toBe(first.port)
    second.freeze()
    await load.reached(load.changes + 100)
    second.thaw()

    await load.end()
    await load.settled(90_000)
    expect(fleet.front.failures).toEqual([])
    // A webhook is taken whatever becomes of Redis: what it tells of is in PostgreSQL.
    expect(new Set(fleet.deliveries.map(({ status }) => status))).toEqual(new Set([202]))
    expect(await listDoubles(fleet)).toEqual([])
    expect(fleet.replicas.map((replica) => fleet.pidOf(replica))).toEqual(pids)
  },
  300_000,
)
