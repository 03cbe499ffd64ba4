/** What comes by the clock: the relay, which wakes whom Postgres says is due, and the sweeps of the worker. */
import { DEFAULT_POLICY } from '@hangar/core'
import type { Database, WantSource } from '@hangar/db'
import type { SweepName } from '@hangar/jobs'
import type { Simulation } from './simulation.ts'
import { newActor } from './virtual-time.ts'

/** As services/scheduler asks, where a history has no user too many. */
const BATCH = 1_000
/** So long after the faults what they did may still fail a call: a breaker that is open, a connection that hangs. */
const STILL_FELT_MS = 10_000

export type Intervals = {
  /** Null: no relay. */
  relayMs: number | null
  /** Sweeps that are left out never run. */
  sweepsMs: Partial<Record<SweepName, number>>
  /** Users whom the relay wakes at once. Default 1. */
  wakesAtOnce?: number
}

export class Housekeeping {
  readonly #simulation: Simulation
  readonly #intervals: Intervals
  readonly #actor = newActor('scheduler')
  readonly #db: Database
  /** The writes when the last round found nothing, and when a pause or a lease next ends. */
  #emptyAt = -1
  #nextDueMs = 0
  #calmAtMs = Infinity
  /** Sweeps that ended with an error although nothing was wrong any more. */
  readonly broken: string[] = []

  constructor(simulation: Simulation, intervals: Intervals) {
    this.#simulation = simulation
    this.#intervals = intervals
    this.#db = simulation.databaseFor(this.#actor)
  }

  sweeps(name: SweepName): boolean {
    return this.#intervals.sweepsMs[name] !== undefined
  }

  start(): void {
    const { relayMs, sweepsMs } = this.#intervals
    if (relayMs !== null) this.#every(relayMs, () => this.#relay())
    for (const [name, everyMs] of Object.entries(sweepsMs) as [SweepName, number][])
      this.#every(everyMs, () => this.#sweep(name))
  }

  calm(): void {
    this.#calmAtMs = this.#simulation.time.nowMs
  }

  async raise(user: string, source: WantSource): Promise<void> {
    const { engine } = this.#simulation
    await engine.raiseWant(this.#db, user, source, { enroll: true })
    this.#simulation.wake(user, 'provision', 'a call by hand')
  }

  /** One after the other: a round that takes long puts off the next. */
  #every(intervalMs: number, round: () => Promise<void>): void {
    const { scheduler } = this.#simulation
    scheduler.after(intervalMs, this.#actor, () => {
      void round()
        .catch(() => undefined)
        .finally(() => this.#every(intervalMs, round))
    })
  }

  /** A round that would find nothing, because nothing was written since the last and no pause has ended, is left out. */
  async #relay(): Promise<void> {
    const { sqlClock, time } = this.#simulation
    if (sqlClock.writes === this.#emptyAt && time.nowMs < this.#nextDueMs) return
    // The round may take long: what became due while it was under way is for the next one.
    const { writes } = sqlClock
    const askedAtMs = time.nowMs
    const due = await this.#relayOnce()
    this.#emptyAt = due === 0 ? writes : -1
    if (due === 0)
      this.#nextDueMs = await this.#simulation.scheduler.turn(
        this.#actor,
        'other',
        'looks when to look again',
        () => readNextDueMs(this.#simulation, askedAtMs),
      )
  }

  async #relayOnce(): Promise<number> {
    const { engine, scheduler, lanes } = this.#simulation
    const { paidTiers, payingStatuses } = DEFAULT_POLICY
    const due = await engine.listUsersToWake(this.#db, { paidTiers, payingStatuses, limit: BATCH })
    const wake = ({ userId, lane }: (typeof due)[number]) =>
      scheduler.turn(this.#actor, 'queue', `the relay wakes the ${lane} lane of ${userId.slice(-4)}`, () =>
        lanes.wake({ userId, lane, evenIfBackingOff: true }),
      )
    const { wakesAtOnce = 1 } = this.#intervals
    for (let from = 0; from < due.length; from += wakesAtOnce)
      await Promise.all(due.slice(from, from + wakesAtOnce).map(wake))
    return due.length
  }

  /** A sweep is a job of some worker, which may die or freeze in it: the next one comes all the same. */
  #sweep(name: SweepName): Promise<void> {
    const { engine, workers, trace, time } = this.#simulation
    const worker = workers.find((one) => one.actor.state === 'running')
    if (worker) {
      trace.remark(time.elapsedMs, worker.actor.name, `begins the sweep ${name}`)
      const begunAtMs = time.nowMs
      engine
        .runSweep(worker.deps, name, { signal: new AbortController().signal })
        .catch((error: unknown) => this.#failed(name, begunAtMs, error))
    }
    return Promise.resolve()
  }

  /** Under faults a sweep may fail, for the next comes anyway; a call that was on its way at their end still may. */
  #failed(name: SweepName, begunAtMs: number, error: unknown): void {
    this.#simulation.count('sweep failed')
    if (begunAtMs <= this.#calmAtMs + STILL_FELT_MS) return
    this.broken.push(`the sweep ${name} fails without a fault: ${String(error)}`)
  }
}

async function readNextDueMs(simulation: Simulation, sinceMs: number): Promise<number> {
  simulation.sqlClock.tell()
  const { rows } = await simulation.store.client.query<{ ms: number | null }>(
    `select extract(epoch from min(least(
       case when next_attempt_at > since then next_attempt_at end,
       case when lease_expires_at > since then lease_expires_at end)))::double precision * 1000 as ms
     from hangar.user_work, to_timestamp($1::double precision / 1000) since`,
    [sinceMs],
  )
  return rows[0]?.ms ?? Infinity
}
