/**
 * The worker as it runs, killed with SIGKILL in the middle of its work: real processes, real Redis, PostgreSQL and
 * Fly stand-in. Nothing tells the successor what happened; it finds out from the database and from Fly.
 */
import { type Database, findLiveApp, listAppsByUser, listEvents } from '@hangar/db'
import type { FaultKind } from '@hangar/fly-sim'
import { createUser, setTier, waitFor } from '@hangar/testkit'
import { describe, expect, test } from '@jest/globals'
import { useRealServices } from './testing/real-services.ts'

const services = useRealServices()
const { database, start } = services

const statusOf = async (db: Database, userId: string) => (await listAppsByUser(db, userId))[0]?.status
const machinesOf = (name: string) =>
  [...services.sim.sim.world.machines.values()].filter(
    (one) => one.appName === name && one.state !== 'destroyed',
  )
const until = (check: () => Promise<boolean> | boolean, what: string) =>
  waitFor(check, { what, timeoutMs: 50_000 })
const typesOf = async (userId: string) =>
  (await listEvents(database.db, { userId, limit: 200 })).map((event) => event.eventType)

describe('a worker killed in the middle', () => {
  /** Applied or not when the worker died: the successor must end at the same place. */
  test.each<[FaultKind]>([['hang'], ['hang_after']])(
    'of creating a machine, of deleting an app, and of resizing one (%s): all end right',
    async (kind) => {
      const { db } = database
      await start('scheduler')
      const victim = await start('worker')
      const ending = await createUser(db, { tier: 'pro' })
      const resizing = await createUser(db, { tier: 'pro' })
      await until(async () => (await statusOf(db, ending.userId)) === 'active', 'the first app to be active')
      await until(
        async () => (await statusOf(db, resizing.userId)) === 'active',
        'the second app to be active',
      )

      const held = ['machines.create', 'machines.update', 'apps.delete'].map((operation) =>
        services.sim.sim.faults.add({ kind, match: { operation }, count: 1 }),
      )
      const coming = await createUser(db, { tier: 'elite' })
      await setTier(db, ending.userId, 'free')
      await setTier(db, resizing.userId, 'elite')
      await until(
        () => held.every((fault) => fault.struck === 1),
        'the worker to be in the middle of all three',
      )
      victim.kill('SIGKILL')
      await victim.exited
      await start('worker')

      await until(async () => (await statusOf(db, coming.userId)) === 'active', 'the upgrade to end')
      await until(async () => (await statusOf(db, ending.userId)) === 'deleted', 'the downgrade to end')
      await until(async () => {
        const row = await findLiveApp(db, resizing.userId)
        return row?.memoryMb === 1024 && row.operation === null
      }, 'the resize to end')

      for (const userId of [coming.userId, resizing.userId]) {
        const rows = await listAppsByUser(db, userId)
        expect(rows).toHaveLength(1)
        const [machine, ...more] = machinesOf(rows[0]!.flyAppName)
        expect(more).toEqual([])
        expect(machine).toMatchObject({ id: rows[0]!.flyMachineId, state: 'started' })
        expect(machine?.config.guest).toMatchObject({ memory_mb: 1024 })
      }
      const [gone] = await listAppsByUser(db, ending.userId)
      expect(services.sim.sim.world.apps.has(gone!.flyAppName)).toBe(false)
      // Dying is no failure of the work: no attempt is spent on it.
      for (const { userId } of [coming, ending, resizing])
        expect((await typesOf(userId)).filter((type) => /_(retried|failed)$/.test(type))).toEqual([])
    },
    120_000,
  )

  test('a worker that is asked to stop gives its work back at once', async () => {
    const { db } = database
    await start('scheduler')
    const first = await start('worker')
    const fault = services.sim.sim.faults.add({ kind: 'hang', match: { operation: 'apps.create' }, count: 1 })
    const { userId } = await createUser(db, { tier: 'pro' })
    await until(() => fault.struck === 1, 'the create to be under way')
    const second = await start('worker')
    expect(await first.stop()).toBe(0)
    await until(async () => (await statusOf(db, userId)) === 'active', 'the other worker to finish it')
    expect((await typesOf(userId)).filter((type) => type === 'provision_retried')).toEqual([])
    expect(await second.stop()).toBe(0)
  })
})

describe('a worker that is frozen in the middle and wakes up after its lease is gone', () => {
  test('writes no row, and sends Fly nothing more', async () => {
    const { db } = database
    await start('scheduler')
    const frozen = await start('worker')
    const held = services.sim.sim.faults.add({
      kind: 'hang',
      match: { operation: 'machines.create' },
      count: 1,
    })
    const { userId } = await createUser(db, { tier: 'pro' })
    await until(() => held.struck === 1, 'the create to be under way')
    frozen.kill('SIGSTOP')
    const successor = await start('worker')
    await until(async () => (await statusOf(db, userId)) === 'active', 'the successor to finish the work')
    const [row] = await listAppsByUser(db, userId)
    const calls = services.sim.sim.calls.list({ app: row!.flyAppName })
    const events = await listEvents(db, { userId, limit: 100 })

    frozen.kill('SIGCONT')
    await until(() => frozen.logs().includes('the lease was lost'), 'the frozen worker to find out')
    expect(await listAppsByUser(db, userId)).toEqual([row])
    expect(await listEvents(db, { userId, limit: 100 })).toEqual(events)
    const [before] = calls.filter((call) => call.operation === 'secrets.set')
    const since = services.sim.sim.calls.list({ app: row!.flyAppName }).slice(calls.length)
    expect(since.filter((call) => call.attempt === before!.attempt)).toEqual([])
    expect(machinesOf(row!.flyAppName)).toHaveLength(1)
    expect(successor.running).toBe(true)
  }, 120_000)
})
