/** What the engine's metrics say after it has really done something, and that watching it changes nothing. */
import { claimLease, findLiveApp, raiseWant } from '@hangar/db'
import { createFlyClient, type FlyClient } from '@hangar/fly-client'
import { createMetrics, NO_TRACING } from '@hangar/runtime'
import { createUser, runSql, setTier, waitFor } from '@hangar/testkit'
import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals'
import { watchWorker } from './instruments.ts'
import type { ReconcileDeps } from './reconcile/deps.ts'
import { reconcileUser } from './reconcile/job.ts'
import { runSweep } from './sweeps/index.ts'
import { beats, useEngine } from './testing/engine.ts'

const engine = useEngine()
const registry = createMetrics({ service: 'worker' })
let deps: ReconcileDeps
let fly: FlyClient

beforeAll(() => {
  const { db, logger } = engine.deps
  const watching = watchWorker({
    registry,
    tracing: NO_TRACING,
    recallTrace: () => Promise.reject(new Error('not asked where nothing is traced')),
    db,
    logger,
  })
  const { url: baseUrl, token } = engine.sim
  fly = createFlyClient({ baseUrl, token, orgSlug: 'vyx', hooks: watching.flyHooks })
  deps = { ...engine.deps, fly, instruments: watching.instruments }
})
afterAll(() => fly.close())
beforeEach(() => registry.resetMetrics())

/** What is not zero, of one metric, by its labels. */
async function shown(metric: string): Promise<Record<string, number>> {
  const lines = (await registry.metrics()).split('\n').filter((line) => line.startsWith(`${metric}{`))
  const pairs = lines.map((line) => {
    const labels = [...line.matchAll(/(\w+)="([^"]*)"/g)].filter(([, label]) => label !== 'service')
    return [labels.map(([, , value]) => value).join(' '), Number(line.split(' ').at(-1))] as const
  })
  return Object.fromEntries(pairs.filter(([, value]) => value !== 0))
}

/** How long it took is asked of the events when the work is over, and nobody waits for that. */
async function untilShown(metric: string, label: string): Promise<void> {
  await waitFor(async () => (await shown(metric))[label] !== undefined, { what: `${metric} of ${label}` })
}

test('a life: operations, steps, waits and calls are counted once each', async () => {
  const { userId } = await createUser(engine.database.db, { tier: 'pro' })
  await engine.drive(userId, { deps })
  await untilShown('hangar_operation_duration_seconds_count', 'provision')
  await setTier(engine.database.db, userId, 'elite')
  await engine.drive(userId, { deps })
  await untilShown('hangar_operation_duration_seconds_count', 'resize')
  await setTier(engine.database.db, userId, 'free')
  await engine.drive(userId, { deps })
  await untilShown('hangar_operation_duration_seconds_count', 'deprovision')

  expect(await shown('hangar_operation_duration_seconds_count')).toEqual({
    provision: 1,
    resize: 1,
    deprovision: 1,
  })
  expect(await shown('hangar_wait_duration_seconds_count')).toEqual({
    machine_start: 2,
    first_heartbeat: 2,
    drain: 2,
  })
  expect(await shown('hangar_step_duration_seconds_count')).toMatchObject({
    reserve: 1,
    create_app: 1,
    create_machine: 1,
    activate: 1,
    update_machine: 1,
    confirm: 1,
    begin_teardown: 1,
    close: 1,
  })
  expect(await shown('hangar_fly_calls_total')).toMatchObject({
    'apps.create ok': 1,
    'machines.create ok': 1,
    'machines.update ok': 1,
    'apps.delete ok': 1,
  })
  expect(
    Object.keys(await shown('hangar_fly_calls_total')).filter((labels) => labels.startsWith('other')),
  ).toEqual([])
  const seconds = await shown('hangar_operation_duration_seconds_sum')
  expect(seconds['provision']).toBeGreaterThan(0)
  expect(seconds['provision']).toBeLessThan(30)
  expect(await shown('hangar_attempt_failures_total')).toEqual({})
})

