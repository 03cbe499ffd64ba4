/**
 * What the shim takes in: heartbeats of 10,000 apps (334 a second, one each 30 s) and signals in batches of 500, of
 * services/api as it runs in production, beside bare Express and pg with the least SQL that stores the same rows. Both
 * are processes of their own on the same PostgreSQL, measured in turns. Ours derives and compares each app's token,
 * looks up its row and machine, compares what it runs with what it is to run, refuses what is not its user's, and
 * keeps a receipt for each signal. CPU is that of the server's process alone, as the kernel counts it.
 */
import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'

import { freePort, startProcess, type ManagedProcess } from '@hangar/testkit/local'

import { median, rounded, type BenchOptions, type BenchResult } from '../lib/report.ts'
import { startStores, type Stores } from '../lib/stores.ts'
import { makeFleet, MASTER_KEY, type FleetApp } from './fleet.ts'
import { sendBatches, sendHeartbeats, type Measured } from './load.ts'

const HEARTBEATS_PER_SECOND = 334
const AIMED_CORE_SHARE = 0.25
const AIMED_SIGNALS_PER_SECOND = 5_000
const AIMED_RATIO = 0.5

type Side = 'bare' | 'hangar'
const SIDES = ['bare', 'hangar'] as const
type Server = { url: string; pid: number; process: ManagedProcess }

export async function shim({ quick, say }: BenchOptions): Promise<BenchResult> {
  const stores = await startStores()
  const started: Server[] = []
  try {
    const fleet = await makeFleet(stores.databaseUrl, quick ? 50 : 2_000)
    for (const side of SIDES) started.push(await startSide(side, stores))
    const [bare, hangar] = started as [Server, Server]
    const servers: Record<Side, Server> = { bare, hangar }
    const seconds = quick ? 1 : 10
    say(
      `${HEARTBEATS_PER_SECOND} heartbeats a second for ${seconds} s from ${fleet.length} apps, each side in turn`,
    )
    const beats = await inTurns(servers, quick ? 1 : 3, (server) => steady(server, fleet, seconds))
    const batches = quick ? 4 : 60
    say(`${batches} batches of 500 signals, each side in turn`)
    const signals = await inTurns(servers, quick ? 1 : 5, (server) => sendBatches(server.url, fleet, batches))
    return resultOf(beats, signals)
  } finally {
    await Promise.all(started.map((server) => server.process.stop()))
    await stores.stop()
  }
}

type Steady = Measured & { coreShare: number }

async function steady(server: Server, fleet: readonly FleetApp[], seconds: number): Promise<Steady> {
  const load = (some: number) =>
    sendHeartbeats(server.url, fleet, { perSecond: HEARTBEATS_PER_SECOND, seconds: some })
  // Lets it compile its code.
  await load(Math.min(3, seconds))
  const before = await cpuSeconds(server.pid)
  const startedAt = performance.now()
  const measured = await load(seconds)
  const coreShare = ((await cpuSeconds(server.pid)) - before) / ((performance.now() - startedAt) / 1000)
  return { ...measured, coreShare }
}

/** In units of a hundredth of a second: what proc(5) says of user and system time. */
async function cpuSeconds(pid: number): Promise<number> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8')
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return (Number(fields[11]) + Number(fields[12])) / 100
}

/** One after the other, and not always the same one first: whatever slows the machine down slows both. */
async function inTurns<T>(
  servers: Record<Side, Server>,
  rounds: number,
  measure: (server: Server) => Promise<T>,
): Promise<Record<Side, T[]>> {
  const measured: Record<Side, T[]> = { bare: [], hangar: [] }
  for (let round = 0; round < rounds; round++)
    for (const side of round % 2 === 0 ? SIDES : SIDES.toReversed())
      measured[side].push(await measure(servers[side]))
  return measured
}

function resultOf(beats: Record<Side, Steady[]>, signals: Record<Side, Measured[]>): BenchResult {
  const middle = <T>(all: readonly T[], value: (one: T) => number) => median(all.map(value))
  const perSecond = (side: Side) => Math.round(middle(signals[side], (one) => one.perSecond))
  const share = (side: Side) => middle(beats[side], (one) => one.coreShare)
  const row = (side: Side) => ({
    side,
    'heartbeats/s': HEARTBEATS_PER_SECOND,
    '% of a core': rounded(share(side) * 100, 1),
    'p99 ms': rounded(middle(beats[side], (one) => one.p99Ms)),
    'signals/s': perSecond(side),
    'batch p99 ms': rounded(middle(signals[side], (one) => one.p99Ms)),
  })
  const coreShare = share('hangar')
  return {
    name: 'shim',
    ratio: perSecond('hangar') / perSecond('bare'),
    aimedRatio: AIMED_RATIO,
    numbers: {
      heartbeatCorePercent: rounded(coreShare * 100, 1),
      bareHeartbeatCorePercent: rounded(share('bare') * 100, 1),
      heartbeatP99Ms: rounded(middle(beats.hangar, (one) => one.p99Ms)),
      signalsPerSecond: perSecond('hangar'),
      bareSignalsPerSecond: perSecond('bare'),
      batchP99Ms: rounded(middle(signals.hangar, (one) => one.p99Ms)),
    },
    rows: SIDES.map(row),
    aims: [
      {
        what: `${HEARTBEATS_PER_SECOND} heartbeats a second take ${rounded(coreShare * 100, 1)} % of a core of the API, aimed at under ${AIMED_CORE_SHARE * 100} %`,
        met: coreShare < AIMED_CORE_SHARE,
      },
      {
        what: `${perSecond('hangar')} signals a second in batches of 500, aimed at ${AIMED_SIGNALS_PER_SECOND}`,
        met: perSecond('hangar') >= AIMED_SIGNALS_PER_SECOND,
      },
    ],
  }
}

const ENTRIES: Record<Side, URL> = {
  bare: new URL('./bare-server.ts', import.meta.url),
  hangar: new URL('../../services/api/src/main.ts', import.meta.url),
}

/** Every setting that is not needed keeps its default, the log level too. */
async function startSide(side: Side, stores: Stores): Promise<Server> {
  const port = await freePort()
  const url = `http://127.0.0.1:${port}`
  const env = {
    DATABASE_URL: stores.databaseUrl,
    REDIS_URL: stores.redisUrl,
    HANGAR_PUBLIC_URL: url,
    HANGAR_MASTER_KEY: MASTER_KEY,
    HANGAR_WEBHOOK_SHARED_SECRET: 'not-used-in-this-run',
    SUPABASE_SERVICE_ROLE_KEY: 'not-used-in-this-run',
    PLACEMENT_HANDOVER: 'immediate',
    PORT: String(port),
    NODE_ENV: 'production',
  }
  const entry = fileURLToPath(ENTRIES[side])
  const process = await startProcess({ name: side, entry, env, readyUrl: `${url}/readyz` })
  return { url, pid: process.pid, process }
}
