/**
 * The one clock of a simulation: PostgreSQL, Fly, the engine and everything around them tell the time by it. It moves
 * only when the scheduler moves it. A timer belongs to the process that set it, so that a frozen process's timers
 * wait and a dead one's never come.
 */
import type { SimClock } from '@hangar/fly-sim'
import { Heap } from './heap.ts'

/** Who runs: a worker, the API, the scheduler, an app, Fly, the host product. */
export type Actor = {
  readonly name: string
  state: 'running' | 'frozen' | 'dead'
  /** What would have happened to it while it was frozen, in order. */
  readonly held: (() => void)[]
}

export function newActor(name: string): Actor {
  return { name, state: 'running', held: [] }
}

export type VirtualTimer = { dueMs: number; order: number; owner: Actor; run: () => void; cancelled: boolean }

/** Where every history begins. */
const EPOCH_MS = Date.UTC(2026, 2, 1, 12)

export class VirtualTime {
  nowMs = EPOCH_MS
  /** Of two for the same moment, the one that was set first. */
  readonly #timers = new Heap<VirtualTimer>((a, b) => a.dueMs - b.dueMs || a.order - b.order)
  #order = 0

  get elapsedMs(): number {
    return this.nowMs - EPOCH_MS
  }

  after(delayMs: number, owner: Actor, run: () => void): VirtualTimer {
    const timer = {
      dueMs: this.nowMs + Math.max(0, Math.ceil(delayMs)),
      order: this.#order++,
      owner,
      run,
      cancelled: false,
    }
    this.#timers.add(timer)
    return timer
  }

  /** The next timer whose time has come, taken out. */
  takeDue(): VirtualTimer | null {
    for (;;) {
      const first = this.#timers.first
      if (first === undefined || first.dueMs > this.nowMs) return null
      this.#timers.takeFirst()
      if (!first.cancelled && first.owner.state !== 'dead') return first
    }
  }

  /** Moves on to the next timer, but not beyond `limitMs`. False when there is none before that. */
  skip(limitMs: number): boolean {
    for (;;) {
      const first = this.#timers.first
      if (first === undefined || first.dueMs > limitMs) break
      if (first.cancelled || first.owner.state === 'dead') {
        this.#timers.takeFirst()
        continue
      }
      this.nowMs = Math.max(this.nowMs, first.dueMs)
      return true
    }
    this.nowMs = Math.max(this.nowMs, limitMs)
    return false
  }

  /** Fly's stand-in on this clock. */
  forFly(fly: Actor): SimClock {
    return {
      mode: 'virtual',
      nowMs: () => this.nowMs,
      after: (delayMs, run) => {
        const timer = this.after(delayMs, fly, run)
        return { cancel: () => void (timer.cancelled = true) }
      },
      jump: () => undefined,
      advance: () => Promise.reject(new Error('the scheduler alone moves the time')),
      pendingTimers: () => this.#timers.size,
      nextTimerInMs: () => (this.#timers.first ? this.#timers.first.dueMs - this.nowMs : null),
      stop: () => undefined,
    }
  }
}
