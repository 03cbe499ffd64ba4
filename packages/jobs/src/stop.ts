import { systemClock } from '@hangar/core'
import type { Worker } from 'bullmq'

/** The reason a run's signal aborts with when the process is stopping. */
export const SHUTDOWN = 'shutdown'

/**
 * What a worker has in hand, and how each is told to end: BullMQ forgets a run whose job it was given once more, as after a
 * pause in which the lock ran out. While `stopping`, a job that was fetched late is given back without being run.
 */
export type Runs = { readonly running: Map<Promise<void>, AbortController>; stopping: boolean }

/** The part of the deadline kept for aborted runs to write down where they are and give their job back. */
const GIVE_BACK_SHARE = 0.3

/**
 *   fetching ─ pause ─▶ finishing ─ most of the deadline ─▶ aborting ─ the rest ─▶ closed
 *
 * `worker.close()` alone waits without end, and once begun it cannot be forced; so the running jobs are awaited
 * here, and close comes last. A run that ignores its signal is left behind: its lock expires, and the stalled
 * check of another worker picks the job up.
 */
export async function closeWithin(
  worker: Worker,
  deadlineMs: number,
  runs: Runs,
  isConnected: () => boolean,
): Promise<void> {
  const giveBackMs = Math.ceil(deadlineMs * GIVE_BACK_SHARE)
  await within(Promise.all([worker.pause(true), idle(runs)]), deadlineMs - giveBackMs)
  runs.stopping = true
  for (const run of runs.running.values()) run.abort(SHUTDOWN)
  await within(idle(runs), giveBackMs / 2)
  // With nothing left to run, a plain close still flushes what BullMQ has in flight. Without Redis it would hang.
  await within(worker.close(runs.running.size > 0 || !isConnected()), giveBackMs / 2)
}

/** Resolves when no job runs. A worker that was blocked on a read when it was paused may still start one more. */
async function idle({ running }: Runs): Promise<void> {
  while (running.size > 0) await Promise.allSettled(running.keys())
}

/** Waits for `work` to end in any way, at most `timeoutMs`. */
async function within(work: Promise<unknown>, timeoutMs: number): Promise<void> {
  const enough = new AbortController()
  await Promise.race([
    work.catch(() => undefined),
    systemClock.sleep(timeoutMs, enough.signal).catch(() => undefined),
  ])
  enough.abort()
}
