/** Apps on Fly that no live row explains: found, priced, deleted only when all proves that they are ours and over. */
import { afterEach, describe, expect, test } from '@jest/globals'
import {
  type AppRow,
  type Database,
  DEFAULT_SETTINGS,
  findOrphan,
  findPlacement,
  listEvents,
  requestOrphanDeletion,
  sumOrphans,
  writeSetting,
} from '@hangar/db'
import type { FaultKind, FaultMatch } from '@hangar/fly-sim'
import { createUser, runSql, setTier, waitFor } from '@hangar/testkit'
import { sweepOrphans } from '../sweeps/orphans.ts'
import { useEngine } from '../testing/engine.ts'

type Params = { region?: string; body?: { total_apps: number; apps: [] } }

const engine = useEngine()
const never = new AbortController().signal
const db = (): Database => engine.database.db
const onDatabase = (text: string) => runSql(engine.database.url, text)
const sweep = (deps = engine.deps) => sweepOrphans(deps, never)
const world = () => engine.sim.sim.world
const isOnFly = (name: string) => world().apps.has(name)
const fault = (kind: FaultKind, match: FaultMatch, params: Params = {}, count = 1) =>
  engine.sim.sim.faults.add({ kind, match, params, count })
const deletionsOf = (app: string) => engine.sim.sim.calls.list({ app, operation: 'apps.delete' })

afterEach(async () => {
  engine.sim.sim.faults.clear()
  await onDatabase(`update hangar.brakes set engaged_at = null, engaged_by = null, reason = null`)
})

/** A user's app, up and running, whose row is closed as if its end had been believed wrongly. */
async function abandoned(closedAgo = '1 hour'): Promise<AppRow> {
  const { userId } = await createUser(db(), { tier: 'pro' })
  await engine.drive(userId)
  const row = await engine.live(userId)
  await setTier(db(), userId, 'free')
  await onDatabase(
    `update public.user_fly_apps set status = 'deleted', deleted_at = clock_timestamp() - interval '${closedAgo}'
     where id = '${row.id}'`,
  )
  return row
}

const age = (name: string, ago = '2 hours') =>
  onDatabase(
    `update hangar.orphans set first_seen_at = first_seen_at - interval '${ago}' where app_name = '${name}'`,
  )
const typesOf = async (row: AppRow) =>
  (await listEvents(db(), { userId: row.userId, limit: 100 }))
    .filter((event) => event.eventType.startsWith('orphan_'))
    .map((event) => [event.eventType, event.userFlyAppId === row.id])
    .reverse()
const openAlerts = async (name: string) =>
  (
    await db()
      .selectFrom('hangar.alerts')
      .select(['kind', 'times'])
      .where('subject', '=', name)
      .where('resolvedAt', 'is', null)
      .execute()
  ).map((alert) => ({ ...alert }))

/** Fly takes a deletion on before it is done: the scan that asked may still see the app, the next one does not. */
/** Asked for by one, seen by the next; one more for a worker that was busy with the user just then. */
async function sweepUntilGone() {
  for (let sweeps = 0; sweeps < 3; sweeps++) await sweep()
}

/** Found by two whole scans, and its grace is over. */
async function due(): Promise<AppRow> {
  const row = await abandoned()
  await sweep()
  await sweep()
  await age(row.flyAppName)
  return row
}

