import { afterEach, describe, expect, test } from '@jest/globals'
import { appName } from '@hangar/core'
import { claimLease, findInstallationId, finishWork, raiseWant } from '@hangar/db'
import type { FaultKind, FaultMatch } from '@hangar/fly-sim'
import { createUser, runSql, setTier, waitFor } from '@hangar/testkit'
import { useEngine } from '../testing/engine.ts'
import { reconcileUser } from './job.ts'

const engine = useEngine()
const db = () => engine.database.db
const faults = () => engine.sim.sim.faults
const fault = (
  kind: FaultKind,
  match: FaultMatch,
  over: { count?: number; params?: Record<string, number> } = {},
) => faults().add({ kind, match, count: 1, ...over })
const liveMachines = (name: string) =>
  [...engine.sim.sim.world.machines.values()].filter(
    (one) => one.appName === name && one.state !== 'destroyed',
  )

afterEach(() => faults().clear())

const MUTATIONS = ['apps.create', 'secrets.set', 'machines.create']
const ENDINGS = ['machines.stop', 'machines.delete', 'apps.delete']
const AMBIGUOUS: FaultKind[] = [
  'reset_after',
  'error_after',
  'truncated',
  'invalid_json',
  'reset_before',
  'internal',
]

describe('an answer that is lost, or wrong, once', () => {
  test.each(MUTATIONS.flatMap((operation) => AMBIGUOUS.map((kind) => [operation, kind] as const)))(
    'provisioning: %s, %s → one app, one machine, active',
    async (operation, kind) => {
      const { userId } = await createUser(db(), { tier: 'pro' })
      const { id } = fault(kind, { operation })
      await engine.drive(userId)
      expect(
        faults()
          .list()
          .find((one) => one.id === id)?.struck,
      ).toBe(1)
      const rows = await engine.generations(userId)
      expect(rows).toHaveLength(1)
      expect(rows[0]).toMatchObject({ status: 'active', retryCount: 0, errorCode: null })
      expect(liveMachines(rows[0]!.flyAppName)).toHaveLength(1)
    },
  )

  test.each(ENDINGS.flatMap((operation) => AMBIGUOUS.map((kind) => [operation, kind] as const)))(
    'deprovisioning: %s, %s → gone, and deleted once',
    async (operation, kind) => {
      const { userId } = await createUser(db(), { tier: 'pro' })
      await engine.drive(userId)
      const { flyAppName } = await engine.live(userId)
      await setTier(db(), userId, 'free')
      const { id } = fault(kind, { operation })
      await engine.drive(userId)
      expect(
        faults()
          .list()
          .find((one) => one.id === id)?.struck,
      ).toBe(1)
      expect(engine.sim.sim.world.apps.has(flyAppName)).toBe(false)
      expect((await engine.generations(userId)).map((row) => row.status)).toEqual(['deleted'])
      const types = await engine.eventTypes(userId)
      expect(types.filter((type) => type === 'deprovision_completed')).toHaveLength(1)
    },
  )
})

