/**
 * What every call goes through, in this order: deadline, token bucket, circuit breaker, one attempt
 * on the wire, classification or decoding, and for reads a retry with capped full jitter.
 *
 * A mutation is sent once, with one exception: on an object that this client itself created and that
 * nobody has seen since, "not there" may only mean "not there yet" (fresh.ts), and is asked again.
 */
import { runAttempt, type AttemptFailure } from './attempt.ts'
import { factsOf, identity, type Call, type CallerParts, type CallOptions, type Query } from './call-types.ts'
import type { Decoder } from './decoder.ts'
import { FlyError, isFlyError } from './errors.ts'
import { quietly } from './hooks.ts'
import { fillPath, OPERATIONS, type Operation, type OperationName, type PathParams } from './operations.ts'
import { pauseBefore, RETRIED_CODES } from './retry.ts'

export interface CallInput<T> {
  params: PathParams
  query?: Query
  body?: unknown
  /** Decodes the answer. Where it fails, the answer is `unexpected_answer`. */
  answer: Decoder<T>
  opts?: CallOptions | undefined
  /** Values in this request that must not appear in an error or a log line. */
  secrets?: readonly string[]
  /** What the rate limit counts by, where the path does not name it. */
  limitId?: string
  /** The object is being awaited out of existence: "not there" is the truth even when fresh. */
  mayBeGone?: boolean
}

export class Caller {
  readonly parts: CallerParts

  constructor(parts: CallerParts) {
    this.parts = parts
  }

  /** Performs one operation. Rejects with a FlyError and nothing else. */
  async call<T>(name: OperationName, input: CallInput<T>): Promise<T> {
    const call = this.prepare(name, input)
    for (;;) {
      call.attempt += 1
      const outcome = await runAttempt(this.parts, call)
      if (outcome.ok) {
        this.parts.fresh.sawAnswer(call.params)
        this.report(call, outcome.status, outcome.requestId)
        return outcome.value as T
      }
      const pauseMs = this.pauseBeforeNext(call, outcome)
      if (pauseMs === undefined || !(await this.pause(call, outcome.error, pauseMs))) {
        this.report(call, outcome.error.status, outcome.error.requestId, outcome.error)
        throw outcome.error
      }
    }
  }

  private prepare(name: OperationName, input: CallInput<unknown>): Call {
    const { parts } = this
    const operation: Operation = OPERATIONS[name]
    const filled = fillPath(operation.path, input.params)
    const path = filled ?? operation.path
    if (filled === undefined) {
      throw new FlyError('validation', {
        operation: name,
        method: operation.method,
        path,
        kind: operation.kind,
        sent: false,
        reason: 'a value in the path is empty or cannot be part of a path',
      })
    }
    const opts = input.opts ?? {}
    const startedAt = parts.clock.now().getTime()
    return {
      name,
      operation,
      path,
      opts,
      id: input.limitId ?? input.params.machine_id ?? input.params.app_name ?? input.params.org_slug ?? '',
      url: parts.basePath + path + queryString(input.query),
      body: input.body === undefined ? undefined : JSON.stringify(input.body),
      answer: input.answer,
      secrets: [
        parts.token(),
        ...(opts.leaseNonce === undefined ? [] : [opts.leaseNonce]),
        ...(input.secrets ?? []),
      ],
      params: input.params,
      mayBeGone: input.mayBeGone ?? opts.mayBeGone ?? false,
      startedAt,
      deadlineAt: startedAt + (opts.deadlineMs ?? parts.deadlineMs),
      attempt: 0,
    }
  }

  /** How long to pause before the next attempt, or undefined where this was the last. */
  private pauseBeforeNext(call: Call, { error, refused }: AttemptFailure): number | undefined {
    const { parts } = this
    const fresh = !call.mayBeGone && parts.fresh.mayNotBeVisible(call.params, error)
    if (!fresh) {
      const attempts = Math.min(call.opts.attempts ?? parts.retry.attempts, parts.retry.attempts)
      if (call.operation.kind === 'mutation' || refused || call.attempt >= attempts) return undefined
      if (!RETRIED_CODES.has(error.code)) return undefined
    }
    const pauseMs = pauseBefore(call.attempt, error.retryAfterMs, parts.retry, parts.random)
    return parts.clock.now().getTime() + pauseMs < call.deadlineAt ? pauseMs : undefined
  }

  /** True: send it once more. False: the caller has no more use for it. Throws `aborted` when they said so meanwhile. */
  private async pause(call: Call, error: FlyError, pauseMs: number): Promise<boolean> {
    const { clock, hooks, logger } = this.parts
    quietly(logger, () => hooks.onRetry?.({ ...identity(call), error, pauseMs }))
    try {
      await clock.sleep(pauseMs, call.opts.signal)
    } catch (cause) {
      if (call.opts.signal?.aborted !== true) throw cause
      const aborted = new FlyError('aborted', {
        ...factsOf(call),
        sent: false,
        cause: call.opts.signal.reason,
      })
      this.report(call, undefined, undefined, aborted)
      throw aborted
    }
    return call.opts.beforeRepeat === undefined || (await call.opts.beforeRepeat())
  }

  /** One line and one hook per call, whatever became of it. */
  private report(call: Call, status?: number, requestId?: string, error?: FlyError): void {
    const { clock, hooks, logger } = this.parts
    if (!logger && !hooks.onCall) return
    const line = {
      ...identity(call),
      durationMs: clock.now().getTime() - call.startedAt,
      status,
      requestId,
      code: isFlyError(error) ? error.code : undefined,
    }
    quietly(logger, () => logger?.debug(line, 'fly call'))
    quietly(logger, () => hooks.onCall?.({ ...line, error }))
  }
}

function queryString(query: Query = {}): string {
  const pairs = Object.entries(query).flatMap(([key, value]) =>
    value === undefined ? [] : [[key, String(value)] as [string, string]],
  )
  return pairs.length === 0 ? '' : `?${new URLSearchParams(pairs).toString()}`
}
