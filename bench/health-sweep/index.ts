/**
 * The worker's health sweep over a fleet that is well, beside the naive way: one request to Fly and one UPDATE for each
 * app. Each side is a process of its own on the same PostgreSQL and the same stand-in, measured in turns after a sweep
 * that lets it compile its code. Fly's rate limits are off for both. Wall time holds what the stand-in needs, which
 * sorts the whole organisation for each page; CPU is the sweep's own process alone.
 */
import { getHeapStatistics } from 'node:v8'

import { startFleet } from '../lib/fleet.ts'
import { askFly, startFly, type Fly } from '../lib/fly.ts'
import { startProgram } from '../lib/program.ts'
import { median, type BenchOptions, type BenchResult } from '../lib/report.ts'
import { startStores } from '../lib/stores.ts'
import { FLY_ORG, FLY_TOKEN, workerEnvironment } from '../lib/worker.ts'
import { resultOf, type SizeResult } from './result.ts'
import { SIDES, type Side } from './sides.ts'
import type { Measured } from './sweep-process.ts'

/** What the stand-in needs for one app while it loads a fleet. */
const STAND_IN_BYTES = 30_000
/** Of each side. A fleet beyond the second figure takes minutes: the naive side has one round there, ours two. */
const ROUNDS = 5
const LARGE = 50_000

type Run = (live?: 'live') => Promise<Measured & { requests: number }>

export async function healthSweep({ quick, say }: BenchOptions): Promise<BenchResult> {
  const sizes = quick ? [200, 1_000] : [1_000, 10_000, largestThatFits(100_000, say)]
  const cleanups: (() => unknown)[] = []
  try {
    const stores = await startStores()
    cleanups.push(() => stores.stop())
    const fly = await startFly({ token: FLY_TOKEN, org: FLY_ORG }, cleanups)
    const environment = { ...workerEnvironment(stores, fly.url), LOG_LEVEL: 'warn' }
    const fleet = await startFleet(environment, fly)
    const results: SizeResult[] = []
    for (const apps of sizes) {
      await fleet.growTo(apps)
      say(`${apps} apps, each side in turn`)
      const rounds = quick ? 1 : apps > LARGE ? 2 : ROUNDS
      results.push(await measureSize(environment, fly, { apps, rounds }))
    }
    return resultOf(results)
  } finally {
    for (const cleanup of cleanups.toReversed()) await cleanup()
  }
}

/** The stand-in's heap is as large as ours may become. */
function largestThatFits(wanted: number, say: (line: string) => void): number {
  const bytes = Math.min(process.availableMemory() / 2, getHeapStatistics().heap_size_limit * 0.9)
  const fits = Math.floor(bytes / STAND_IN_BYTES / 10_000) * 10_000
  if (fits < wanted) say(`${wanted} apps do not fit into this machine's memory; the largest fleet is ${fits}`)
  return Math.min(wanted, fits)
}

async function measureSize(
  environment: Record<string, string>,
  fly: Fly,
  { apps, rounds }: { apps: number; rounds: number },
): Promise<SizeResult> {
  const cleanups: (() => unknown)[] = []
  try {
    const runs = {} as Record<Side, Run>
    for (const side of SIDES) runs[side] = await startSide(side, environment, fly, apps, cleanups)
    const naiveRounds = apps > LARGE ? 1 : rounds
    // A first sweep lets a side compile its code.
    if (rounds > 1) await runs.hangar()
    if (naiveRounds > 1) await runs.naive()
    const measured: Record<Side, Awaited<ReturnType<Run>>[]> = { naive: [], hangar: [] }
    for (let round = 0; round < rounds; round++) {
      for (const side of round % 2 === 0 ? SIDES : SIDES.toReversed())
        if (side === 'hangar' || round < naiveRounds) measured[side].push(await runs[side]())
    }
    const live = await runs.hangar('live')
    const middle = (side: Side, of: (one: (typeof measured)[Side][number]) => number) =>
      median(measured[side].map(of))
    const of = (side: Side) => ({
      requests: middle(side, (one) => one.requests),
      cpuMs: middle(side, (one) => one.cpuMs),
      wallMs: middle(side, (one) => one.wallMs),
      rssMb: Math.max(...measured[side].map((one) => one.rssMb)),
    })
    return { apps, naive: of('naive'), hangar: of('hangar'), liveMb: live.heapMb, keptMb: live.keptMb }
  } finally {
    for (const cleanup of cleanups.toReversed()) await cleanup()
  }
}

async function startSide(
  side: Side,
  environment: Record<string, string>,
  fly: Fly,
  apps: number,
  cleanups: (() => unknown)[],
): Promise<Run> {
  const entry = new URL('./sweep-process.ts', import.meta.url)
  const { url } = await startProgram({ name: side, entry, env: { ...environment, SIDE: side } }, cleanups)
  const countCalls = async () => (await askFly<{ lastSeq: number }>(fly, 'calls?after=1000000000')).lastSeq
  return async (live) => {
    const before = await countCalls()
    const response = await fetch(`${url}/run${live ? '?live' : ''}`, { method: 'POST' })
    if (!response.ok) throw new Error(`${side} failed: ${await response.text()}`)
    const measured = (await response.json()) as Measured
    if (measured.checked !== apps) throw new Error(`${side} looked at ${measured.checked} of ${apps} apps`)
    return { ...measured, requests: (await countCalls()) - before }
  }
}
