/**
 * A database that went back in time, and two installations in one organisation: what is on Fly and in no row is never
 * doubled, never taken for one's own without proof, and never deleted before a person has looked.
 */
import { randomUUID } from 'node:crypto'
import { appName, isOwnedBy, ownershipMetadata } from '@hangar/core'
import {
  type AppRow,
  type Database,
  findInstallationId,
  findLiveApp,
  findOrphan,
  listAlerts,
  listBrakes,
  listOrphans,
  raiseWant,
  releaseBrake,
  requestOrphanDeletion,
} from '@hangar/db'
import { createTestDatabase, createUser, runSql, setTier, waitFor } from '@hangar/testkit'
import { afterEach, describe, expect, test } from '@jest/globals'
import { reconcileUser } from '../reconcile/job.ts'
import { sweepOrphans } from '../sweeps/orphans.ts'
import { useEngine } from '../testing/engine.ts'

const engine = useEngine()
const never = new AbortController().signal
const db = (): Database => engine.database.db
const onDatabase = (text: string) => runSql(engine.database.url, text)
const sweep = (deps = engine.deps) => sweepOrphans(deps, never)
const world = () => engine.sim.sim.world
const machinesOf = (name: string) =>
  [...world().machines.values()].filter((one) => one.appName === name && one.state !== 'destroyed')
const appsOf = (userId: string) =>
  new Set(
    [...world().machines.values()]
      .filter((one) => one.state !== 'destroyed' && one.config.metadata?.['hangar_user'] === userId)
      .map((one) => one.appName),
  )
const changesOf = (app: string) => engine.sim.sim.calls.list({ app }).filter((call) => call.method !== 'GET')
const restored = async () => (await listBrakes(db())).find(({ name }) => name === 'restored')

afterEach(async () => {
  await releaseBrake(db(), 'restored')
  await withoutFloor()
})

/** As if the restore had not raised it. */
const withoutFloor = () => onDatabase('update hangar.brakes set generation_floor = 0')

async function active(): Promise<AppRow> {
  const { userId } = await createUser(db(), { tier: 'pro' })
  await engine.drive(userId)
  return engine.live(userId)
}

/** As after a restore to before the user's first row: the subscription is known, and nothing of Hangar's. */
const forget = (userId: string) =>
  onDatabase(
    `begin; set local session_replication_role = replica;
     delete from hangar.app_heartbeats where user_id = '${userId}';
     delete from hangar.cost_intervals where user_id = '${userId}';
     delete from hangar.user_work where user_id = '${userId}';
     delete from public.user_fly_app_events where user_id = '${userId}';
     delete from public.user_fly_apps where user_id = '${userId}';
     commit`,
  )

