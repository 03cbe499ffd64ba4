/**
 * A release migrates the database while the services of the release before it still run: they have to work on the new
 * schema, alone and beside the new ones. Which commit that release is says deploy/previous-release.json.
 */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { startPostgres, startRedis } from '@hangar/testkit/local'
import { afterAll, afterEach, describe, expect, test } from '@jest/globals'
import { root } from '../lib/paths.ts'
import { checkOut } from './checkout.ts'
import { startFleet, type FleetOptions } from './fleet.ts'
import { listDoubles, startLoad } from './load.ts'

const { commit } = JSON.parse(readFileSync(join(root, 'deploy', 'previous-release.json'), 'utf8')) as {
  commit: string
}
const release = await checkOut(commit)
if (!release) console.warn(`Skipped: this clone has no commit ${commit}. Fetch it: git fetch --unshallow`)
const onRelease = release ? describe : describe.skip

const undo: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const stop of undo.splice(0).reverse()) await stop()
}, 60_000)
afterAll(() => release?.remove())

async function fleetOf(options: Pick<FleetOptions, 'checkouts' | 'replicas'>) {
  const postgres = await startPostgres()
  undo.push(() => postgres.stop())
  const redis = await startRedis()
  undo.push(() => redis.stop())
  const fleet = await startFleet({ databaseUrl: postgres.url, redisUrl: redis.url, ...options })
  undo.push(() => fleet.stop())
  return fleet
}

onRelease('the previous release on the new schema', () => {
  const before = release?.folder ?? ''

  test('leads users through their lives by itself', async () => {
    const fleet = await fleetOf({ checkouts: [before], replicas: { api: 1, worker: 1, scheduler: 1 } })
    await livesPass(fleet)
  }, 180_000)

  test('works beside the new one', async () => {
    const fleet = await fleetOf({ checkouts: [before, root] })
    await livesPass(fleet)
  }, 180_000)
})

/** Each user is on every tier at least once, upgrades, downgrades and comes back. */
async function livesPass(fleet: Awaited<ReturnType<typeof startFleet>>): Promise<void> {
  const load = await startLoad(fleet, { users: 4, everyMs: 400 })
  await load.reached(28)
  await load.end()
  await load.settled(60_000)
  expect(fleet.front.failures).toEqual([])
  expect(new Set(fleet.deliveries.map(({ status }) => status))).toEqual(new Set([202]))
  expect(await listDoubles(fleet)).toEqual([])
}
