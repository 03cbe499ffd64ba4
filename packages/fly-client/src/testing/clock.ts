import type { Clock } from '../clock.ts'

export interface QuickClock extends Clock {
  /** Every sleep asked for, in order. */
  readonly pauses: number[]
  readonly elapsedMs: number
  advance(ms: number): void
}

/** A clock on which a sleep takes no time and moves the clock on by as much. */
export function quickClock(): QuickClock {
  const startedAt = Date.parse('2026-01-01T00:00:00Z')
  let elapsedMs = 0
  const pauses: number[] = []
  return {
    pauses,
    get elapsedMs() {
      return elapsedMs
    },
    now: () => new Date(startedAt + elapsedMs),
    advance: (ms) => void (elapsedMs += ms),
    sleep: async (ms, signal) => {
      signal?.throwIfAborted()
      pauses.push(ms)
      elapsedMs += ms
      await new Promise((resolve) => setImmediate(resolve))
      signal?.throwIfAborted()
    },
  }
}
