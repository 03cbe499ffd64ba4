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
/** Of the upgrades that begin in time without sweeps. */
const AIMED_RATIO = 1

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
  // Not a producer's, which hangs up on a Redis that is slow for two seconds: what is measured makes it slow.
  const redis = createRedis({ url: stores.redisUrl, role: 'worker', name: 'bench' })
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
  const inTime = (side: Side) =>
    started[side].filter(({ eventMs }) => eventMs < AIMED_START_MS).length / started[side].length
  const p50Ms = (side: Side, field: 'eventMs' | 'callMs') => rounded(median(times(side, field)), 1)
  const maxMs = (side: Side, field: 'eventMs' | 'callMs') => rounded(Math.max(...times(side, field)), 1)
  const aim = (what: string, field: 'eventMs' | 'callMs') => ({
    what: `${what} after ${Math.round(maxMs('sweeping', field))} ms at most, aimed at ${AIMED_START_MS}`,
    met: maxMs('sweeping', field) < AIMED_START_MS,
  })
  return {
    name: 'priority',
    ratio: inTime('sweeping') / inTime('quiet'),
    aimedRatio: AIMED_RATIO,
    numbers: {
      upgrades: started.sweeping.length,
      startP50Ms: p50Ms('sweeping', 'eventMs'),
      startP95Ms: rounded(percentile(times('sweeping', 'eventMs'), 0.95), 1),
      startMaxMs: maxMs('sweeping', 'eventMs'),
      firstCallMaxMs: maxMs('sweeping', 'callMs'),
      quietStartP50Ms: p50Ms('quiet', 'eventMs'),
      quietStartMaxMs: maxMs('quiet', 'eventMs'),
      timesSlowerAtP50: rounded(p50Ms('sweeping', 'eventMs') / p50Ms('quiet', 'eventMs'), 1),
      healthSweeps,
      percentDuringSweeps: Math.round((busy * 100) / started.sweeping.length),
    },
    rows: SIDES.map(row),
    aims: [
      aim(
        `${busy} of ${started.sweeping.length} upgrades came while a sweep over ${apps} apps ran (${healthSweeps} health sweeps in all) and began`,
        'eventMs',
      ),
      aim('they reached Fly', 'callMs'),
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
