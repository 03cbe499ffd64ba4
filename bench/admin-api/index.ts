/**
 * What an operator's page asks of services/api, as it runs in production, over 10,000 live apps, 20,000 closed rows and
 * 1,000,000 events: each kind of question by itself, one after the other over one connection, and then the overview and
 * the list by four operators at once. Beside it bare Express and pg that send rows of the same kind and find nothing out:
 * the floor, a process of its own on the same PostgreSQL, measured in turns.
 */
import { systemClock } from '@hangar/core'
import { closeCostDays, createDatabase } from '@hangar/db'
import { makeBigFleet, type ManagedProcess } from '@hangar/testkit/local'

import { startProgram } from '../lib/program.ts'
import { median, rounded, type BenchOptions, type BenchResult } from '../lib/report.ts'
import { startStores, type Stores } from '../lib/stores.ts'

const WHOLE = { apps: 10_000, former: 20_000, free: 10_000, events: 1_000_000 }
const QUICK = { apps: 50, former: 20, free: 20, events: 1_000 }
const AIMED_P95_MS = 100
/** Of the floor's time, for the plain list. */
const AIMED_RATIO = 0.1
const OPERATORS = 4

const KEY = 'sb_secret_of-this-benchmark'
const USER = '00000000-0000-4000-8000-000000000007'

/** Each is asked as it stands; those of `AIMED` are what the aim is about. */
const QUESTIONS: Readonly<Record<string, string>> = {
  overview: '/v1/overview',
  list: '/v1/apps?limit=50',
  'list, newest': '/v1/apps?limit=50&sort=-created_at',
  'list, by mail': '/v1/apps?limit=50&sort=email',
  'list, found by mail': '/v1/apps?limit=50&q=user-77&sort=-created_at',
  'list, needs attention': '/v1/apps?limit=50&attention=failing,parked,stuck&sort=-updated_at',
  counts: '/v1/apps/counts',
  'users, found by mail': '/v1/users?q=user-19',
  'one user': `/v1/apps/${USER}`,
  timeline: `/v1/apps/${USER}/timeline`,
  events: '/v1/events',
  'events, failed': '/v1/events?status=failed&type=provision_retried',
}
/** Asked when nobody has for longer than an answer is good for. */
const ALONE = 'overview, made anew'
const PAUSE_MS = 1_100
const AIMED = [
  'overview',
  ALONE,
  'list',
  'list, newest',
  'list, by mail',
  'list, found by mail',
  'list, needs attention',
]
const ON_THE_FLOOR = ['overview', 'list']

export async function adminApi({ quick, say }: BenchOptions): Promise<BenchResult> {
  const stores = await startStores()
  const cleanups: (() => unknown)[] = []
  try {
    say('a fleet of two months is made')
    await makeBigFleet(stores.databaseUrl, quick ? QUICK : WHOLE)
    await closeDays(stores)
    const bare = await start('bare', stores, cleanups)
    const hangar = await start('hangar', stores, cleanups)
    const rounds = quick ? 1 : 5
    const times = quick ? 5 : 60
    say(`each question ${rounds} times ${times} times, both sides in turn`)
    const measured = await inTurns({ bare: bare.url, hangar: hangar.url }, rounds, times)
    say('the overview, each time after a pause')
    measured.hangar[ALONE] = [await ask(`${hangar.url}/v1/overview`, quick ? 2 : 40, PAUSE_MS)]
    say(`overview and list by ${OPERATORS} operators at once`)
    const crowd = await askAtOnce(hangar.url, times)
    return resultOf(measured, crowd)
  } finally {
    for (const cleanup of cleanups.reverse()) await cleanup()
    await stores.stop()
  }
}

/** As the cost sweep has done each hour. */
async function closeDays({ databaseUrl }: Stores): Promise<void> {
  const db = createDatabase({ connectionString: databaseUrl, applicationName: 'bench', maxConnections: 1 })
  try {
    while ((await closeCostDays(db)) > 0);
  } finally {
    await db.destroy()
  }
}

type Side = 'bare' | 'hangar'
/** In milliseconds, by side and question: one list for each round. */
type Measured = Record<Side, Record<string, number[][]>>

