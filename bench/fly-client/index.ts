/**
 * Calls a second, and CPU for each, of packages/fly-client on a Fly without delays and limits, beside the same
 * calls by bare undici with the same connection settings, and by Supabase's fly-admin. Each side is a process of
 * its own; they are measured in many short turns. On one machine the stand-in's own work bounds calls a second,
 * which brings the sides closer together; CPU for a call shows the whole difference.
 */
import { fileURLToPath } from 'node:url'

import { freePort, startProcess } from '@hangar/testkit/local'

import { startFly } from '../lib/fly.ts'
import { median, rounded, type BenchOptions, type BenchResult } from '../lib/report.ts'
import {
  CONCURRENCY,
  FLY_ORG,
  FLY_TOKEN,
  MACHINES_EACH,
  type Measured,
  type Targets,
  type Turn,
} from './settings.ts'
import { MACHINE_CONFIG, OPERATIONS, SIDES, type OperationName, type Side } from './sides.ts'
import { measureReads } from './stand-in.ts'

const AIMED_RATIO = 0.85
const AIMED_READS_PER_SECOND = 5000

type Rounds = Record<Side, Measured[]>
type Runner = (turn: Turn) => Promise<Measured>

export async function flyClient({ quick, say }: BenchOptions): Promise<BenchResult> {
  const rounds = quick ? 1 : 15
  const forMs = quick ? 100 : 300
  const cleanups: (() => unknown)[] = []
  try {
    const { url: fly } = await startFly({ token: FLY_TOKEN, org: FLY_ORG }, cleanups)
    const runners = {} as Record<Side, Runner>
    for (const side of SIDES) {
      runners[side] = await startSide(side, fly, await createTargets(fly, `bench-${side}`), cleanups)
    }
    for (const operation of OPERATIONS) {
      for (const side of SIDES) await runners[side]({ operation, forMs: quick ? 100 : 1000 })
    }
    say(`${rounds} rounds of ${forMs} ms for each side and operation, ${CONCURRENCY} calls at once`)
    const measured = {} as Record<OperationName, Rounds>
    for (const operation of OPERATIONS) measured[operation] = await inTurns(runners, operation, rounds, forMs)
    say('the stand-in by itself')
    const readsPerSecond = await measureReads(fly, await createTargets(fly, 'bench-reads'), {
      turns: quick ? 1 : 9,
      forMs: quick ? 200 : 1000,
    })
    return resultOf(measured, readsPerSecond)
  } finally {
    for (const cleanup of cleanups.toReversed()) await cleanup()
  }
}

/** One after the other, each as often first as the others: whatever slows the machine down slows all. */
async function inTurns(
  runners: Record<Side, Runner>,
  operation: OperationName,
  rounds: number,
  forMs: number,
): Promise<Rounds> {
  const measured: Rounds = { bare: [], 'fly-client': [], 'fly-admin': [] }
  for (let round = 0; round < rounds; round++) {
    const first = round % SIDES.length
    for (const side of [...SIDES.slice(first), ...SIDES.slice(0, first)]) {
      measured[side].push(await runners[side]({ operation, forMs }))
    }
  }
  return measured
}

/** Machines that never start: an update of one that runs would measure how it stops. */
async function createTargets(url: string, app: string): Promise<Targets> {
  const post = async (path: string, body: unknown) => {
    const headers = { authorization: `Bearer ${FLY_TOKEN}`, 'content-type': 'application/json' }
    const answer = await fetch(`${url}/v1/apps${path}`, {
      method: 'POST',
      headers,
      body: JSON.stringify(body),
    })
    if (!answer.ok) throw new Error(`POST ${path} answered ${answer.status}: ${await answer.text()}`)
    return (await answer.json()) as { id: string }
  }
  await post('', { app_name: app, org_slug: FLY_ORG })
  const create = async (name: string) =>
    (await post(`/${app}/machines`, { name, region: 'iad', config: MACHINE_CONFIG, skip_launch: true })).id
  const machineIds = await Promise.all(
    Array.from({ length: CONCURRENCY }, async (_, caller) => {
      const ids: string[] = []
      for (let number = 1; number <= MACHINES_EACH; number++) ids.push(await create(`m-${caller}-${number}`))
      return ids
    }),
  )
  return { app, machineIds }
}

