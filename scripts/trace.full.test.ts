/**
 * One trace from the webhook to Fly, over real PostgreSQL and Redis and the stand-in: through the queue, the pauses
 * between a job's runs, and whatever wakes the user meanwhile.
 */
import { findLiveApp, recordBootstrap, recordHeartbeat } from '@hangar/db'
import { createFlyClient, type FlyClient } from '../packages/fly-client/src/index.ts'
import { closeRedis, createRedis, recallTrace, wake } from '../packages/jobs/src/index.ts'
import { createMetrics } from '../packages/runtime/src/index.ts'
import { type SeenSpan, traceInMemory } from '../packages/runtime/src/testing/spans.ts'
import { createUser, setTier, useTestRedis, waitFor } from '@hangar/testkit'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { type HttpServer, startServer } from '../services/api/src/server.ts'
import { signedHeaders, subscriptionEvent, useApi } from '../services/api/src/testing/harness.ts'
import { watchWorker } from '../services/worker/src/instruments.ts'
import { startLanes } from '../services/worker/src/lanes.ts'
import { countOutcomes } from '../services/worker/src/metrics/jobs.ts'
import { useEngine } from '../services/worker/src/testing/engine.ts'

const PATIENCE_MS = 20_000

const memory = traceInMemory('test')
const engine = useEngine()
const redisCorner = useTestRedis()
const api = useApi({
  deps: {
    tracing: memory.tracing,
    get db() {
      return engine.database.db
    },
  },
})
let fly: FlyClient
let stopLanes: () => Promise<void>
let server: HttpServer

beforeAll(async () => {
  const registry = createMetrics({ service: 'worker' })
  const { db, logger } = engine.deps
  const redis = createRedis({ url: redisCorner.url, role: 'worker', name: 'trace-test' })
  const where = { redis, prefix: api.queues.prefix }
  const traces = {
    tracing: memory.tracing,
    recallTrace: (userId: string) => recallTrace(where, userId),
  }
  const watching = watchWorker({ registry, db, logger, ...traces })
  const { sim } = engine
  fly = createFlyClient({
    baseUrl: sim.url,
    token: sim.token,
    orgSlug: 'vyx',
    rateLimits: false,
    hooks: watching.flyHooks,
  })
  server = await startServer(api.app, { port: 0, host: '127.0.0.1' })
  const lanes = startLanes({
    config: { HANGAR_QUEUE_PREFIX: api.queues.prefix, WORKER_CONCURRENCY: 4 },
    deps: { ...engine.deps, fly, instruments: watching.instruments },
    redis,
    logger,
    counted: countOutcomes(registry),
    ...traces,
  })
  stopLanes = async () => {
    await lanes.close(2_000)
    await closeRedis(redis)
  }
})
afterAll(async () => {
  await server.close(AbortSignal.timeout(2_000))
  await stopLanes()
  await fly.close()
})

/** The tier changes, and the delivery of its webhook belongs to the trace that `traceparent` names. */
async function changeTier(userId: string, tier: string, traceId: string): Promise<void> {
  await setTier(engine.database.db, userId, tier)
  const body = subscriptionEvent(userId, tier)
  const traceparent = `00-${traceId}-b7ad6b7169203331-01`
  const headers = { ...signedHeaders(body), traceparent }
  const url = `http://127.0.0.1:${server.port}/webhooks/supabase`
  const response = await fetch(url, { method: 'POST', headers, body })
  expect(await response.json()).toEqual({ status: 'woken' })
}

/** The app beats until it is as wanted and the last run is over; each beat nudges the lane, as the shim does. */
async function untilActive(userId: string, memoryMb: number): Promise<void> {
  const { db } = engine.database
  const isThere = async () => {
    const row = await findLiveApp(db, userId)
    if (row?.flyMachineId && row.launchedAt) {
      await recordBootstrap(db, row.id, row.flyMachineId)
      await recordHeartbeat(db, row.id, { machineId: row.flyMachineId, runningTraderIds: [] })
      await wake(api.queues, { userId, lane: 'provision' })
    }
    return row?.status === 'active' && row.operation === null && row.memoryMb === memoryMb
  }
  await waitFor(isThere, { what: `the app of ${memoryMb} MB`, timeoutMs: PATIENCE_MS })
  // A span is seen once it has ended, which is after what it did.
  await untilIdle()
}

/** No job is left: the next one comes from what the test does. */
async function untilIdle(): Promise<void> {
  const count = async () => {
    const lanes = [api.queues.provision, api.queues.deprovision]
    const counts = await Promise.all(lanes.map((lane) => lane.getJobCounts('active', 'waiting', 'delayed')))
    return counts.flatMap((one) => Object.values(one)).reduce((sum, jobs) => sum + jobs, 0)
  }
  await waitFor(async () => (await count()) === 0, { what: 'the lanes to be idle', timeoutMs: PATIENCE_MS })
}

