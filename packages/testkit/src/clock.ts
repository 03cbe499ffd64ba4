import type { Clock } from '@hangar/core'

type Sleeper = { untilMs: number; wake: () => void }
type Waiter = { count: number; resolve: () => void }

/** A clock that stands still until it is moved. */
export class TestClock implements Clock {
  #nowMs: number
  readonly #sleepers = new Set<Sleeper>()
  readonly #waiters = new Set<Waiter>()

  constructor(start: Date | string) {
    this.#nowMs = new Date(start).getTime()
  }

  now(): Date {
    return new Date(this.#nowMs)
  }

  set(time: Date): void {
    this.#nowMs = time.getTime()
  }

  /** How many are asleep right now. */
  get sleeping(): number {
    return this.#sleepers.size
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      signal?.throwIfAborted()
      const leave = () => {
        this.#sleepers.delete(sleeper)
        signal?.removeEventListener('abort', onAbort)
      }
      const onAbort = () => {
        leave()
        reject(signal?.reason as Error)
      }
      const wake = () => {
        leave()
        resolve()
      }
      const sleeper: Sleeper = { untilMs: this.#nowMs + ms, wake }
      this.#sleepers.add(sleeper)
      signal?.addEventListener('abort', onAbort, { once: true })
      for (const waiter of this.#waiters) if (this.sleeping >= waiter.count) waiter.resolve()
    })
  }

  /** Moves the time on and wakes, in order, whoever slept until then. */
  async advance(ms: number): Promise<void> {
    const targetMs = this.#nowMs + ms
    for (;;) {
      const next = [...this.#sleepers].sort((a, b) => a.untilMs - b.untilMs)[0]
      if (!next || next.untilMs > targetMs) break
      this.#nowMs = Math.max(this.#nowMs, next.untilMs)
      next.wake()
      // Whoever woke goes on, and may fall asleep again before the target.
      await new Promise((resolve) => setImmediate(resolve))
    }
    this.#nowMs = targetMs
  }

  /** Resolves as soon as at least `count` are asleep: the moment from which `advance` reaches them. */
  untilSleeping(count = 1): Promise<void> {
    if (this.sleeping >= count) return Promise.resolve()
    return new Promise((resolve) => {
      const waiter: Waiter = {
        count,
        resolve: () => {
          this.#waiters.delete(waiter)
          resolve()
        },
      }
      this.#waiters.add(waiter)
    })
  }
}

export function testClock(start: Date | string = '2026-01-01T00:00:00.000Z'): TestClock {
  return new TestClock(start)
}
