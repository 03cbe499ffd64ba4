import { systemClock } from '@hangar/core'
import { DelayedError, UnrecoverableError, type Job } from 'bullmq'

/**
 * What one run of a job came to. There are four, and one switch maps them to BullMQ:
 *
 *   done         finished; with `again`, something newer is wanted already, and the job runs once more at once
 *   again_after  nothing failed, but there is something to wait for: the job is parked and holds no slot
 *   retry        it failed and may work later: the job backs off for `delayMs`
 *   never        it failed and no repetition can help
 */
export type Outcome =
  | { kind: 'done'; again?: boolean }
  | { kind: 'again_after'; delayMs: number; reason: string }
  | { kind: 'retry'; delayMs: number; error: Error }
  | { kind: 'never'; error: Error }

/**
 * Why a delayed job waits, kept as the job's progress. A parked job may be woken early by anyone who knows of
 * news (a heartbeat, a webhook); one that backs off may not, or a chatty user would use up the attempts.
 */
export type Waiting = { waiting: 'parked' | 'backing_off'; reason: string }

/** Thrown to make BullMQ retry; `backoffStrategy` reads the delay from it. */
export class RetryError extends Error {
  override readonly name = 'RetryError'
  readonly delayMs: number

  constructor(cause: Error, delayMs: number) {
    super(cause.message, { cause })
    this.delayMs = delayMs
  }
}

/** The pause after a failure nobody foresaw (Postgres away, a bug): long enough not to spin, spread to not pile up. */
const UNFORESEEN_RETRY_MS = 5000

export function unforeseenRetryDelayMs(): number {
  return Math.round(UNFORESEEN_RETRY_MS * (0.5 + Math.random()))
}

/** BullMQ's custom backoff: the delay that the outcome asked for. */
export function backoffStrategy(_attemptsMade: number, _type?: string, error?: Error): number {
  return error instanceof RetryError ? error.delayMs : unforeseenRetryDelayMs()
}

/** Carries out an outcome. Returns for `done`; for the others it throws what tells BullMQ to leave the job alone or fail it. */
export async function settle(job: Job, token: string, outcome: Outcome): Promise<void> {
  switch (outcome.kind) {
    case 'done':
      // Through the delayed set, not to the head of the line: a user that flips without end delays nobody.
      if (outcome.again === true) return park(job, token, 0, 'more is wanted already')
      return
    case 'again_after':
      return park(job, token, outcome.delayMs, outcome.reason)
    case 'retry':
      await job.updateProgress({ waiting: 'backing_off', reason: outcome.error.message } satisfies Waiting)
      throw new RetryError(outcome.error, outcome.delayMs)
    case 'never':
      throw unrecoverable(outcome.error)
    default:
      return outcome satisfies never
  }
}

async function park(job: Job, token: string, delayMs: number, reason: string): Promise<never> {
  await job.updateProgress({ waiting: 'parked', reason } satisfies Waiting)
  await job.moveToDelayed(systemClock.now().getTime() + delayMs, token)
  throw new DelayedError(reason)
}

function unrecoverable(error: Error): UnrecoverableError {
  const unrecoverable = new UnrecoverableError(error.message)
  unrecoverable.cause = error
  return unrecoverable
}

export function isParked(job: Job): boolean {
  const progress: unknown = job.progress
  return (
    typeof progress === 'object' && progress !== null && (progress as Partial<Waiting>).waiting === 'parked'
  )
}
