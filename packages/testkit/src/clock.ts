import type { Clock } from '@hangar/core'

type Sleeper = { until: number; wake: () => void }

export type TestClock = Clock & {
  /** Moves the time on and wakes, in order, whoever slept until then. */
  advance(ms: number): Promise<void>
  set(time: Date): void
  /** How many are asleep right now. */
  readonly sleeping: number
  /** Resolves as soon as at least `count` are asleep: the moment from which `advance` reaches them. */
  untilSleeping(count?: number): Promise<void>
}

/** A clock that stands still until it is moved. */
export function testClock(start: Date | string = '2026-01-01T00:00:00.000Z'): TestClock {
  let now = new Date(start).getTime()
  const sleepers = new Set<Sleeper>()
  const waiting = new Set<{ count: number; resolve: () => void }>()

  function sleep(ms: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      signal?.throwIfAborted()
      const end = () => {
        sleepers.delete(sleeper)
        signal?.removeEventListener('abort', onAbort)
      }
      const onAbort = () => {
        end()
        reject(signal?.reason as Error)
      }
      const sleeper: Sleeper = {
        until: now + ms,
        wake: () => {
          end()
          resolve()
        },
      }
      sleepers.add(sleeper)
      signal?.addEventListener('abort', onAbort, { once: true })
      for (const wait of waiting) if (sleepers.size >= wait.count) wait.resolve()
    })
  }

  async function advance(ms: number): Promise<void> {
    const target = now + ms
    for (;;) {
      const next = [...sleepers].sort((a, b) => a.until - b.until)[0]
      if (!next || next.until > target) break
      now = Math.max(now, next.until)
      next.wake()
      // Whoever woke goes on, and may fall asleep again before the target.
      await new Promise((resolve) => setImmediate(resolve))
    }
    now = target
  }

  function untilSleeping(count = 1): Promise<void> {
    if (sleepers.size >= count) return Promise.resolve()
    return new Promise((resolve) => {
      const wait = {
        count,
        resolve: () => {
          waiting.delete(wait)
          resolve()
        },
      }
      waiting.add(wait)
    })
  }

  return {
    now: () => new Date(now),
    sleep,
    advance,
    set: (time) => (now = time.getTime()),
    get sleeping() {
      return sleepers.size
    },
    untilSleeping,
  }
}