describe('failures in a row', () => {
  test('three retries, then parked as error; a newer want takes it up again', async () => {
    const { userId } = await createUser(db(), { tier: 'pro' })
    fault('internal', { operation: 'machines.create' }, { count: 4 })
    const outcome = await engine.drive(userId)
    expect(outcome.kind).toBe('never')
    expect(await engine.live(userId)).toMatchObject({
      status: 'error',
      retryCount: 4,
      errorCode: 'fly_unavailable',
    })
    const events = await engine.events(userId)
    expect(events.filter((event) => event.eventType === 'provision_retried')).toHaveLength(3)
    const [failed, ...more] = events.filter((event) => event.eventType === 'provision_failed')
    expect(more).toEqual([])
    expect(failed?.metadata).toMatchObject({ attempt: 4, max_retries_exceeded: true, fly_status: 500 })
    expect(failed?.metadata['fly_request_id']).toBeTruthy()

    await raiseWant(db(), userId, 'operator')
    await engine.drive(userId)
    expect(await engine.live(userId)).toMatchObject({
      status: 'active',
      retryCount: 0,
      errorCode: null,
      errorMessage: null,
    })
  })

  test('until it is due, a parked user costs no call to Fly', async () => {
    const { userId } = await createUser(db(), { tier: 'pro' })
    fault('internal', { operation: 'machines.create' }, { count: 4 })
    await engine.drive(userId)
    const calls = engine.sim.sim.calls.list().length
    const outcome = await reconcileUser(engine.deps, userId, new AbortController().signal)
    expect(outcome).toMatchObject({ kind: 'again_after', reason: 'backing off' })
    expect(engine.sim.sim.calls.list()).toHaveLength(calls)
  })

  test('an error that no repetition cures is not repeated', async () => {
    const { userId } = await createUser(db(), { tier: 'pro' })
    fault('machine_limit', { operation: 'machines.create' })
    expect((await engine.drive(userId)).kind).toBe('never')
    expect(await engine.live(userId)).toMatchObject({ status: 'error', errorCode: 'fly_machine_limit' })
    const types = await engine.eventTypes(userId)
    expect(types.filter((type) => type === 'provision_retried')).toEqual([])
  })

  test('deprovisioning works from error too', async () => {
    const { userId } = await createUser(db(), { tier: 'pro' })
    fault('machine_limit', { operation: 'machines.create' })
    await engine.drive(userId)
    const { flyAppName } = await engine.live(userId)
    await setTier(db(), userId, 'free')
    await engine.drive(userId)
    expect(engine.sim.sim.world.apps.has(flyAppName)).toBe(false)
    expect((await engine.generations(userId))[0]?.status).toBe('deleted')
  })

  test('a failed resize leaves the app active and says so', async () => {
    const { userId } = await createUser(db(), { tier: 'pro' })
    await engine.drive(userId)
    await setTier(db(), userId, 'elite')
    fault('internal', { operation: 'machines.update' }, { count: 4 })
    await engine.drive(userId)
    expect(await engine.live(userId)).toMatchObject({
      status: 'active',
      healthStatus: 'unhealthy',
      operation: 'resize',
    })
    expect(await engine.eventTypes(userId)).toContain('resize_failed')
    await raiseWant(db(), userId, 'operator')
    await engine.drive(userId)
    expect(await engine.live(userId)).toMatchObject({
      status: 'active',
      healthStatus: 'healthy',
      operation: null,
      memoryMb: 1024,
    })
  })

  test('no heartbeat before the deadline is a failed attempt', async () => {
    const { userId } = await createUser(db(), { tier: 'pro' })
    fault('checks_missing', {})
    const deps = engine.other('impatient', { healthDeadlineMs: 50 })
    await engine.drive(userId, { deps, app: async () => {} })
    expect(await engine.live(userId)).toMatchObject({ status: 'error', errorCode: 'health_deadline' })
  })
})

describe('names', () => {
  test("a name that is a stranger's app is given up for the next candidate, and the stranger's app is left alone", async () => {
    const { userId } = await createUser(db(), { tier: 'pro' })
    const installationId = await findInstallationId(db())
    const parts = { prefix: 'vyx-user-', installationId, userId, generation: 1 }
    const taken = appName({ ...parts, candidate: 0 })
    const headers = { Authorization: `Bearer ${engine.sim.token}`, 'Content-Type': 'application/json' }
    const body = JSON.stringify({ app_name: taken, org_slug: 'elsewhere' })
    const made = await fetch(`${engine.sim.url}/v1/apps`, { method: 'POST', headers, body })
    expect(made.status).toBe(201)
    await engine.drive(userId)
    expect(await engine.live(userId)).toMatchObject({
      status: 'active',
      flyAppName: appName({ ...parts, candidate: 1 }),
    })
    expect(engine.sim.sim.world.apps.get(taken)?.orgSlug).toBe('elsewhere')
    expect(engine.sim.sim.calls.list({ app: taken, method: 'DELETE' })).toEqual([])
  })
})

