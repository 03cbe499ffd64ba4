/**
 * How soon the worker begins with a user's upgrade while it sweeps: health, cost and orphans over the whole fleet, each
 * again as soon as it is over, in the same process; beside the same worker without sweeps, in turns. Fly's rate limits
 * are off, or the sweeps would mostly wait: this is harder than what production does each five minutes.
 */
import {
  closeQueues,
  closeRedis,
  createQueues,
  createRedis,
  ensureSchedulers,
  type Queues,
} from '@hangar/jobs'
import { waitFor } from '@hangar/testkit/local'
import pg from 'pg'

import { createUsers } from '../lifecycle/users.ts'
import { startFleet } from '../lib/fleet.ts'
import { startFly } from '../lib/fly.ts'
import { startProgram } from '../lib/program.ts'
import { median, rounded, type BenchOptions, type BenchResult } from '../lib/report.ts'
import { startStores } from '../lib/stores.ts'
import { FLY_ORG, FLY_TOKEN, workerEnvironment } from '../lib/worker.ts'
import { upgradeAll, type Scene, type Started } from './upgrades.ts'

/** So short that the next run waits for the end of this one. */
const SWEEPS = [
  { id: 'health', queue: 'health', everyMs: 100 },
  { id: 'cost', queue: 'cost', everyMs: 100 },
  { id: 'orphans', queue: 'sweep', everyMs: 100 },
] as const
const AIMED_START_MS = 1_000
/** Of how soon it begins without sweeps. What counts is the second, which is far from either. */
const AIMED_RATIO = 0.25

const SIDES = ['quiet', 'sweeping'] as const
type Side = (typeof SIDES)[number]

export async function priority({ quick, say }: BenchOptions): Promise<BenchResult> {
  const apps = quick ? 200 : 10_000
  const [turns, each, everyMs] = quick ? [1, 5, 50] : [4, 25, 400]
  const cleanups: (() => unknown)[] = []
  try {
    const scene = await prepare(apps, cleanups)
    // Lets it compile its code, with and without sweeps.
    for (const side of SIDES) await turn(scene, side, { users: quick ? 2 : 20, everyMs: 50 })
    say(
      `${turns} turns of ${each} upgrades, one each ${everyMs} ms, with sweeps over ${apps} apps and without`,
    )
    const started: Record<Side, Started[]> = { quiet: [], sweeping: [] }
    const before = await completedSweeps(scene)
    for (let round = 0; round < turns; round++) {
      for (const side of round % 2 === 0 ? SIDES : SIDES.toReversed())
        started[side].push(...(await turn(scene, side, { users: each, everyMs })))
    }
    return resultOf(started, apps, (await completedSweeps(scene)) - before)
  } finally {
    for (const cleanup of cleanups.toReversed()) await cleanup()
  }
}

async function prepare(apps: number, cleanups: (() => unknown)[]): Promise<Scene> {
  const stores = await startStores()
  cleanups.push(() => stores.stop())
  const fly = await startFly({ token: FLY_TOKEN, org: FLY_ORG }, cleanups)
  const environment = { ...workerEnvironment(stores, fly.url), LOG_LEVEL: 'warn' }
  await (await startFleet(environment, fly)).growTo(apps)
  const pool = new pg.Pool({ connectionString: stores.databaseUrl, max: 2 })
  // A connection that the server closes while it is idle is reported here; nobody needs it any more.
  pool.on('error', () => undefined)
  cleanups.push(() => pool.end())
  const redis = createRedis({ url: stores.redisUrl, role: 'producer', name: 'bench' })
  cleanups.push(() => closeRedis(redis))
  const queues = createQueues({ redis })
  cleanups.push(() => closeQueues(queues))
  await waitFor(() => redis.status === 'ready', { what: 'Redis' })
  const entry = new URL('../lib/worker-process.ts', import.meta.url)
  await startProgram({ name: 'worker', entry, env: environment }, cleanups)
  return { pool, queues, fly }
}

async function turn(
  scene: Scene,
  side: Side,
  { users, everyMs }: { users: number; everyMs: number },
): Promise<Started[]> {
  const ids = await createUsers(scene, users)
  if (side === 'quiet') return upgradeAll(scene, ids, everyMs)
  await ensureSchedulers(scene.queues, { schedules: SWEEPS })
  try {
    await waitFor(async () => (await scene.queues.health.getActiveCount()) > 0, {
      what: 'the first health sweep',
    })
    return await upgradeAll(scene, ids, everyMs)
  } finally {
    await stopSweeps(scene.queues)
  }
}

async function stopSweeps(queues: Queues): Promise<void> {
  for (const { id, queue } of SWEEPS) await queues[queue].removeJobScheduler(id)
  const underWay = async () => {
    const counts = SWEEPS.map(({ queue }) => queues[queue].getJobCountByTypes('active', 'waiting', 'delayed'))
    return (await Promise.all(counts)).reduce((sum, count) => sum + count, 0)
  }
  await waitFor(async () => (await underWay()) === 0, { what: 'the sweeps to end', timeoutMs: 120_000 })
}

/** Full runs of the health sweep. One that failed would not count. */
const completedSweeps = ({ queues }: Scene): Promise<number> => queues.health.getJobCountByTypes('completed')

function resultOf(started: Record<Side, Started[]>, apps: number, healthSweeps: number): BenchResult {
  const times = (side: Side, field: 'eventMs' | 'callMs') => started[side].map((one) => one[field])
  const busy = started.sweeping.filter(({ sweepsUnderWay }) => sweepsUnderWay > 0).length
  const row = (side: Side) => ({
    side,
    upgrades: started[side].length,
    ...columns('event', times(side, 'eventMs')),
    ...columns('call', times(side, 'callMs')),
  })
  const slowest = Math.max(...times('sweeping', 'callMs'))
  const p95Ms = percentile(times('sweeping', 'callMs'), 0.95)
  return {
    name: 'priority',
    ratio: median(times('quiet', 'callMs')) / median(times('sweeping', 'callMs')),
    aimedRatio: AIMED_RATIO,
    numbers: {
      upgrades: started.sweeping.length,
      startP50Ms: rounded(median(times('sweeping', 'callMs')), 1),
      startP95Ms: rounded(p95Ms, 1),
      startMaxMs: rounded(slowest, 1),
      quietStartP50Ms: rounded(median(times('quiet', 'callMs')), 1),
      quietStartMaxMs: rounded(Math.max(...times('quiet', 'callMs')), 1),
      healthSweeps,
      percentDuringSweeps: Math.round((busy * 100) / started.sweeping.length),
    },
    rows: SIDES.map(row),
    aims: [
      {
        what: `the slowest of ${started.sweeping.length} upgrades reached Fly after ${Math.round(slowest)} ms, aimed at ${AIMED_START_MS} (${busy} of them began while a sweep ran; ${healthSweeps} health sweeps over ${apps} apps)`,
        met: slowest < AIMED_START_MS,
      },
    ],
  }
}

const columns = (what: string, values: readonly number[]) => ({
  [`first ${what} p50 ms`]: rounded(median(values), 1),
  [`${what} p95 ms`]: rounded(percentile(values, 0.95), 1),
  [`${what} max ms`]: rounded(Math.max(...values), 1),
})

function percentile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.ceil(sorted.length * share) - 1)] ?? Number.NaN
}