describe('an app whose row was lost', () => {
  test('pauses what deletes, and its user gets it back as it is: no second app, no restart', async () => {
    const row = await active()
    const { userId, flyAppName } = row
    const before = changesOf(flyAppName)
    await forget(userId)
    expect(await sweep()).toMatchObject({ new: 1 })
    expect(await findOrphan(db(), flyAppName)).toMatchObject({ kind: 'unknown_name', userId, generation: 1 })
    expect(await restored()).toMatchObject({ details: { apps: [flyAppName] } })

    // That scan began before the brake was engaged: a name may still be missing in it.
    await raiseWant(db(), userId, 'manual')
    expect(await reconcileUser(engine.deps, userId, never)).toMatchObject({ kind: 'again_after' })
    expect(await findLiveApp(db(), userId)).toBeNull()

    await sweep()
    await raiseWant(db(), userId, 'manual')
    await engine.drive(userId)
    const again = await engine.live(userId)
    expect(again).toMatchObject({ id: row.id, generation: 1, flyAppName, flyMachineId: row.flyMachineId })
    expect(again).toMatchObject({ status: 'active', healthStatus: 'healthy' })
    expect(appsOf(userId)).toEqual(new Set([flyAppName]))
    expect(changesOf(flyAppName)).toEqual(before)
    expect(await findOrphan(db(), flyAppName)).toMatchObject({ state: 'adopted', userFlyAppId: again.id })
    expect(await engine.eventTypes(userId)).toEqual(
      expect.arrayContaining(['orphan_adopted', 'provision_machine_created', 'provision_completed']),
    )
  })

  test('and was adopted and agreed to during a scan is not found by that scan once more', async () => {
    const { userId, flyAppName } = await active()
    await forget(userId)
    await sweep()
    await sweep()
    const { fly } = engine.deps
    let adopted = false
    // It has read the list of apps, and which of them have a row.
    async function* machines(...asked: Parameters<typeof fly.orgs.machines>) {
      await raiseWant(db(), userId, 'manual')
      await engine.drive(userId)
      await releaseBrake(db(), 'restored')
      adopted = true
      yield* fly.orgs.machines(...asked)
    }
    const summary = await sweep({ ...engine.deps, fly: { ...fly, orgs: { ...fly.orgs, machines } } })
    expect([adopted, summary]).toMatchObject([true, { new: 0, complete: true }])
    expect(await findOrphan(db(), flyAppName)).toMatchObject({ state: 'adopted' })
    expect((await restored())?.engagedAt).toBeNull()
  })

  test('is drained before it ends, although it never asked the new row for its bootstrap', async () => {
    const { userId } = await active()
    await forget(userId)
    await sweep()
    await releaseBrake(db(), 'restored')
    await raiseWant(db(), userId, 'manual')
    await engine.drive(userId)
    await onDatabase(`update public.user_subscriptions set tier = 'free' where user_id = '${userId}'`)
    await engine.drive(userId)
    expect(await engine.eventTypes(userId)).toContain('deprovision_drained')
  })

  test('and that is gone as well: the next life takes neither its number nor its name', async () => {
    const { userId, flyAppName } = await active()
    await setTier(db(), userId, 'free')
    await engine.drive(userId)
    await forget(userId)
    // What shows that rows are lost is another user's app.
    const other = await active()
    await forget(other.userId)
    await sweep()
    await releaseBrake(db(), 'restored')
    await setTier(db(), userId, 'pro')
    await engine.drive(userId)
    const again = await engine.live(userId)
    expect(again.flyAppName).not.toBe(flyAppName)
    expect(again.generation).toBeGreaterThan(1_000)
    expect(engine.sim.sim.calls.list({ app: flyAppName, operation: 'apps.create' })).toHaveLength(1)
  })

  test('is taken up by a reservation that ran before any scan: name and tokens follow from the user', async () => {
    const row = await active()
    await forget(row.userId)
    await raiseWant(db(), row.userId, 'manual')
    await engine.drive(row.userId)
    const again = await engine.live(row.userId)
    expect([again.id, again.flyAppName, again.flyMachineId]).toEqual([
      row.id,
      row.flyAppName,
      row.flyMachineId,
    ])
    await sweep()
    expect(await findOrphan(db(), row.flyAppName)).toBeNull()
  })

  test('of several the newest is adopted; the older is listed, and deleted only when an operator says so', async () => {
    const first = await active()
    const { userId } = first
    await onDatabase(
      `update public.user_fly_apps set status = 'deleted', deleted_at = clock_timestamp() where id = '${first.id}'`,
    )
    await raiseWant(db(), userId, 'manual')
    await engine.drive(userId)
    const second = await engine.live(userId)
    await forget(userId)
    await sweep()
    await sweep()
    await raiseWant(db(), userId, 'manual')
    await engine.drive(userId)
    expect(await engine.live(userId)).toMatchObject({ id: second.id, generation: 2 })
    expect(await findOrphan(db(), first.flyAppName)).toMatchObject({ state: 'found', generation: 1 })

    await onDatabase(
      `update hangar.orphans set first_seen_at = first_seen_at - interval '2 hours' where app_name = '${first.flyAppName}'`,
    )
    await releaseBrake(db(), 'restored')
    await sweep()
    expect(world().apps.has(first.flyAppName)).toBe(true)
    await db()
      .transaction()
      .execute((tx) => requestOrphanDeletion(tx, first.flyAppName, 'user:1'))
    await sweep()
    await sweep()
    expect(world().apps.has(first.flyAppName)).toBe(false)
    expect(machinesOf(second.flyAppName)).toHaveLength(1)
    const deletion = (await engine.events(userId)).filter((event) => event.eventType.startsWith('orphan_del'))
    expect(deletion.map((event) => [event.eventType, event.userFlyAppId])).toEqual([
      ['orphan_deleting', null],
      ['orphan_deleted', null],
    ])
  })

  test('while the restored row is that of a generation that has ended since: that one is closed, the lost one adopted', async () => {
    const first = await active()
    const { userId } = first
    await onDatabase(`create table backup as select * from public.user_fly_apps where user_id = '${userId}'`)
    for (const tier of ['free', 'pro']) {
      await setTier(db(), userId, tier)
      await engine.drive(userId)
    }
    const second = await engine.live(userId)
    expect(second.generation).toBe(2)
    await forget(userId)
    await onDatabase(`insert into public.user_fly_apps select * from backup; drop table backup`)
    await sweep()
    await sweep()
    await raiseWant(db(), userId, 'manual')
    await engine.drive(userId)
    expect(await engine.live(userId)).toMatchObject({ id: second.id, flyMachineId: second.flyMachineId })
    expect((await engine.generations(userId)).map((row) => [row.generation, row.status])).toEqual([
      [2, 'active'],
      [1, 'deleted'],
    ])
    expect(appsOf(userId)).toEqual(new Set([second.flyAppName]))
  })

  test.each<[string, (row: AppRow) => unknown]>([
    [
      'whose machines go away',
      async (row) => {
        await engine.deps.fly.machines.delete(row.flyAppName, row.flyMachineId!, { force: true })
        const isGone = () => (world().machines.get(row.flyMachineId!)?.state ?? 'destroyed') === 'destroyed'
        await waitFor(isGone, { what: 'the machine to be gone' })
      },
    ],
    [
      'whose mark becomes another installation’s',
      ({ flyMachineId }) => {
        const { config } = world().machines.get(flyMachineId!)!
        config.metadata = { ...config.metadata, hangar_installation: randomUUID() }
      },
    ],
  ])('%s is not ours any more: it ends with a note, and its alert with it', async (_what, change) => {
    const row = await active()
    await forget(row.userId)
    await sweep()
    await change(row)
    await sweep()
    expect(await findOrphan(db(), row.flyAppName)).toMatchObject({
      state: 'gone',
      note: expect.stringContaining('still on Fly'),
    })
    const alerts = await listAlerts(db(), { limit: 100, openOnly: true })
    expect(alerts.map(({ subject }) => subject)).not.toContain(row.flyAppName)
    expect(world().apps.has(row.flyAppName)).toBe(true)
  })

  test('whose owner is shown no more since it was asked to go: kept, and says why', async () => {
    const row = await active()
    await forget(row.userId)
    await sweep()
    await db()
      .transaction()
      .execute((tx) => requestOrphanDeletion(tx, row.flyAppName, 'user:1'))
    await releaseBrake(db(), 'restored')
    const { config } = world().machines.get(row.flyMachineId!)!
    config.metadata = { ...config.metadata, hangar_user: 'nobody' }
    await sweep()
    expect(await findOrphan(db(), row.flyAppName)).toMatchObject({
      state: 'found',
      userId: null,
      withheld: 'it is not shown whose it is',
    })
  })

  test('that an operator has deleted leaves its number behind: it is never used again', async () => {
    const row = await active()
    const { userId } = row
    await forget(userId)
    await sweep()
    await releaseBrake(db(), 'restored')
    await db()
      .transaction()
      .execute((tx) => requestOrphanDeletion(tx, row.flyAppName, 'user:1'))
    await sweep()
    await sweep()
    expect(await findOrphan(db(), row.flyAppName)).toMatchObject({ state: 'deleted' })
    await withoutFloor()
    await raiseWant(db(), userId, 'manual')
    await engine.drive(userId)
    expect(await engine.live(userId)).toMatchObject({ generation: 2 })
  })

  test('whose mark was copied by hand is adopted by nobody', async () => {
    const { userId } = await createUser(db(), { tier: 'pro' })
    const { fly, settings } = engine.deps
    const name = `${settings.appPrefix}byhand00`
    await fly.apps.create({ name, network: name })
    const metadata = ownershipMetadata({ installationId: settings.installationId, userId, generation: 5 })
    const config = {
      image: 'registry.example/other:1',
      guest: { cpu_kind: 'shared' as const, cpus: 1, memory_mb: 256 },
      metadata,
    }
    await fly.machines.create(name, { name: 'm', region: 'iad', config })
    await sweep()
    await sweep()
    await withoutFloor()
    await engine.drive(userId)
    const row = await engine.live(userId)
    expect(row.generation).toBe(6)
    expect(row.flyAppName).not.toBe(name)
    expect(await findOrphan(db(), name)).toMatchObject({ state: 'found', kind: 'unknown_name', userId })
    await fly.apps.delete(name, { force: true })
  })
})

