// PostgreSQL is started anew, and then lost for good and replaced by its standby, while tiers change all the time.
import { REPLICATED_SETTINGS, startPostgres, startRedis, startStandby, waitFor } from '@hangar/testkit/local'
import { afterAll, expect, test } from '@jest/globals'
import { startFleet } from './fleet.ts'
import { listDoubles, startLoad } from './load.ts'
import { startSwitchboard } from './switchboard.ts'

const undo: (() => Promise<void>)[] = []
afterAll(async () => {
  for (const stop of undo.reverse()) await stop()
}, 60_000)

test('the services go on by themselves after a restart of PostgreSQL, and after a failover to its standby', async () => {
  const primary = await startPostgres({ settings: REPLICATED_SETTINGS })
  undo.push(() => primary.stop())
  const redis = await startRedis()
  undo.push(() => redis.stop())
  const address = await startSwitchboard(primary.port)
  undo.push(() => address.stop())
  const url = new URL(primary.url)
  url.port = String(address.port)
  const fleet = await startFleet({ databaseUrl: url.href, redisUrl: redis.url })
  undo.push(() => fleet.stop())
  const load = await startLoad(fleet, { users: 20, everyMs: 100 })
  const apis = fleet.replicas.filter(({ service }) => service === 'api')
  const pids = fleet.replicas.map((replica) => fleet.pidOf(replica))

  await load.reached(20)
  await primary.restart('crash')
  await load.reached(load.changes + 20)

  const standby = await startStandby(primary)
  undo.push(() => standby.stop())
  await load.reached(load.changes + 20)
  // Lost without a word to anybody; the address leads to the standby before that is ready to take its place.
  process.kill(primary.pid, 'SIGKILL')
  address.leadTo(standby.port)
  await waitFor(() => apis.every(({ port }) => !fleet.front.takes(port)), {
    what: 'the APIs to say that they have no database',
    timeoutMs: 20_000,
  })
  await standby.promote()
  await load.reached(load.changes + 20)

  await load.end()
  await load.settled(90_000)
  expect(await listDoubles(fleet)).toEqual([])
  // Nobody had to be started again.
  expect(fleet.replicas.map((replica) => fleet.pidOf(replica))).toEqual(pids)
}, 300_000)
