/** Rows whose app is gone from Fly, and not by us: wherever the row stands, it is repaired or closed. */
import { type AppRow, engageBrake, listAppsByUser, raiseWant, releaseBrake } from '@hangar/db'
import { createUser, runSql, setTier, waitFor } from '@hangar/testkit'
import { afterEach, describe, expect, test } from '@jest/globals'
import { useEngine } from '../testing/engine.ts'
import { reconcileUser } from './job.ts'

const engine = useEngine()
const never = new AbortController().signal
const onDatabase = (text: string) => runSql(engine.database.url, text)
const isOnFly = (name: string) => engine.sim.sim.world.apps.has(name)

afterEach(() => engine.sim.sim.faults.clear())

/** A running app, its row put into the state in question, and the app deleted by hand. */
async function vanished(state: string): Promise<AppRow> {
  const { userId } = await createUser(engine.database.db, { tier: 'pro' })
  await engine.drive(userId)
  const row = await engine.live(userId)
  await onDatabase(`update public.user_fly_apps set ${state} where id = '${row.id}'`)
  await engine.deps.fly.apps.delete(row.flyAppName, { force: true })
  await waitFor(() => !isOnFly(row.flyAppName), { what: 'the app to be gone' })
  await raiseWant(engine.database.db, userId, 'health')
  return row
}

const brief = async (userId: string) =>
  (await listAppsByUser(engine.database.db, userId)).map((row) => [row.generation, row.status])

const UP: [string, string][] = [
  ['active', `status = 'active'`],
  ['active, being resized', `operation = 'resize', drain_started_at = clock_timestamp()`],
  ['active, being repaired', `operation = 'repair', started_at = null`],
  ['in error, having been up', `status = 'error', error_code = 'internal', error_message = 'x'`],
]
const ON_THE_WAY: [string, string][] = [
  ['provisioning', `status = 'provisioning', deployed_at = null, started_at = null`],
  ['in error, never up', `status = 'error', error_code = 'internal', deployed_at = null, started_at = null`],
]
const ENDING: [string, string][] = [
  ['deprovisioning', `status = 'deprovisioning', teardown_started_at = clock_timestamp()`],
  [
    'in error on its way down',
    `status = 'error', error_code = 'internal', teardown_started_at = clock_timestamp()`,
  ],
]

describe('an app that is gone', () => {
  test.each(UP)('%s: the row is closed as missing, and the user has a new one', async (_, state) => {
    const { userId, flyAppName } = await vanished(state)
    await engine.drive(userId)
    expect(await brief(userId)).toEqual([
      [2, 'active'],
      [1, 'deleted'],
    ])
    expect(await engine.eventTypes(userId)).toContain('app_missing')
    expect(isOnFly(flyAppName)).toBe(false)
    expect(isOnFly((await engine.live(userId)).flyAppName)).toBe(true)
  })

  test.each(ON_THE_WAY)('%s: it is made again', async (_, state) => {
    const { userId, id } = await vanished(state)
    await engine.drive(userId)
    expect(await brief(userId)).toEqual([[1, 'active']])
    const again = await engine.live(userId)
    expect(again.id).toBe(id)
    expect(isOnFly(again.flyAppName)).toBe(true)
  })

  test.each(ENDING)('%s: the row ends, and a user who pays has a new one', async (_, state) => {
    const { userId } = await vanished(state)
    await engine.drive(userId)
    expect(await brief(userId)).toEqual([
      [2, 'active'],
      [1, 'deleted'],
    ])
  })

  test('of a user who pays no more: the row ends, and nothing else is made', async () => {
    const { userId } = await vanished(`status = 'active'`)
    await setTier(engine.database.db, userId, 'free')
    await engine.drive(userId)
    expect(await brief(userId)).toEqual([[1, 'deleted']])
  })
})

describe('an organisation whose apps are gone', () => {
  const permits = (change: string) => onDatabase(`update hangar.permits set ${change} where name = 'repair'`)

  test('is not made anew all at once: whoever has no permit keeps the row, and waits', async () => {
    const { userId, id } = await vanished(`status = 'active'`)
    await permits(`tokens = 0, refilled_at = hangar.now() + interval '1 hour'`)
    expect(await reconcileUser(engine.deps, userId, never)).toMatchObject({ kind: 'again_after' })
    expect((await engine.live(userId)).id).toBe(id)
    await permits('tokens = capacity, refilled_at = hangar.now()')
    await engine.drive(userId)
    expect(await brief(userId)).toEqual([
      [2, 'active'],
      [1, 'deleted'],
    ])
  })

  test('nor at all while the brake holds that; abandoning a row needs no Fly, and no brake holds it', async () => {
    const { userId, id } = await vanished(`status = 'active'`)
    await engageBrake(engine.database.db, 'unhealthy_share', { by: 'test', reason: 'all of them' })
    await reconcileUser(engine.deps, userId, never)
    expect((await engine.live(userId)).id).toBe(id)
    await engageBrake(engine.database.db, 'fly_unreachable', { by: 'test', reason: 'no answer' })
    await onDatabase(`insert into hangar.forced_actions (user_fly_app_id, action, reason, actor)
      values ('${id}', 'abandon', 'test', 'admin')`)
    expect(await reconcileUser(engine.deps, userId, never)).toMatchObject({ kind: 'again_after' })
    expect(await brief(userId)).toEqual([[1, 'deleted']])
    for (const name of ['unhealthy_share', 'fly_unreachable'] as const)
      await releaseBrake(engine.database.db, name)
    await engine.drive(userId)
    expect(await brief(userId)).toEqual([
      [2, 'active'],
      [1, 'deleted'],
    ])
  })
})

describe('a list of apps that is shorter than it says', () => {
  test.each([...UP, ...ON_THE_WAY, ...ENDING])('%s: proves nothing gone', async (_, state) => {
    const row = await vanished(state)
    const partial = engine.sim.sim.faults.add({
      kind: 'wrong_json',
      match: { operation: 'apps.list' },
      params: { body: { total_apps: 9, apps: [] } },
    })
    const calls = engine.sim.sim.calls.list({ app: row.flyAppName }).length
    expect(await reconcileUser(engine.deps, row.userId, never)).toMatchObject({ kind: 'again_after' })
    const after = await engine.live(row.userId)
    expect([after.id, after.flyMachineId, after.deletedAt]).toEqual([row.id, row.flyMachineId, null])
    const since = engine.sim.sim.calls.list({ app: row.flyAppName }).slice(calls)
    expect(since.filter((call) => call.method !== 'GET')).toEqual([])
    engine.sim.sim.faults.remove(partial.id)
  })
})