describe('until an operator agrees', () => {
  test('nothing is deleted; the release is for what was known then, and a further find pauses again', async () => {
    const dead = await active()
    await onDatabase(
      `update public.user_subscriptions set tier = 'free' where user_id = '${dead.userId}';
       update public.user_fly_apps set status = 'deleted', deleted_at = clock_timestamp() - interval '1 hour'
       where id = '${dead.id}'`,
    )
    await sweep()
    await onDatabase(
      `update hangar.orphans set first_seen_at = first_seen_at - interval '2 hours', complete_scans = 2
       where app_name = '${dead.flyAppName}'`,
    )
    const lost = await active()
    await forget(lost.userId)
    await sweep()
    await sweep()
    expect((await restored())?.engagedAt).toBeInstanceOf(Date)
    expect(world().apps.has(dead.flyAppName)).toBe(true)

    await releaseBrake(db(), 'restored')
    await sweep()
    await sweep()
    expect(world().apps.has(dead.flyAppName)).toBe(false)
    expect((await restored())?.engagedAt).toBeNull()
    expect(world().apps.has(lost.flyAppName)).toBe(true)

    const another = await active()
    await forget(another.userId)
    await sweep()
    expect(await restored()).toMatchObject({ details: { apps: [another.flyAppName] } })
  })
})