const ofTrace = (traceId: string) => memory.spans().filter((span) => span.traceId === traceId)

/** The names from a span up to where its trace came in. */
function pathOf(span: SeenSpan, all: readonly SeenSpan[]): string[] {
  const parent = all.find(({ spanId }) => spanId === span.parentId)
  return [span.name, ...(parent ? pathOf(parent, all) : [])]
}

const FIRST = '11111111111111111111111111111111'
const SECOND = '22222222222222222222222222222222'

test('webhook, queue, job, steps and calls to Fly are one trace; the next change of tier has its own', async () => {
  const { userId } = await createUser(engine.database.db)
  await changeTier(userId, 'pro', FIRST)
  // No beat yet: the first run ends with the job parked.
  const parked = () => ofTrace(FIRST).some(({ name }) => name === 'reconcile')
  await waitFor(parked, { what: 'the first run to end', timeoutMs: PATIENCE_MS })
  await untilActive(userId, 512)

  const first = ofTrace(FIRST)
  const created = first.find(({ name }) => name === 'fly apps.create')
  if (!created) throw new Error(`no call in ${first.map(({ name }) => name).join(', ')}`)
  expect(pathOf(created, first)).toEqual([
    'fly apps.create',
    'step create_app',
    'reconcile',
    'enqueue provision',
    'POST /webhooks/supabase',
  ])
  expect(created).toMatchObject({ kind: 'CLIENT', attributes: { 'http.response.status_code': 201 } })
  const steps = first.filter(({ name }) => name.startsWith('step ')).map(({ name }) => name.slice(5))
  expect(steps).toEqual(
    expect.arrayContaining([
      'reserve',
      'create_app',
      'set_secrets',
      'create_machine',
      'await_started',
      'activate',
    ]),
  )
  // The job was parked between its runs, and a beat woke it: still the same trace.
  const runs = first.filter(({ name }) => name === 'reconcile')
  expect(runs.length).toBeGreaterThan(1)
  expect(new Set(runs.map(({ parentId }) => parentId)).size).toBe(1)

  await changeTier(userId, 'elite', SECOND)
  await untilActive(userId, 1024)
  const second = ofTrace(SECOND).map(({ name }) => name)
  expect(second).toEqual(expect.arrayContaining(['step begin_resize', 'fly machines.update', 'step confirm']))
  expect(ofTrace(FIRST).map(({ name }) => name)).not.toContain('step begin_resize')
  // Nothing of it happened in a trace that nobody began.
  expect(new Set(memory.spans().map(({ traceId }) => traceId))).toEqual(new Set([FIRST, SECOND]))
})

test('of several changes before the job runs, the last one has it, whichever lane comes first', async () => {
  const { userId } = await createUser(engine.database.db)
  await Promise.all([api.queues.provision.pause(), api.queues.deprovision.pause()])
  const [a, b, last] = ['a', 'b', 'c'].map((digit) => digit.repeat(32)) as [string, string, string]
  await changeTier(userId, 'pro', a)
  await changeTier(userId, 'free', b)
  await changeTier(userId, 'elite', last)
  await Promise.all([api.queues.deprovision.resume(), api.queues.provision.resume()])
  await untilActive(userId, 1024)
  expect(ofTrace(last).map(({ name }) => name)).toEqual(
    expect.arrayContaining(['step create_machine', 'step activate']),
  )
  expect([...ofTrace(a), ...ofTrace(b)].filter(({ name }) => name === 'reconcile')).toEqual([])
})

test('a change that comes while a job runs has what that job does from then on', async () => {
  const { userId } = await createUser(engine.database.db)
  const [former, latter] = ['d'.repeat(32), 'e'.repeat(32)] as [string, string]
  engine.sim.sim.faults.add({
    kind: 'delay_after',
    match: { operation: 'machines.create' },
    count: 1,
    params: { ms: 4_000 },
  })
  await changeTier(userId, 'pro', former)
  const hasSecrets = () => Promise.resolve(ofTrace(former).some(({ name }) => name === 'step set_secrets'))
  await waitFor(hasSecrets, { what: 'the machine to be asked for', timeoutMs: PATIENCE_MS })
  await changeTier(userId, 'elite', latter)
  await untilActive(userId, 1024)
  const names = ofTrace(former).map(({ name }) => name)
  expect(names).toContain('step create_machine')
  expect(names).not.toContain('step activate')
  const after = ofTrace(latter)
  expect(after.map(({ name }) => name)).toEqual(
    expect.arrayContaining(['step activate', 'fly machines.update']),
  )
  const enqueued = after.find(({ name }) => name === 'enqueue provision')
  const runs = after.filter(({ name }) => name === 'reconcile')
  expect(new Set(runs.map(({ parentId }) => parentId))).toEqual(new Set([enqueued?.spanId]))
})
