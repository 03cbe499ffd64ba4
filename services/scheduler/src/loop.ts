/**
 * A loop that outlives what it depends on.
 *
 *   working ─ the step ended ──▶ resting: what is left of the interval ──▶ working …
 *      └───── the step failed ─▶ backing off: the interval, doubled with each failure in a row ──▶ working …
 *   any ───── the signal aborts ▶ ended, once the step in hand is over
 */
import type { Clock } from '@hangar/core'

export type LoopEvents = {
  onSuccess?: (seconds: number) => void
  onFailure?: (error: unknown, failuresInARow: number) => void
  /** The first success after failures. */
  onRecovery?: (failuresInARow: number) => void
}

export type LoopOptions = LoopEvents & {
  /** From one start to the next, as long as steps succeed. */
  intervalMs: number
  /** The longest pause between failing steps: how long the end of an outage may go unnoticed. Default 5 s. */
  maxBackoffMs?: number
  step: () => Promise<void>
  signal: AbortSignal
  clock: Clock
}

export type Loop = {
  /** Resolves when the loop has ended; never rejects. */
  readonly ended: Promise<void>
  /** Rejects when no step has ended, well or badly, for so long that the loop must be stuck. */
  readonly checkTurning: () => Promise<void>
}

const DEFAULT_MAX_BACKOFF_MS = 5000
/** A step that takes longer than its interval still rests: the loop never keeps a store busy without pause. */
const MIN_REST_SHARE = 0.25
/** A loop that has not turned for this long, on top of its longest pause, is stuck. */
const STUCK_AFTER_MS = 30_000

export function startLoop(options: LoopOptions): Loop {
  const { clock, maxBackoffMs = DEFAULT_MAX_BACKOFF_MS, intervalMs } = options
  let turnedAtMs = clock.now().getTime()

  async function run(): Promise<void> {
    let failuresInARow = 0
    while (!options.signal.aborted) {
      const startedAtMs = clock.now().getTime()
      failuresInARow = await turn(options, failuresInARow)
      turnedAtMs = clock.now().getTime()
      const restMs =
        failuresInARow === 0
          ? Math.max(intervalMs - (turnedAtMs - startedAtMs), intervalMs * MIN_REST_SHARE)
          : backoffMs(intervalMs, maxBackoffMs, failuresInARow)
      await clock.sleep(restMs, options.signal).catch(() => undefined)
    }
  }

  return {
    ended: run(),
    checkTurning: () => {
      const idleMs = clock.now().getTime() - turnedAtMs
      const isStuck = idleMs > intervalMs + maxBackoffMs + STUCK_AFTER_MS
      return isStuck ? Promise.reject(new Error(`no turn for ${idleMs} ms`)) : Promise.resolve()
    },
  }
}

/** One step. Returns how many have failed in a row by now. */
async function turn(options: LoopOptions, failedBefore: number): Promise<number> {
  const startedAtMs = options.clock.now().getTime()
  try {
    await options.step()
  } catch (error) {
    options.onFailure?.(error, failedBefore + 1)
    return failedBefore + 1
  }
  options.onSuccess?.((options.clock.now().getTime() - startedAtMs) / 1000)
  if (failedBefore > 0) options.onRecovery?.(failedBefore)
  return 0
}

/** Doubled with each failure, capped, and spread over its upper half so that replicas do not return in step. */
function backoffMs(intervalMs: number, maxBackoffMs: number, failuresInARow: number): number {
  const fullMs = Math.min(intervalMs * 2 ** Math.min(failuresInARow, 16), maxBackoffMs)
  return fullMs * (0.5 + Math.random() / 2)
}