describe('staging and production in one organisation, under one prefix', () => {
  test('neither touches what is the other’s, not even what the other has lost', async () => {
    const other = await createTestDatabase()
    try {
      await runSql(
        other.url,
        `begin; set local session_replication_role = replica;
         update hangar.installation set id = gen_random_uuid(); commit`,
      )
      const installationId = await findInstallationId(other.db)
      expect(installationId).not.toBe(engine.deps.settings.installationId)
      const staging = { ...engine.other('staging', { installationId }), db: other.db }
      const { userId } = await createUser(other.db, { tier: 'pro' })
      await engine.drive(userId, { deps: staging })
      const theirs = await findLiveApp(other.db, userId)
      const ours = await active()

      const seen = await listOrphans(db(), { limit: 100, state: 'found' })
      const summary = await sweep()
      expect(summary?.foreign).toBeGreaterThanOrEqual(1)
      expect(await findOrphan(db(), theirs!.flyAppName)).toBeNull()
      expect(await sweep(staging)).toMatchObject({ found: 0, deleted: 0 })
      expect(await listOrphans(other.db, { limit: 100 })).toEqual([])

      // Staging closes its row and leaves the app behind: an orphan there, nothing at all here.
      await runSql(
        other.url,
        `update public.user_fly_apps set status = 'deleted', deleted_at = clock_timestamp() - interval '1 hour'`,
      )
      expect(await sweep(staging)).toMatchObject({ found: 1 })
      await sweep()
      expect((await listOrphans(db(), { limit: 100, state: 'found' })).length).toBe(seen.length)
      const deletions = engine.sim.sim.calls.list({ operation: 'apps.delete' }).map((call) => call.app)
      expect(deletions).not.toContain(theirs!.flyAppName)
      expect(deletions).not.toContain(ours.flyAppName)
      const [machine] = machinesOf(theirs!.flyAppName)
      expect(isOwnedBy(machine?.config.metadata, { installationId, userId, generation: 1 })).toBe(true)
      expect(theirs?.flyAppName).toBe(
        appName({ prefix: 'vyx-user-', installationId, userId, generation: 1, candidate: 0 }),
      )
    } finally {
      await other.drop()
    }
  })
})
