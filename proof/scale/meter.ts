/** What a phase of a fleet's life takes: of time, of Fly, of PostgreSQL, and of those who wait. */
import type { Outcome } from '@hangar/jobs'
import type { Engine } from '../simulation/engine.ts'
import { ENGINE } from '../simulation/engine.ts'
import type { Simulation } from '../simulation/simulation.ts'

export type Figures = {
  virtualMs: number
  /** Requests to Fly, by operation. */
  requests: ReadonlyMap<string, number>
  /** How many of those were answered with 429. */
  tooMany: number
  /** Statements, by who sent them: worker, api, scheduler. Those of resting apps' heartbeats are not among them. */
  statements: ReadonlyMap<string, number>
  /** Runs of the engine, and how long they held slots. */
  runs: number
  slotMs: number
  mostWaiting: number
  longestQueuedMs: number
  realMs: number
  cpuMs: number
}

export class Meter {
  #simulation: Simulation | undefined
  #runs = 0
  #slotMs = 0

  /** The engine's own, timed. */
  readonly reconcile: Engine['reconcile'] = async (deps, userId, signal): Promise<Outcome> => {
    const time = this.#simulation?.time
    const startedAtMs = time?.nowMs ?? 0
    try {
      return await ENGINE.reconcile(deps, userId, signal)
    } finally {
      this.#runs++
      this.#slotMs += (time?.nowMs ?? 0) - startedAtMs
    }
  }

  attach(simulation: Simulation): void {
    this.#simulation = simulation
  }

  /** Begins a phase; what is returned ends it. What was asked of the apps named there is left out. */
  begin(): (without?: ReadonlySet<string>) => Figures {
    const simulation = this.#simulation
    if (!simulation) throw new Error('the meter is attached to nothing')
    const { lanes, memory, sqlClock, time } = simulation
    const lastCall = memory.sim.calls.lastSeq
    const statements = byRole(sqlClock.statements)
    const [runs, slotMs, virtualMs] = [this.#runs, this.#slotMs, time.nowMs]
    const [realMs, cpu] = [performance.now(), process.cpuUsage()]
    Object.assign(lanes.worst, { waiting: 0, waitedMs: 0 })
    return (without = NONE) => {
      const calls = memory.sim.calls.list({ after: lastCall }).filter(({ app }) => !without.has(app ?? ''))
      const used = process.cpuUsage(cpu)
      return {
        virtualMs: time.nowMs - virtualMs,
        requests: countBy(calls, ({ operation }) => operation),
        tooMany: calls.filter(({ status }) => status === 429).length,
        statements: difference(byRole(sqlClock.statements), statements),
        runs: this.#runs - runs,
        slotMs: this.#slotMs - slotMs,
        mostWaiting: lanes.worst.waiting,
        longestQueuedMs: lanes.worst.waitedMs,
        realMs: performance.now() - realMs,
        cpuMs: (used.user + used.system) / 1000,
      }
    }
  }
}

const NONE: ReadonlySet<string> = new Set()

/** `worker-1` and `worker-2` are one: the worker. */
function byRole(statements: ReadonlyMap<string, number>): Map<string, number> {
  const sums = new Map<string, number>()
  for (const [actor, count] of statements) {
    const role = actor.replace(/-.*/, '')
    sums.set(role, (sums.get(role) ?? 0) + count)
  }
  return sums
}

function difference(
  now: ReadonlyMap<string, number>,
  before: ReadonlyMap<string, number>,
): Map<string, number> {
  return new Map([...now].map(([key, count]) => [key, count - (before.get(key) ?? 0)]))
}

function countBy<T>(items: readonly T[], key: (item: T) => string): Map<string, number> {
  const counts = new Map<string, number>()
  for (const item of items) counts.set(key(item), (counts.get(key(item)) ?? 0) + 1)
  return counts
}

export function sumOf(counts: ReadonlyMap<string, number>): number {
  return [...counts.values()].reduce((sum, count) => sum + count, 0)
}