describe('found', () => {
  test('an app whose row is closed: priced, listed, and told of once', async () => {
    const row = await abandoned()
    const before = await sumOrphans(db())
    expect(await sweep()).toMatchObject({ complete: true, new: 1, deleted: 0 })
    expect(await findOrphan(db(), row.flyAppName)).toMatchObject({
      kind: 'dead_row',
      state: 'found',
      userId: row.userId,
      generation: 1,
      userFlyAppId: row.id,
      network: row.flyAppName,
      monthlyCostUsd: '6.00',
      machines: [
        {
          id: row.flyMachineId,
          state: 'started',
          region: 'iad',
          guest: { cpuKind: 'shared', cpus: 2, memoryMb: 512 },
        },
      ],
    })
    expect(await sweep()).toMatchObject({ new: 0 })
    expect(await openAlerts(row.flyAppName)).toEqual([{ kind: 'orphan_found', times: 1 }])
    const after = await sumOrphans(db())
    expect(after.found).toBe(before.found + 1)
    expect(Number(after.monthlyCostUsd)).toBeCloseTo(Number(before.monthlyCostUsd) + 6, 2)
  })

  test('an app without machines is in no list of machines, and is found all the same', async () => {
    const row = await abandoned()
    await engine.deps.fly.machines.delete(row.flyAppName, row.flyMachineId!, { force: true })
    await sweep()
    expect(await findOrphan(db(), row.flyAppName)).toMatchObject({
      kind: 'dead_row',
      machines: [],
      monthlyCostUsd: '0.00',
    })
  })

  test('a row closed a moment ago explains an app that Fly still lists', async () => {
    const row = await abandoned('10 seconds')
    await sweep()
    expect(await findOrphan(db(), row.flyAppName)).toBeNull()
  })

  test('how long a closed row explains its app is a setting', async () => {
    const row = await abandoned('10 seconds')
    const setLag = (lagMs: number) =>
      db()
        .transaction()
        .execute((tx) => writeSetting(tx, 'orphans', { lagMs }, 'test'))
    await setLag(9_000)
    await sweep()
    await setLag(DEFAULT_SETTINGS.orphans.lagMs)
    expect(await findOrphan(db(), row.flyAppName)).toMatchObject({ state: 'found', kind: 'dead_row' })
  })

  test('live apps are none, and a few calls to Fly are enough', async () => {
    const { userId } = await createUser(db(), { tier: 'pro' })
    await engine.drive(userId)
    const calls = engine.sim.sim.calls.list().length
    await sweep()
    const operations = engine.sim.sim.calls
      .list()
      .slice(calls)
      .map((call) => call.operation)
    expect(operations).toEqual(['apps.list', 'orgs.machines'])
    expect(await findOrphan(db(), (await engine.live(userId)).flyAppName)).toBeNull()
  })

  test('one that is gone by itself is no orphan any more; one that comes back is a new one', async () => {
    const row = await abandoned()
    await sweep()
    const app = world().apps.get(row.flyAppName)!
    world().apps.delete(row.flyAppName)
    await sweep()
    expect(await findOrphan(db(), row.flyAppName)).toMatchObject({ state: 'gone' })
    expect(await openAlerts(row.flyAppName)).toEqual([])
    world().apps.set(row.flyAppName, app)
    expect(await sweep()).toMatchObject({ new: 1 })
    expect(await findOrphan(db(), row.flyAppName)).toMatchObject({ state: 'found', completeScans: 1 })
    expect(await openAlerts(row.flyAppName)).toHaveLength(1)
  })
})

