/**
 * How long, and how, an `ensure…` goes on trying: pauses with capped full jitter that grow with each
 * failure in a row, not before the time Fly named, until the deadline; then the last error stands.
 */
import type { CallOptions, CallerParts } from '../call-types.ts'
import { FlyError, isFlyError } from '../errors.ts'
import { pauseBefore, RETRIED_CODES } from '../retry.ts'

/** Accepted by every `ensure…`. `deadlineMs` bounds the whole of it, default 120 000; the rest goes to each call. */
export type EnsureOptions = Omit<CallOptions, 'attempts'>

const DEFAULT_DEADLINE_MS = 120_000

/** What Fly may say about a mutation that is worth asking again after a look, whatever the mutation. */
export function isPassing(error: unknown): error is FlyError {
  return isFlyError(error) && RETRIED_CODES.has(error.code)
}

export class Patience {
  private readonly parts: CallerParts
  private readonly opts: EnsureOptions
  private readonly deadlineAt: number
  private failures = 0

  constructor(
    parts: CallerParts,
    opts: EnsureOptions = {},
    deadlineMs = opts.deadlineMs ?? DEFAULT_DEADLINE_MS,
  ) {
    this.parts = parts
    this.opts = opts
    this.deadlineAt = parts.clock.now().getTime() + deadlineMs
  }

  get leftMs(): number {
    return Math.max(0, this.deadlineAt - this.parts.clock.now().getTime())
  }

  /** For the calls it is made of: none outlives the whole. */
  get callOpts(): CallOptions {
    return { ...this.opts, deadlineMs: Math.max(1, Math.min(this.leftMs, this.parts.deadlineMs)) }
  }

  /** Pauses before the next try, or throws `error` when there is no time for one. */
  async pause(error: FlyError): Promise<void> {
    this.failures += 1
    const { clock, retry, random } = this.parts
    const pauseMs = pauseBefore(this.failures, this.namedMs(error), retry, random)
    if (pauseMs >= this.leftMs) throw error
    try {
      await clock.sleep(pauseMs, this.opts.signal)
    } catch (cause) {
      throw abortedBy(error, cause)
    }
  }

  /** Progress: the next failure is a first one again. */
  progress(): void {
    this.failures = 0
  }

  private namedMs(error: FlyError): number | undefined {
    if (error.retryAfterMs !== undefined) return error.retryAfterMs
    if (error.leaseExpiresAt === undefined) return undefined
    // Whoever holds it may also give it back early: look again at least every few seconds.
    const untilMs = error.leaseExpiresAt.getTime() - this.parts.clock.now().getTime()
    return Math.max(0, Math.min(untilMs, this.parts.retry.capMs))
  }
}

function abortedBy(error: FlyError, cause: unknown): FlyError {
  const { operation, method, path } = error
  return new FlyError('aborted', { operation, method, path, kind: 'mutation', sent: error.ambiguous, cause })
}
