/**
 * Users provisioned and deprovisioned a second, by services/worker on a Fly without delays, beside the same calls
 * to Fly and the same SQL writes issued bare: recorded from the engine for one user, replayed for many, with the
 * same concurrency, without reads, transactions, leases' checks, queue or log. Both are processes of their own on
 * the same PostgreSQL and the same stand-in, measured in turns.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { closeQueues, closeRedis, createQueues, createRedis } from '@hangar/jobs'
import { waitFor, type ManagedProcess } from '@hangar/testkit/local'
import pg from 'pg'

import { startFly } from '../lib/fly.ts'
import { startProgram } from '../lib/program.ts'
import { rounded, type BenchOptions, type BenchResult } from '../lib/report.ts'
import { startStores, type Stores } from '../lib/stores.ts'
import { CONCURRENCY, FLY_ORG, FLY_TOKEN, workerEnvironment } from '../lib/worker.ts'
import { recordTrace } from './record.ts'
import type { Trace } from './trace.ts'
import { createUsers, moveAll, type Crowd } from './users.ts'

const AIMED_RATIO = 0.6

type Side = 'bare' | 'hangar'
type Timing = { provisionMs: number; deprovisionMs: number }
type Runner = (users: number) => Promise<Timing>

export async function lifecycle({ quick, say }: BenchOptions): Promise<BenchResult> {
  const rounds = quick ? 1 : 5
  const users = quick ? 20 : 300
  const cleanups: (() => unknown)[] = []
  try {
    const { runners, trace } = await prepare(cleanups)
    say(`one life: ${describeTrace(trace)}`)
    for (const side of ['bare', 'hangar'] as const) await runners[side](quick ? 20 : 100)
    say(`${rounds} rounds of ${users} users, ${CONCURRENCY} at once`)
    const timings: Record<Side, Timing[]> = { bare: [], hangar: [] }
    for (let round = 0; round < rounds; round++) {
      for (const side of round % 2 === 0 ? (['bare', 'hangar'] as const) : (['hangar', 'bare'] as const)) {
        timings[side].push(await runners[side](users))
      }
    }
    return resultOf(timings, users)
  } finally {
    for (const cleanup of cleanups.toReversed()) await cleanup()
  }
}

async function prepare(
  cleanups: (() => unknown)[],
): Promise<{ runners: Record<Side, Runner>; trace: Trace }> {
  const stores = await startStores()
  cleanups.push(() => stores.stop())
  const pool = new pg.Pool({ connectionString: stores.databaseUrl, max: 2 })
  // A connection that the server closes while it is idle is reported here; nobody needs it any more.
  pool.on('error', () => undefined)
  cleanups.push(() => pool.end())
  // Fly's limit on deletions is lifted for both: it would be all we measure.
  await pool.query('update hangar.permits set tokens = 1e6, capacity = 1e6')
  // That many downgrades at once are a burst that has to be meant.
  await pool.query(
    `insert into hangar.burst_approvals (approved, reason, actor, expires_at)
     values (1000000, 'a benchmark', 'bench', hangar.now() + interval '1 day')`,
  )

  const { url: flyUrl } = await startFly({ token: FLY_TOKEN, org: FLY_ORG }, cleanups)
  const environment = workerEnvironment(stores, flyUrl)
  const trace = await recordTrace(environment)
  const bare = await startBare(environment, trace, cleanups)
  const entry = new URL('../lib/worker-process.ts', import.meta.url)
  const worker = await startProgram({ name: 'worker', entry, env: environment }, cleanups)
  const hangar = await crowdRunner(stores, pool, worker.process, cleanups)
  return { runners: { bare, hangar }, trace }
}

async function crowdRunner(
  { redisUrl }: Stores,
  pool: pg.Pool,
  worker: ManagedProcess,
  cleanups: (() => unknown)[],
): Promise<Runner> {
  const redis = createRedis({ url: redisUrl, role: 'producer', name: 'bench' })
  cleanups.push(() => closeRedis(redis))
  const queues = createQueues({ redis })
  cleanups.push(() => closeQueues(queues))
  await waitFor(() => redis.status === 'ready', { what: 'Redis' })
  const crowd: Crowd = { pool, queues }
  return async (count) => {
    const users = await createUsers(crowd, count)
    const provisionMs = await moveAll(crowd, users, { tier: 'pro', lane: 'provision', status: 'active' })
    const deprovisionMs = await moveAll(crowd, users, {
      tier: 'free',
      lane: 'deprovision',
      status: 'deleted',
    })
    if (!worker.running) throw new Error(`The worker ended:\n${worker.logs().slice(-2000)}`)
    return { provisionMs, deprovisionMs }
  }
}

async function startBare(
  environment: Record<string, string>,
  trace: Trace,
  cleanups: (() => unknown)[],
): Promise<Runner> {
  const folder = mkdtempSync(join(tmpdir(), 'hangar-bench-'))
  cleanups.push(() => rmSync(folder, { recursive: true, force: true }))
  const traceFile = join(folder, 'trace.json')
  writeFileSync(traceFile, JSON.stringify(trace))
  const entry = new URL('./bare-process.ts', import.meta.url)
  const env = { ...environment, TRACE_FILE: traceFile }
  const { url } = await startProgram({ name: 'bare', entry, env }, cleanups)
  return async (users) => {
    const response = await fetch(`${url}/run`, { method: 'POST', body: JSON.stringify({ users }) })
    if (!response.ok) throw new Error(`The bare peer failed: ${await response.text()}`)
    return (await response.json()) as Timing
  }
}

function describeTrace({ provision, deprovision }: Trace): string {
  const counts = [...provision, ...deprovision].map(({ kind }) => kind)
  const fly = counts.filter((kind) => kind === 'fly').length
  return `${fly} calls to Fly and ${counts.length - fly} SQL writes`
}

function resultOf(timings: Record<Side, Timing[]>, users: number): BenchResult {
  /** Over all rounds together. */
  const perSecond = (side: Side, msOf: (timing: Timing) => number) =>
    (users * timings[side].length * 1000) / timings[side].reduce((sum, timing) => sum + msOf(timing), 0)
  const lives = (side: Side) =>
    perSecond(side, ({ provisionMs, deprovisionMs }) => provisionMs + deprovisionMs)
  const row = (side: Side) => ({
    side,
    'provisioned/s': rounded(
      perSecond(side, ({ provisionMs }) => provisionMs),
      1,
    ),
    'deprovisioned/s': rounded(
      perSecond(side, ({ deprovisionMs }) => deprovisionMs),
      1,
    ),
    'lives/s': rounded(lives(side), 1),
  })
  const [bare, hangar] = [row('bare'), row('hangar')]
  return {
    name: 'lifecycle',
    ratio: lives('hangar') / lives('bare'),
    aimedRatio: AIMED_RATIO,
    numbers: {
      provisionedPerSecond: hangar['provisioned/s'],
      deprovisionedPerSecond: hangar['deprovisioned/s'],
      livesPerSecond: hangar['lives/s'],
      bareLivesPerSecond: bare['lives/s'],
    },
    rows: [bare, hangar],
  }
}