describe('deleted', () => {
  test('after the grace and two whole scans, and not before', async () => {
    const row = await abandoned()
    await sweep()
    await age(row.flyAppName)
    await onDatabase(`update hangar.orphans set complete_scans = 0 where app_name = '${row.flyAppName}'`)
    await sweep()
    expect(isOnFly(row.flyAppName)).toBe(true)
    await onDatabase(
      `update hangar.orphans set first_seen_at = clock_timestamp() where app_name = '${row.flyAppName}'`,
    )
    await sweep()
    await sweep()
    expect(isOnFly(row.flyAppName)).toBe(true)
    await age(row.flyAppName)
    await sweepUntilGone()
    expect(isOnFly(row.flyAppName)).toBe(false)
    expect(await findOrphan(db(), row.flyAppName)).toMatchObject({ state: 'deleted' })
    expect(await openAlerts(row.flyAppName)).toEqual([])
    expect(await typesOf(row)).toEqual([
      ['orphan_deleting', true],
      ['orphan_deleted', true],
    ])
    const [deletion] = deletionsOf(row.flyAppName)
    expect(deletion?.attempt).toMatch(/^\d+\.1$/)
  })

  test('whatever traders it still had are the shared backend’s from then on, and not before', async () => {
    const row = await abandoned()
    await onDatabase(`insert into hangar.trader_placement (user_id, runs_on, user_fly_app_id)
      values ('${row.userId}', 'dedicated', '${row.id}')`)
    const place = async () => (await findPlacement(db(), row.userId))?.runsOn
    await sweep()
    expect(await place()).toBe('dedicated')
    await age(row.flyAppName)
    await sweepUntilGone()
    expect(await place()).toBe('shared')
  })

  test('at once, if an operator asked for it', async () => {
    const row = await abandoned()
    await sweep()
    await db()
      .transaction()
      .execute((tx) => requestOrphanDeletion(tx, row.flyAppName, 'user:1'))
    await sweepUntilGone()
    expect(isOnFly(row.flyAppName)).toBe(false)
    const [deleting] = (await engine.events(row.userId)).filter(
      (event) => event.eventType === 'orphan_deleting',
    )
    expect(deleting).toMatchObject({
      actor: 'user:1',
      metadata: { app: row.flyAppName, monthly_cost_usd: '6.00' },
    })
  })

  test.each([
    ['restored', 'held by the brake restored'],
    ['operator', 'held by the brake operator'],
    ['deletion_burst', 'held by the brake deletion_burst'],
  ])('not while the brake %s is engaged, whoever asked', async (name, withheld) => {
    const row = await due()
    await db()
      .transaction()
      .execute((tx) => requestOrphanDeletion(tx, row.flyAppName, 'user:1'))
    await onDatabase(
      `update hangar.brakes set engaged_at = clock_timestamp(), engaged_by = 't', reason = 't' where name = '${name}'`,
    )
    await sweep()
    expect(deletionsOf(row.flyAppName)).toEqual([])
    expect(await findOrphan(db(), row.flyAppName)).toMatchObject({ state: 'found', withheld })
  })

  test('not where a brake is engaged between the word that it begins and the request itself', async () => {
    const row = await due()
    await onDatabase(`
      create function brake_now() returns trigger language plpgsql as $$ begin
        update hangar.brakes set engaged_at = clock_timestamp(), engaged_by = 't', reason = 't' where name = 'operator';
        return null; end $$;
      create trigger brake_now after insert on public.user_fly_app_events
        for each row when (new.event_type = 'orphan_deleting') execute function brake_now()`)
    await sweep()
    await onDatabase(`drop trigger brake_now on public.user_fly_app_events; drop function brake_now()`)
    expect((await typesOf(row)).map(([type]) => type)).toEqual(['orphan_deleting'])
    expect(deletionsOf(row.flyAppName)).toEqual([])
  })

  test('not while somebody works on the user, and then by the next scan', async () => {
    const row = await due()
    await onDatabase(
      `update hangar.user_work set owner = 'another', lease_expires_at = clock_timestamp() + interval '10 seconds'
       where user_id = '${row.userId}'`,
    )
    await sweep()
    expect(deletionsOf(row.flyAppName)).toEqual([])
    await onDatabase(
      `update hangar.user_work set owner = null, lease_expires_at = null where user_id = '${row.userId}'`,
    )
    await sweepUntilGone()
  })

  test('not with a machine that somebody made in it by hand', async () => {
    const row = await due()
    const config = {
      image: 'registry.example/other:1',
      guest: { cpu_kind: 'shared' as const, cpus: 1, memory_mb: 256 },
    }
    const made = await engine.deps.fly.machines.create(row.flyAppName, {
      name: 'by-hand',
      region: 'iad',
      config,
    })
    await sweep()
    expect(isOnFly(row.flyAppName)).toBe(true)
    expect(await findOrphan(db(), row.flyAppName)).toMatchObject({
      withheld: `machine ${made.id} bears no mark of ours`,
    })
  })

  test('the live app of the same user is left alone: the old one came back after it was believed gone', async () => {
    const { userId } = await createUser(db(), { tier: 'pro' })
    await engine.drive(userId)
    const old = await engine.live(userId)
    const app = world().apps.get(old.flyAppName)!
    world().apps.delete(old.flyAppName)
    await onDatabase(
      `update hangar.user_wants set wanted_version = wanted_version + 1 where user_id = '${userId}'`,
    )
    await engine.drive(userId)
    const live = await engine.live(userId)
    expect(live.generation).toBeGreaterThan(old.generation)
    world().apps.set(old.flyAppName, app)
    await onDatabase(
      `update public.user_fly_apps set deleted_at = deleted_at - interval '1 hour' where id = '${old.id}'`,
    )
    await sweep()
    await sweep()
    await age(old.flyAppName)
    await sweep()
    expect([isOnFly(old.flyAppName), isOnFly(live.flyAppName)]).toEqual([false, true])
    expect(await engine.live(userId)).toEqual(live)
    expect(deletionsOf(live.flyAppName)).toEqual([])
  })
})

