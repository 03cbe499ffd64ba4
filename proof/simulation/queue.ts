/**
 * The two lanes, as packages/jobs makes them out of BullMQ: one job for each user and lane, woken early when it is
 * parked and not when it backs off; a wake that comes while it runs makes it run again.
 *
 *   waiting ─ picked ─▶ active ─ done ─▶ gone, or waiting again after a wake meanwhile
 *      ▲                  │    ─ again_after ─▶ parked ─ due, woken ─▶ waiting
 *      │                  │    ─ retry ─▶ backing off ─ due ─▶ waiting
 *      └── stalled: its worker died or froze, and its lock ran out
 */
import type { Lane } from '@hangar/core'
import type { Outcome } from '@hangar/jobs'

type JobState = 'waiting' | 'active' | 'parked' | 'backing_off'

export type Job = {
  readonly lane: Lane
  readonly userId: string
  state: JobState
  /** Counts the runs, so that a run that was taken away is told from the one that took over. */
  run: number
  wokenMeanwhile: boolean
  /** Since when it waits, if it does. */
  sinceMs: number
}

export type WakeTarget = { userId: string; lane: Lane; evenIfBackingOff?: boolean }

export class Lanes {
  /** Those that wait, first come first. Who hands one to a worker may take it out. */
  readonly queues: Readonly<Record<Lane, Set<Job>>> = { provision: new Set(), deprovision: new Set() }
  /** The most jobs that waited at once, and the longest that one did: whoever measures sets them to zero. */
  readonly worst = { waiting: 0, waitedMs: 0 }
  readonly #jobs = new Map<string, Job>()
  readonly #onWaiting: (job: Job) => void
  readonly #nowMs: () => number
  readonly #later: (delayMs: number, run: () => void) => void

  constructor(on: {
    waiting: (job: Job) => void
    later: (delayMs: number, run: () => void) => void
    nowMs: () => number
  }) {
    this.#onWaiting = on.waiting
    this.#nowMs = on.nowMs
    this.#later = on.later
  }

  get jobs(): Job[] {
    return [...this.#jobs.values()]
  }

  get idle(): boolean {
    return this.jobs.every((job) => job.state === 'parked' || job.state === 'backing_off')
  }

  wake({ userId, lane, evenIfBackingOff = false }: WakeTarget): 'added' | 'coalesced' | 'promoted' {
    const job = this.#jobs.get(keyOf(lane, userId))
    if (!job) {
      const added: Job = { lane, userId, state: 'waiting', run: 0, wokenMeanwhile: false, sinceMs: 0 }
      this.#jobs.set(keyOf(lane, userId), added)
      this.#enqueue(added)
      return 'added'
    }
    if (job.state === 'active') job.wokenMeanwhile = true
    if (job.state === 'parked' || (job.state === 'backing_off' && evenIfBackingOff)) {
      this.#makeWait(job)
      return 'promoted'
    }
    return 'coalesced'
  }

  /** Null when somebody else was faster, or the job is no more. */
  take(job: Job): number | null {
    if (!this.#has(job) || job.state !== 'waiting') return null
    job.state = 'active'
    this.worst.waitedMs = Math.max(this.worst.waitedMs, this.#nowMs() - job.sinceMs)
    this.queues[job.lane].delete(job)
    return ++job.run
  }

  /** Carries out what a run came to; nothing, if the run was taken away from whoever says so. */
  settle(job: Job, run: number, outcome: Outcome): void {
    if (!this.#has(job) || job.state !== 'active' || job.run !== run) return
    switch (outcome.kind) {
      case 'again_after':
        this.#delay(job, 'parked', outcome.delayMs)
        if (job.wokenMeanwhile) this.#makeWait(job)
        return
      case 'retry':
        this.#delay(job, 'backing_off', outcome.delayMs)
        return
      case 'done':
        if (outcome.again === true) {
          this.#delay(job, 'parked', 0)
          return
        }
        this.#finish(job)
        return
      case 'never':
        this.#finish(job)
    }
  }

  /** Its worker gives no sign of life: the next one takes it. */
  stalled(job: Job, run: number): boolean {
    if (!this.#has(job) || job.state !== 'active' || job.run !== run) return false
    this.#makeWait(job)
    return true
  }

  holds(job: Job, run: number): boolean {
    return this.#has(job) && job.state === 'active' && job.run === run
  }

  /** Redis was flushed. */
  flush(): void {
    this.#jobs.clear()
    for (const queue of Object.values(this.queues)) queue.clear()
  }

  #has(job: Job): boolean {
    return this.#jobs.get(keyOf(job.lane, job.userId)) === job
  }

  #finish(job: Job): void {
    this.#jobs.delete(keyOf(job.lane, job.userId))
    if (job.wokenMeanwhile) this.wake(job)
  }

  #delay(job: Job, state: 'parked' | 'backing_off', delayMs: number): void {
    job.state = state
    const { run } = job
    this.#later(delayMs, () => {
      if (this.#has(job) && job.state === state && job.run === run) this.#makeWait(job)
    })
  }

  #makeWait(job: Job): void {
    job.state = 'waiting'
    job.wokenMeanwhile = false
    this.#enqueue(job)
  }

  #enqueue(job: Job): void {
    const { provision, deprovision } = this.queues
    job.sinceMs = this.#nowMs()
    this.queues[job.lane].add(job)
    this.worst.waiting = Math.max(this.worst.waiting, provision.size + deprovision.size)
    this.#onWaiting(job)
  }
}

const keyOf = (lane: Lane, userId: string) => `${lane} ${userId}`
