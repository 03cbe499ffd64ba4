/**
 * Accepted webhooks a second, and how long an answer takes, of services/api as it runs in production beside bare
 * Express with `queue.add`. Both are processes of their own on the same PostgreSQL and Redis; they are measured in
 * many short turns, on an empty Redis. Ours checks the signature, parses and validates the event, wakes the lane
 * with deduplication, counts and logs.
 */
import { randomBytes } from 'node:crypto'
import { fileURLToPath } from 'node:url'

import { freePort, startProcess, type ManagedProcess } from '@hangar/testkit/local'
import { Redis } from 'ioredis'

import { median, rounded, type BenchOptions, type BenchResult } from '../lib/report.ts'
import { startStores, type Stores } from '../lib/stores.ts'
import { WEBHOOK_SECRET } from './deliveries.ts'
import { measure, type Load, type Measured } from './load.ts'

const AIMED_RATIO = 0.8
const STEADY_PER_SECOND = 500
const AIMED_P99_MS = 50

const CONNECTIONS = 50
const STEADY_CONNECTIONS = 20

type Side = 'bare' | 'hangar'
type Server = { url: string; process: ManagedProcess }

export async function webhook({ quick, say }: BenchOptions): Promise<BenchResult> {
  const rounds = quick ? 1 : 12
  const stores = await startStores()
  const started: Server[] = []
  try {
    const bare = await startBare(stores)
    started.push(bare)
    const hangar = await startHangar(stores)
    started.push(hangar)
    const servers: Record<Side, Server> = { bare, hangar }
    const deliveries = await warmUp(stores, servers, quick ? 0.5 : 1.5)
    say(`${rounds} rounds of ${deliveries} deliveries each, over ${CONNECTIONS} connections`)
    const full = await inTurns(stores, rounds, (side) => ({
      url: servers[side].url,
      connections: CONNECTIONS,
      deliveries,
    }))
    say(`${STEADY_PER_SECOND} a second`)
    const steady = await inTurns(stores, quick ? 1 : 5, (side) => ({
      url: servers[side].url,
      connections: STEADY_CONNECTIONS,
      deliveries: STEADY_PER_SECOND * (quick ? 1 : 3),
      rate: STEADY_PER_SECOND,
    }))
    return resultOf(full, steady)
  } finally {
    await Promise.all(started.map(({ process }) => process.stop()))
    await stores.stop()
  }
}

/** One after the other, and not always the same one first: whatever slows the machine down slows both. */
async function inTurns(
  stores: Stores,
  rounds: number,
  load: (side: Side) => Load,
): Promise<Record<Side, Measured[]>> {
  const measured: Record<Side, Measured[]> = { bare: [], hangar: [] }
  for (let round = 0; round < rounds; round++) {
    for (const side of round % 2 === 0 ? (['bare', 'hangar'] as const) : (['hangar', 'bare'] as const)) {
      await flush(stores)
      measured[side].push(await measure(load(side)))
    }
  }
  return measured
}

/** Lets both compile their code; returns how many deliveries the faster one takes in so many seconds. */
async function warmUp(stores: Stores, servers: Record<Side, Server>, seconds: number): Promise<number> {
  let fastest = 0
  for (const server of [servers.bare, servers.hangar]) {
    await measure({ url: server.url, connections: CONNECTIONS, deliveries: 3000 })
    const { perSecond } = await measure({ url: server.url, connections: CONNECTIONS, deliveries: 3000 })
    fastest = Math.max(fastest, perSecond)
    await flush(stores)
  }
  return Math.ceil((fastest * seconds) / CONNECTIONS) * CONNECTIONS
}

function resultOf(full: Record<Side, Measured[]>, steady: Record<Side, Measured[]>): BenchResult {
  const row = (side: Side) => ({
    side,
    'webhooks/s': Math.round(overall(full[side])),
    'p50 ms': middle(full[side], 'p50Ms'),
    'p99 ms': middle(full[side], 'p99Ms'),
    [`p50 ms at ${STEADY_PER_SECOND}/s`]: middle(steady[side], 'p50Ms'),
    [`p99 ms at ${STEADY_PER_SECOND}/s`]: middle(steady[side], 'p99Ms'),
  })
  const p99MsAt500 = middle(steady.hangar, 'p99Ms')
  return {
    name: 'webhook',
    ratio: overall(full.hangar) / overall(full.bare),
    aimedRatio: AIMED_RATIO,
    numbers: {
      perSecond: Math.round(overall(full.hangar)),
      barePerSecond: Math.round(overall(full.bare)),
      p50Ms: middle(full.hangar, 'p50Ms'),
      p99Ms: middle(full.hangar, 'p99Ms'),
      p99MsAt500,
      bareP99MsAt500: middle(steady.bare, 'p99Ms'),
      spread: rounded(spread(full.hangar.map(({ perSecond }) => perSecond))),
    },
    rows: [row('bare'), row('hangar')],
    aims: [
      {
        what: `p99 ${p99MsAt500} ms at ${STEADY_PER_SECOND} a second, aimed at under ${AIMED_P99_MS} ms`,
        met: p99MsAt500 < AIMED_P99_MS,
      },
    ],
  }
}

const middle = (measured: Measured[], field: keyof Measured) => median(measured.map((one) => one[field]))

/** Over all rounds together, which took as many deliveries each. */
function overall(measured: Measured[]): number {
  return measured.length / measured.reduce((seconds, { perSecond }) => seconds + 1 / perSecond, 0)
}

/** How far apart the rounds are, as a share of the slowest. */
function spread(values: number[]): number {
  return Math.max(...values) / Math.min(...values) - 1
}

async function flush({ redisUrl }: Stores): Promise<void> {
  const redis = new Redis(redisUrl)
  await redis.flushall()
  await redis.quit()
}

async function startBare(stores: Stores): Promise<Server> {
  const entry = fileURLToPath(new URL('./bare-server.ts', import.meta.url))
  return startServer('bare', entry, { REDIS_URL: stores.redisUrl })
}

/** Every setting that is not needed keeps its default, the log level too. */
async function startHangar(stores: Stores): Promise<Server> {
  const entry = fileURLToPath(new URL('../../services/api/src/main.ts', import.meta.url))
  return startServer('api', entry, {
    DATABASE_URL: stores.databaseUrl,
    REDIS_URL: stores.redisUrl,
    HANGAR_PUBLIC_URL: 'http://127.0.0.1',
    HANGAR_MASTER_KEY: randomBytes(32).toString('base64'),
    HANGAR_WEBHOOK_SECRET: WEBHOOK_SECRET,
    SUPABASE_SERVICE_ROLE_KEY: randomBytes(24).toString('hex'),
    PLACEMENT_HANDOVER: 'immediate',
  })
}

async function startServer(name: string, entry: string, env: Record<string, string>): Promise<Server> {
  const port = await freePort()
  const url = `http://127.0.0.1:${port}`
  const settings = { ...env, PORT: String(port), NODE_ENV: 'production' }
  const process = await startProcess({ name, entry, env: settings, readyUrl: `${url}/readyz` })
  return { url, process }
}