describe('an answer that is lost or partial', () => {
  test.each<[FaultKind]>([['reset_after'], ['reset_before'], ['error_after']])(
    'to the deletion (%s): the next scans end it, with one event of each kind',
    async (kind) => {
      const row = await due()
      const struck = fault(kind, { operation: 'apps.delete', app: row.flyAppName })
      await sweep()
      expect(struck.struck).toBe(1)
      await sweep()
      await sweep()
      expect(isOnFly(row.flyAppName)).toBe(false)
      expect(await findOrphan(db(), row.flyAppName)).toMatchObject({ state: 'deleted' })
      expect((await typesOf(row)).map(([type]) => type)).toEqual(['orphan_deleting', 'orphan_deleted'])
    },
  )

  test('a worker that dies in the middle of the deletion: another one ends it', async () => {
    const row = await due()
    const hung = fault('hang_after', { operation: 'apps.delete', app: row.flyAppName })
    const dying = new AbortController()
    const first = sweepOrphans(engine.other('worker-b'), dying.signal).catch((error: unknown) => error)
    await waitFor(() => hung.struck === 1, { what: 'the deletion to be under way' })
    dying.abort()
    expect(await first).toBeInstanceOf(Error)
    await sweep()
    expect(isOnFly(row.flyAppName)).toBe(false)
    expect(await findOrphan(db(), row.flyAppName)).toMatchObject({ state: 'deleted' })
    expect((await typesOf(row)).map(([type]) => type)).toEqual(['orphan_deleting', 'orphan_deleted'])
  })

  test('two workers at once: one deletion recorded', async () => {
    const row = await due()
    await Promise.all([sweep(engine.other('worker-b')), sweep(engine.other('worker-c'))])
    await sweep()
    expect((await typesOf(row)).map(([type]) => type)).toEqual(['orphan_deleting', 'orphan_deleted'])
  })

  test.each<[string, FaultKind, FaultMatch, Params]>([
    ['a region is missing', 'partial_list', {}, { region: 'iad' }],
    ['the machines cannot be listed', 'internal', { operation: 'orgs.machines' }, {}],
    [
      'the list of apps is shorter than it says',
      'wrong_json',
      { operation: 'apps.list' },
      { body: { total_apps: 9, apps: [] } },
    ],
  ])('%s: nothing is deleted and nothing is marked as gone', async (_, kind, match, params) => {
    const vanished = await abandoned()
    const row = await due()
    world().apps.delete(vanished.flyAppName)
    await onDatabase(`update hangar.orphans set complete_scans = 2 where app_name = '${row.flyAppName}'`)
    fault(kind, match, params, 20)
    expect(await sweep()).toMatchObject({ complete: false, deleted: 0 })
    expect(deletionsOf(row.flyAppName)).toEqual([])
    expect(await findOrphan(db(), vanished.flyAppName)).toMatchObject({ state: 'found' })
    expect(await findOrphan(db(), row.flyAppName)).toMatchObject({ monthlyCostUsd: '6.00', completeScans: 2 })
  })

  test('without a list of apps there is no scan', async () => {
    fault('internal', { operation: 'apps.list' }, {}, 20)
    await expect(sweep()).rejects.toThrow()
  })
})
