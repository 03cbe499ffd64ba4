/**
 * Accepted webhooks a second, and how long an answer takes, of services/api as it runs in production beside bare
 * Express with `queue.add`. Both are processes of their own on the same PostgreSQL and Redis; they are measured in
 * turns, on an empty Redis, and the median of the rounds counts. Ours checks the signature, parses and validates
 * the event, wakes the lane with deduplication, counts and logs.
 */
import { randomBytes } from 'node:crypto'
import { fileURLToPath } from 'node:url'

import { freePort, startProcess, type ManagedProcess } from '@hangar/testkit/local'
import { Redis } from 'ioredis'

import { median, rounded, type BenchOptions, type BenchResult } from '../lib/report.ts'
import { startStores, type Stores } from '../lib/stores.ts'
import { WEBHOOK_SECRET } from './deliveries.ts'
import { measure, type Measured } from './load.ts'

const AIMED_RATIO = 0.8
const STEADY_PER_SECOND = 500
const AIMED_P99_MS = 50

const CONNECTIONS = 50
const STEADY_CONNECTIONS = 20

type Side = 'bare' | 'hangar'
type Server = { url: string; process: ManagedProcess }

export async function webhook({ quick, say }: BenchOptions): Promise<BenchResult> {
  const rounds = quick ? 1 : 5
  const seconds = quick ? 1 : 4
  const stores = await startStores()
  const started: Server[] = []
  try {
    const servers: Record<Side, Server> = { bare: await startBare(stores), hangar: await startHangar(stores) }
    started.push(...Object.values(servers))
    const deliveries = await warmUp(stores, servers, seconds)
    say(`${rounds} rounds of ${deliveries} deliveries each, over ${CONNECTIONS} connections`)
    const full: Record<Side, Measured[]> = { bare: [], hangar: [] }
    for (let round = 0; round < rounds; round++) {
      // In turns, and not always the same one first: whatever slows the machine down slows both.
      for (const side of round % 2 === 0 ? (['bare', 'hangar'] as const) : (['hangar', 'bare'] as const)) {
        await flush(stores)
        full[side].push(await measure({ url: servers[side].url, connections: CONNECTIONS, deliveries }))
      }
    }
    say(`${STEADY_PER_SECOND} a second`)
    const steady = await measureSteady(stores, servers, quick ? 1 : 10)
    return resultOf(full, steady)
  } finally {
    await Promise.all(started.map(({ process }) => process.stop()))
    await stores.stop()
  }
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

async function measureSteady(stores: Stores, servers: Record<Side, Server>, seconds: number) {
  const steady = {} as Record<Side, Measured>
  for (const side of ['bare', 'hangar'] as const) {
    await flush(stores)
    steady[side] = await measure({
      url: servers[side].url,
      connections: STEADY_CONNECTIONS,
      deliveries: STEADY_PER_SECOND * seconds,
      rate: STEADY_PER_SECOND,
    })
  }
  return steady
}

function resultOf(full: Record<Side, Measured[]>, steady: Record<Side, Measured>): BenchResult {
  const middle = (side: Side, field: keyof Measured) => median(full[side].map((measured) => measured[field]))
  // Each round's own ratio: a round on a busy machine is busy for both.
  const ratio = median(
    full.hangar.map(({ perSecond }, round) => perSecond / (full.bare[round]?.perSecond ?? 0)),
  )
  const row = (side: Side) => ({
    side,
    'webhooks/s': Math.round(middle(side, 'perSecond')),
    'p50 ms': middle(side, 'p50Ms'),
    'p99 ms': middle(side, 'p99Ms'),
    [`p50 ms at ${STEADY_PER_SECOND}/s`]: steady[side].p50Ms,
    [`p99 ms at ${STEADY_PER_SECOND}/s`]: steady[side].p99Ms,
  })
  return {
    name: 'webhook',
    ratio,
    aimedRatio: AIMED_RATIO,
    numbers: {
      perSecond: Math.round(middle('hangar', 'perSecond')),
      barePerSecond: Math.round(middle('bare', 'perSecond')),
      p50Ms: middle('hangar', 'p50Ms'),
      p99Ms: middle('hangar', 'p99Ms'),
      p99MsAt500: steady.hangar.p99Ms,
      spread: rounded(spread(full.hangar.map(({ perSecond }) => perSecond))),
    },
    rows: [row('bare'), row('hangar')],
    aims: [
      {
        what: `p99 ${steady.hangar.p99Ms} ms at ${STEADY_PER_SECOND} a second, aimed at under ${AIMED_P99_MS} ms`,
        met: steady.hangar.p99Ms < AIMED_P99_MS,
      },
    ],
  }
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
  })
}

async function startServer(name: string, entry: string, env: Record<string, string>): Promise<Server> {
  const port = await freePort()
  const url = `http://127.0.0.1:${port}`
  const settings = { ...env, PORT: String(port), NODE_ENV: 'production' }
  const process = await startProcess({ name, entry, env: settings, readyUrl: `${url}/readyz` })
  return { url, process }
}
