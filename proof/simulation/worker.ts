/** The worker's process: takes jobs from the lanes, as many at once as it has slots, and can die and freeze. */
import type { KeyRing, Lane } from '@hangar/core'
import type { Database } from '@hangar/db'
import type { FlyClient } from '@hangar/fly-client'
import type { Outcome } from '@hangar/jobs'
import type { Logger } from '@hangar/runtime'
import type { ReconcileDeps, ReconcileSettings } from '../../services/worker/src/reconcile/deps.ts'
import type { Dice } from './dice.ts'
import type { Job, Lanes } from './queue.ts'
import type { Scheduler } from './scheduler.ts'
import type { Actor } from './virtual-time.ts'

/** BullMQ's lock, and how often it looks for locks that ran out (packages/jobs). */
const LOCK_MS = 15_000
const STALLED_CHECK_MS = 10_000

export type Reconcile = (deps: ReconcileDeps, userId: string, signal: AbortSignal) => Promise<Outcome>

type Run = { job: Job; number: number; abort: AbortController }

export class WorkerProcess {
  readonly actor: Actor
  readonly deps: ReconcileDeps
  readonly #scheduler: Scheduler
  readonly #lanes: Lanes
  readonly #dice: Dice
  readonly #reconcile: Reconcile
  readonly #freed: () => void
  readonly #runs = new Set<Run>()
  readonly #slots: number
  readonly #slotsPerLane: boolean

  constructor(parts: {
    actor: Actor
    db: Database
    fly: FlyClient
    keyRing: KeyRing
    logger: Logger
    settings: ReconcileSettings
    scheduler: Scheduler
    lanes: Lanes
    dice: Dice
    reconcile: Reconcile
    slots: number
    slotsPerLane: boolean
    /** A slot is free again. */
    freed: () => void
  }) {
    const { actor, db, fly, keyRing, logger, settings, dice } = parts
    this.actor = actor
    this.deps = { db, fly, keyRing, logger, settings, owner: actor.name, random: dice.next }
    this.#scheduler = parts.scheduler
    this.#lanes = parts.lanes
    this.#dice = dice
    this.#reconcile = parts.reconcile
    this.#freed = parts.freed
    this.#slots = parts.slots
    this.#slotsPerLane = parts.slotsPerLane
  }

  /** In histories the lanes share the slots: fewer of them make more of what can meet. */
  isFreeFor(lane: Lane): boolean {
    return this.actor.state === 'running' && this.#taken(lane) < this.#slots
  }

  #taken(lane: Lane): number {
    if (!this.#slotsPerLane) return this.#runs.size
    let taken = 0
    for (const { job } of this.#runs) if (job.lane === lane) taken++
    return taken
  }

  /** It has asked for the job already. */
  fetches(job: Job): boolean {
    return [...this.#runs].some((run) => run.job === job && run.number === 0)
  }

  /** Asks for the job; another worker may be faster. */
  fetch(job: Job): void {
    const run: Run = { job, number: 0, abort: new AbortController() }
    this.#runs.add(run)
    this.#work(run).catch((error: unknown) => this.#scheduler.onError(error))
  }

  /** It freezes or is gone: its locks run out, and its jobs go to others. */
  looseLocks(): void {
    for (const run of this.#runs) {
      const afterMs = LOCK_MS + this.#dice.between(0, STALLED_CHECK_MS)
      this.#scheduler.after(afterMs, CLOCKWORK, () => {
        if (run.number === 0 || this.actor.state === 'running') return
        this.#lanes.stalled(run.job, run.number)
      })
    }
  }

  /** After a thaw: whoever lost a lock learns it when it is next renewed. */
  noticeLostLocks(): void {
    for (const run of this.#runs) {
      this.#scheduler.after(this.#dice.between(0, LOCK_MS / 2), this.actor, () => {
        if (run.number > 0 && !this.#lanes.holds(run.job, run.number)) run.abort.abort(new Error('lock lost'))
      })
    }
  }

  async #work(run: Run): Promise<void> {
    const { job } = run
    const what = `${job.lane} job of ${short(job.userId)}`
    const number = await this.#scheduler.turn(this.actor, 'queue', `takes the ${what}`, () =>
      this.#lanes.take(job),
    )
    if (number !== null) {
      run.number = number
      const outcome = await this.#run(run)
      const delay = 'delayMs' in outcome ? ` in ${outcome.delayMs} ms` : ''
      const why = 'reason' in outcome ? `: ${outcome.reason}` : ''
      await this.#scheduler.turn(
        this.actor,
        'queue',
        `settles the ${what}: ${outcome.kind}${delay}${why}`,
        () => this.#lanes.settle(job, number, outcome),
      )
    }
    this.#runs.delete(run)
    this.#freed()
  }

  async #run({ job, abort }: Run): Promise<Outcome> {
    try {
      return await this.#reconcile(this.deps, job.userId, abort.signal)
    } catch (error) {
      if (abort.signal.aborted) return { kind: 'done' }
      // As packages/jobs does with whatever a job throws.
      const delayMs = Math.round(5_000 * (0.5 + this.#dice.next()))
      return { kind: 'retry', delayMs, error: error instanceof Error ? error : new Error(String(error)) }
    }
  }
}

/** Redis's own time goes on whoever stops. */
const CLOCKWORK: Actor = { name: 'redis', state: 'running', held: [] }

const short = (userId: string) => userId.slice(-4)