test('what a step did on Fly is on record with the id of the request that did it', async () => {
  const { userId } = await createUser(engine.database.db, { tier: 'pro' })
  await engine.drive(userId, { deps })
  const { flyAppName } = await engine.live(userId)
  const events = await engine.events(userId)
  const idOf = (eventType: string) =>
    events.find((event) => event.eventType === eventType)?.metadata['fly_request_id']
  const call = (operation: string) =>
    engine.sim.sim.calls.list({ app: flyAppName, operation }).find(({ applied }) => applied)?.requestId
  expect(call('machines.create')).toEqual(expect.any(String))
  expect(idOf('provision_app_created')).toBe(call('apps.create'))
  expect(idOf('provision_secrets_set')).toBe(call('secrets.set'))
  expect(idOf('provision_machine_created')).toBe(call('machines.create'))
  // Nothing was asked of Fly for it.
  expect(idOf('provision_started')).toBeUndefined()
})

test('a failure is one attempt that failed and one call that did, by its cause', async () => {
  const { userId } = await createUser(engine.database.db, { tier: 'pro' })
  engine.sim.sim.faults.add({
    kind: 'status',
    match: { operation: 'apps.create' },
    count: 2,
    params: { status: 503 },
  })
  await engine.drive(userId, { deps })
  expect(await shown('hangar_attempt_failures_total')).toEqual({ 'provision retried': 2 })
  expect(await shown('hangar_fly_calls_total')).toMatchObject({
    'apps.create unavailable': 2,
    'apps.create ok': 1,
  })
})

test('calls that wait for our own limit tell for how long', async () => {
  await Promise.all(Array.from({ length: 5 }, () => fly.apps.list()))
  const { 'apps.list': seconds = 0 } = await shown('hangar_fly_limiter_wait_seconds_total')
  expect(seconds).toBeGreaterThan(1)
  expect(seconds).toBeLessThan(6)
})

test('a lease that was lost is counted, and nothing else', async () => {
  const { db } = engine.database
  const { userId } = await createUser(db, { tier: 'pro' })
  await engine.drive(userId, { deps, app: beats(deps) })
  await raiseWant(db, userId, 'manual')
  const stolen: ReconcileDeps = {
    ...deps,
    instruments: {
      ...(deps.instruments as NonNullable<ReconcileDeps['instruments']>),
      // Another worker takes over before the first look.
      look: async (look) => {
        await runSql(
          engine.database.url,
          `update hangar.user_work set lease_expires_at = hangar.now() where user_id = '${userId}'`,
        )
        await claimLease(db, { userId, owner: 'other', ttlMs: 10_000 })
        return look()
      },
    },
  }
  expect(await reconcileUser(stolen, userId, new AbortController().signal)).toEqual({ kind: 'done' })
  expect(await shown('hangar_leases_lost_total')).toEqual({ '': 1 })
  expect(await shown('hangar_attempt_failures_total')).toEqual({})
})

test('what a sweep mends is counted by the sweep, and what it only sees is not', async () => {
  const { db } = engine.database
  const signal = new AbortController().signal
  await runSweep(deps, 'differences', { signal })
  expect(await shown('hangar_sweep_repairs_total')).toEqual({})
  const { userId } = await createUser(db, { tier: 'pro' })
  await engine.drive(userId, { deps })
  // As if the trigger had been off: the tier has changed, and nobody was told.
  await runSql(
    engine.database.url,
    'alter table public.user_subscriptions disable trigger on_user_tier_change',
  )
  await setTier(db, userId, 'free')
  await runSql(
    engine.database.url,
    'alter table public.user_subscriptions enable trigger on_user_tier_change',
  )
  await runSweep(deps, 'differences', { signal })
  expect(await shown('hangar_sweep_repairs_total')).toEqual({ differences: 1 })
  await engine.drive(userId, { deps })
  expect(await findLiveApp(db, userId)).toBeNull()
})
