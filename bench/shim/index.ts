/**
 * What the shim takes in: heartbeats of 10,000 apps (334 a second, one each 30 s) and signals in batches of 500, of
 * services/api as it runs in production, beside bare Express and pg with the least SQL that stores the same rows. Both
 * are processes of their own on the same PostgreSQL, measured in turns. Ours derives and compares each app's token,
 * looks up its row and machine, compares what it runs with what it is to run, refuses what is not its user's, and
 * keeps a receipt for each signal. All apps have bootstrapped, so that a heartbeat is answered as in life, with nothing to
 * do; and there are receipts of a day and a half. CPU of the API and of PostgreSQL are told apart, as the kernel counts it.
 */
import { fileURLToPath } from 'node:url'

import { freePort, startProcess, type ManagedProcess } from '@hangar/testkit/local'

import { median, rounded, type BenchOptions, type BenchResult } from '../lib/report.ts'
import { startStores, type Stores } from '../lib/stores.ts'
import { cpuSeconds, treeCpuSeconds } from './cpu.ts'
import { makeFleet, MASTER_KEY, postmasterPid, type FleetApp } from './fleet.ts'
import { sendBatches, sendBootstraps, sendHeartbeats, type Measured } from './load.ts'

const HEARTBEATS_PER_SECOND = 334
const AIMED_CORE_SHARE = 0.25
const AIMED_SIGNALS_PER_SECOND = 5_000
const AIMED_RATIO = 0.5
/** A database pool's worth would only queue. */
const APPS_AT_ONCE = 4

const WHOLE = { apps: 10_000, receipts: 300_000 }

type Side = 'bare' | 'hangar'
const SIDES = ['bare', 'hangar'] as const
type Server = { url: string; pid: number; process: ManagedProcess }

export async function shim({ quick, say }: BenchOptions): Promise<BenchResult> {
  const stores = await startStores()
  const started: Server[] = []
  try {
    const fleet = await makeFleet(stores.databaseUrl, quick ? { apps: 50, receipts: 1_000 } : WHOLE)
    const postmaster = await postmasterPid(stores.databaseUrl)
    for (const side of SIDES) started.push(await startSide(side, stores))
    const [bare, hangar] = started as [Server, Server]
    const servers: Record<Side, Server> = { bare, hangar }
    const seconds = quick ? 1 : 10
    say(`${fleet.length} apps ask what to run`)
    await sendBootstraps(hangar.url, fleet)
    say(
      `${HEARTBEATS_PER_SECOND} heartbeats a second for ${seconds} s from ${fleet.length} apps, each side in turn`,
    )
    const beats = await inTurns(servers, quick ? 1 : 3, (server) =>
      steady(server, { fleet, seconds, postmaster }),
    )
    const batches = quick ? 4 : 60
    const rounds = quick ? 1 : 5
    const send = (apps: number) => (server: Server) => sendBatches(server.url, fleet, { batches, apps })
    say(`${batches} batches of 500 signals from ${APPS_AT_ONCE} apps at once, each side in turn`)
    const signals = await inTurns(servers, rounds, send(APPS_AT_ONCE))
    say(`${batches} batches of 500 signals from one app, one after the other, each side in turn`)
    const alone = await inTurns(servers, rounds, send(1))
    return resultOf(beats, signals, alone)
  } finally {
    await Promise.all(started.map((server) => server.process.stop()))
    await stores.stop()
  }
}

type Steady = Measured & { coreShare: number; postgresShare: number }
type Load = { fleet: readonly FleetApp[]; seconds: number; postmaster: number }

async function steady(server: Server, { fleet, seconds, postmaster }: Load): Promise<Steady> {
  const load = (some: number) =>
    sendHeartbeats(server.url, fleet, { perSecond: HEARTBEATS_PER_SECOND, seconds: some })
  // Lets it compile its code.
  await load(Math.min(3, seconds))
  const before = { api: await cpuSeconds(server.pid), postgres: await treeCpuSeconds(postmaster) }
  const startedAt = performance.now()
  const measured = await load(seconds)
  const tookSeconds = (performance.now() - startedAt) / 1000
  const coreShare = ((await cpuSeconds(server.pid)) - before.api) / tookSeconds
  const postgresShare = ((await treeCpuSeconds(postmaster)) - before.postgres) / tookSeconds
  return { ...measured, coreShare, postgresShare }
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

function resultOf(
  beats: Record<Side, Steady[]>,
  signals: Record<Side, Measured[]>,
  alone: Record<Side, Measured[]>,
): BenchResult {
  const middle = <T>(all: readonly T[], value: (one: T) => number) => median(all.map(value))
  const perSecond = (side: Side) => Math.round(middle(signals[side], (one) => one.perSecond))
  const aloneOf = (side: Side) => Math.round(middle(alone[side], (one) => one.perSecond))
  const postgres = (side: Side) => rounded(middle(beats[side], (one) => one.postgresShare) * 100, 1)
  const share = (side: Side) => middle(beats[side], (one) => one.coreShare)
  const row = (side: Side) => ({
    side,
    'heartbeats/s': HEARTBEATS_PER_SECOND,
    '% of a core': rounded(share(side) * 100, 1),
    '% in PostgreSQL': postgres(side),
    'p99 ms': rounded(middle(beats[side], (one) => one.p99Ms)),
    'signals/s': perSecond(side),
    'signals/s, one app': aloneOf(side),
    'batch p99 ms': rounded(middle(signals[side], (one) => one.p99Ms)),
  })
  const coreShare = share('hangar')
  return {
    name: 'shim',
    ratio: perSecond('hangar') / perSecond('bare'),
    aimedRatio: AIMED_RATIO,
    numbers: {
      heartbeatCorePercent: rounded(coreShare * 100, 1),
      heartbeatPostgresCorePercent: postgres('hangar'),
      bareHeartbeatCorePercent: rounded(share('bare') * 100, 1),
      heartbeatP99Ms: rounded(middle(beats.hangar, (one) => one.p99Ms)),
      signalsPerSecond: perSecond('hangar'),
      signalsPerSecondOneApp: aloneOf('hangar'),
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