describe('Fly cannot be seen', () => {
  test('an active app is neither recreated nor closed', async () => {
    const { userId } = await createUser(db(), { tier: 'pro' })
    await engine.drive(userId)
    const before = await engine.live(userId)
    fault('unavailable', {}, { count: 1_000 })
    await raiseWant(db(), userId, 'health')
    await engine.drive(userId)
    faults().clear()
    const calls = engine.sim.sim.calls
      .list({ app: before.flyAppName })
      .filter((call) => call.applied && call.method !== 'GET')
    await raiseWant(db(), userId, 'operator')
    await engine.drive(userId)
    expect(await engine.live(userId)).toMatchObject({
      id: before.id,
      status: 'active',
      flyMachineId: before.flyMachineId,
    })
    const after = engine.sim.sim.calls
      .list({ app: before.flyAppName })
      .filter((call) => call.applied && call.method !== 'GET')
    expect(after).toEqual(calls)
  })
})

describe('lease and fence', () => {
  test('a worker that stalls in a call and loses its lease writes nothing and sends nothing more', async () => {
    const { userId } = await createUser(db(), { tier: 'pro' })
    const late = fault('delay', { operation: 'machines.create' }, { params: { ms: 600 } })
    const stalled = reconcileUser(engine.other('stalled'), userId, new AbortController().signal)
    await waitFor(() => late.struck === 1, { what: 'the create to be under way' })
    await runSql(
      engine.database.url,
      `update hangar.user_work set lease_expires_at = clock_timestamp() - interval '1 second' where user_id = '${userId}'`,
    )
    await engine.drive(userId, { deps: engine.other('successor') })
    expect(await stalled).toEqual({ kind: 'done' })
    const row = await engine.live(userId)
    expect(row.status).toBe('active')
    expect(liveMachines(row.flyAppName)).toHaveLength(1)
    const [first] = engine.sim.sim.calls.list({ app: row.flyAppName, operation: 'secrets.set' })
    const loser = first!.attempt!
    const calls = engine.sim.sim.calls.list({ app: row.flyAppName })
    const takenOver = calls.findIndex((call) => call.attempt !== loser)
    expect(calls.slice(takenOver).filter((call) => call.attempt === loser)).toEqual([])
    const actors = new Set((await engine.events(userId)).map((event) => event.actor))
    expect([...actors]).toEqual(['stalled', 'successor'])
  })

  test('a busy lease parks the job and spends no attempt', async () => {
    const { userId } = await createUser(db(), { tier: 'pro' })
    const held = await claimLease(db(), { userId, owner: 'somebody', ttlMs: 15_000 })
    const outcome = await reconcileUser(engine.deps, userId, new AbortController().signal)
    expect(outcome).toMatchObject({ kind: 'again_after', reason: 'another worker holds the lease' })
    await finishWork(db(), held!.lease, { kind: 'released' })
    await engine.drive(userId)
    expect(await engine.live(userId)).toMatchObject({ status: 'active' })
    expect(await engine.eventTypes(userId)).not.toContain('provision_retried')
  })

  test('a worker that is told to stop gives its work back without spending an attempt', async () => {
    const { userId } = await createUser(db(), { tier: 'pro' })
    const late = fault('delay', { operation: 'apps.create' }, { params: { ms: 5_000 } })
    const stop = new AbortController()
    const running = reconcileUser(engine.deps, userId, stop.signal)
    await waitFor(() => late.struck === 1, { what: 'the create to be under way' })
    stop.abort(new Error('stopping'))
    expect(await running).toMatchObject({ kind: 'again_after', delayMs: 0 })
    faults().clear()
    await engine.drive(userId)
    expect(await engine.live(userId)).toMatchObject({ status: 'active', retryCount: 0 })
    expect(await engine.eventTypes(userId)).not.toContain('provision_retried')
  })
})