async function startSide(
  side: Side,
  fly: string,
  targets: Targets,
  cleanups: (() => unknown)[],
): Promise<Runner> {
  const port = await freePort()
  const url = `http://127.0.0.1:${port}`
  const entry = fileURLToPath(new URL('./side-process.ts', import.meta.url))
  const env = {
    SIDE: side,
    FLY_API_BASE_URL: fly,
    TARGETS: JSON.stringify(targets),
    PORT: String(port),
    NODE_ENV: 'production',
  }
  const program = await startProcess({ name: side, entry, env, readyUrl: url })
  cleanups.push(() => program.stop())
  return async (turn) => {
    const response = await fetch(`${url}/run`, { method: 'POST', body: JSON.stringify(turn) })
    if (!response.ok) throw new Error(`${side} failed: ${await response.text()}`)
    return (await response.json()) as Measured
  }
}

function resultOf(measured: Record<OperationName, Rounds>, readsPerSecond: number): BenchResult {
  const ratios = OPERATIONS.map((operation) => ({ operation, ...ratiosOf(measured[operation]) }))
  const worst = (field: 'ofBare' | 'cpuOfBare' | 'ofAdmin' | 'cpuOfAdmin') =>
    Math.min(...ratios.map((ratio) => ratio[field]))
  return {
    name: 'fly-client',
    ratio: worst('ofBare'),
    aimedRatio: AIMED_RATIO,
    numbers: {
      cpuRatio: rounded(worst('cpuOfBare')),
      flyAdminRatio: rounded(worst('ofAdmin')),
      standInReadsPerSecond: Math.round(readsPerSecond),
    },
    rows: OPERATIONS.flatMap((operation) => rowsOf(operation, measured[operation])),
    aims: [
      {
        what: `${rounded(worst('cpuOfBare'))} of bare by CPU, aimed at ${AIMED_RATIO}`,
        met: worst('cpuOfBare') >= AIMED_RATIO,
      },
      {
        what: `${rounded(worst('ofAdmin'))} of fly-admin, ${rounded(worst('cpuOfAdmin'))} by CPU, aimed at over 1`,
        met: worst('ofAdmin') > 1 && worst('cpuOfAdmin') > 1,
      },
      {
        what: `${Math.round(readsPerSecond)} reads a second from the stand-in, aimed at ${AIMED_READS_PER_SECOND}`,
        met: readsPerSecond >= AIMED_READS_PER_SECOND,
      },
    ],
  }
}

function rowsOf(operation: OperationName, rounds: Rounds): Record<string, string | number>[] {
  return SIDES.map((side) => ({
    operation,
    side,
    'calls/s': Math.round(median(rounds[side].map(({ perSecond }) => perSecond))),
    'of bare': rounded(ratio(rounds, side, 'bare', ({ perSecond }) => perSecond)),
    'CPU µs/call': Math.round(median(rounds[side].map(({ cpuUs }) => cpuUs))),
    'of bare by CPU': rounded(ratio(rounds, side, 'bare', callsPerCpu)),
  }))
}

const callsPerCpu = ({ cpuUs }: Measured) => 1 / cpuUs

function ratiosOf(rounds: Rounds) {
  return {
    ofBare: ratio(rounds, 'fly-client', 'bare', ({ perSecond }) => perSecond),
    cpuOfBare: ratio(rounds, 'fly-client', 'bare', callsPerCpu),
    ofAdmin: ratio(rounds, 'fly-client', 'fly-admin', ({ perSecond }) => perSecond),
    cpuOfAdmin: ratio(rounds, 'fly-client', 'fly-admin', callsPerCpu),
  }
}

/** The median of what each round shows for itself. Above 1 is better than the peer. */
function ratio(rounds: Rounds, side: Side, peer: Side, of: (measured: Measured) => number): number {
  return median(rounds[side].map((measured, round) => of(measured) / of(rounds[peer][round] as Measured)))
}