async function inTurns(urls: Record<Side, string>, rounds: number, times: number): Promise<Measured> {
  const measured: Measured = { bare: {}, hangar: {} }
  for (let round = 0; round < rounds; round++)
    for (const [name, path] of Object.entries(QUESTIONS))
      for (const side of ['bare', 'hangar'] as const) {
        if (side === 'bare' && !ON_THE_FLOOR.includes(name)) continue
        const took = await ask(`${urls[side]}${path}`, times)
        ;(measured[side][name] ??= []).push(took)
      }
  return measured
}

/** One after the other over one connection; the first few let it compile its code. */
async function ask(url: string, times: number, pauseMs = 0): Promise<number[]> {
  const took: number[] = []
  for (let n = -3; n < times; n++) {
    if (pauseMs > 0) await systemClock.sleep(pauseMs)
    const startedAt = performance.now()
    const response = await fetch(url, { headers: { apikey: KEY } })
    await response.arrayBuffer()
    if (response.status !== 200) throw new Error(`${url} answered ${response.status}`)
    if (n >= 0) took.push(performance.now() - startedAt)
  }
  return took
}

async function askAtOnce(url: string, times: number): Promise<number[]> {
  const operator = async (): Promise<number[]> => {
    const took: number[] = []
    for (const name of ON_THE_FLOOR) took.push(...(await ask(`${url}${QUESTIONS[name] ?? ''}`, times)))
    return took
  }
  return (await Promise.all(Array.from({ length: OPERATORS }, operator))).flat()
}

function percentile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN
}

function resultOf({ bare, hangar }: Measured, crowd: readonly number[]): BenchResult {
  const of = (side: Record<string, number[][]>, name: string, share: number) =>
    rounded(median((side[name] ?? []).map((round) => percentile(round, share))), 1)
  const p95 = (name: string) => of(hangar, name, 0.95)
  const rows = [...Object.keys(QUESTIONS), ALONE].map((name) => ({
    question: name,
    'p50 ms': of(hangar, name, 0.5),
    'p95 ms': p95(name),
    ...(ON_THE_FLOOR.includes(name)
      ? { 'floor p50 ms': of(bare, name, 0.5), 'floor p95 ms': of(bare, name, 0.95) }
      : { 'floor p50 ms': '', 'floor p95 ms': '' }),
  }))
  const crowdP95 = rounded(percentile(crowd, 0.95), 1)
  return {
    name: 'admin-api',
    ratio: of(bare, 'list', 0.5) / of(hangar, 'list', 0.5),
    aimedRatio: AIMED_RATIO,
    numbers: {
      overviewP95Ms: p95('overview'),
      overviewAnewP95Ms: p95(ALONE),
      listP95Ms: p95('list'),
      floorOverviewP95Ms: of(bare, 'overview', 0.95),
      floorListP95Ms: of(bare, 'list', 0.95),
      worstListP95Ms: Math.max(...AIMED.map(p95)),
      fourOperatorsP95Ms: crowdP95,
    },
    rows,
    aims: [
      ...AIMED.map((name) => ({
        what: `${name}: p95 of ${p95(name)} ms, aimed at under ${AIMED_P95_MS}`,
        met: p95(name) < AIMED_P95_MS,
      })),
      {
        what: `${OPERATORS} operators at once: p95 of ${crowdP95} ms, aimed at under ${AIMED_P95_MS}`,
        met: crowdP95 < AIMED_P95_MS,
      },
    ],
  }
}

const ENTRIES: Record<Side, URL> = {
  bare: new URL('./bare-server.ts', import.meta.url),
  hangar: new URL('../../services/api/src/main.ts', import.meta.url),
}

function start(
  side: Side,
  stores: Stores,
  cleanups: (() => unknown)[],
): Promise<{ url: string; process: ManagedProcess }> {
  const env = {
    DATABASE_URL: stores.databaseUrl,
    REDIS_URL: stores.redisUrl,
    HANGAR_PUBLIC_URL: 'http://127.0.0.1',
    HANGAR_MASTER_KEY: Buffer.alloc(32, 7).toString('base64'),
    HANGAR_WEBHOOK_SHARED_SECRET: 'not-used-in-this-run',
    SUPABASE_SERVICE_ROLE_KEY: KEY,
    PLACEMENT_HANDOVER: 'immediate',
    // One key asks for all operators.
    RATE_LIMIT_KEY: '0',
  }
  return startProgram({ name: side, entry: ENTRIES[side], env }, cleanups)
}
