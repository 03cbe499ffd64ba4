/**
 * What a failed attempt does to the row: counted, recorded as an event, and tried again after 2, 4 and 8 seconds;
 * the fourth in a row parks the work. A parked row is tried again after a growing pause, or as soon as somebody
 * wants something newer. An error that trying again cannot cure parks at once.
 */
import { HangarError, isHangarError } from '@hangar/core'
import { type AppRow, findLiveApp, finishWork, insertEvent, updateApp } from '@hangar/db'
import { FlyError } from '@hangar/fly-client'
import type { Outcome } from '@hangar/jobs'
import { type Attempt, write } from './attempt.ts'
import { operationOn } from './operation.ts'

/** Tries after the first before the work is parked. */
export const MAX_RETRIES = 3
/** What passes, mostly passes soon: a user should not wait for minutes because of a bad quarter of one. */
const PARK_BASE_MS = 30_000
/** What a request got once it gets again, until somebody changes something. */
const PERMANENT_PARK_BASE_MS = 5 * 60_000
const PARK_MAX_MS = 6 * 60 * 60_000
/** A token is refused for everybody at once, and works for everybody once it is changed. */
const UNAUTHORIZED_PARK_MS = 5 * 60_000

/** Answers of Fly that the same request would get again. */
const PERMANENT_FLY = new Set(['validation', 'machine_limit', 'region_quota'])

/** 2 s, 4 s, 8 s (times up to 20 % more), then 30 s doubling up to 6 h; `permanent`: from 5 min on. */
export function pauseMs(attempt: number, retryBaseMs: number, random: number, permanent = false): number {
  const baseMs = permanent ? PERMANENT_PARK_BASE_MS : PARK_BASE_MS
  const jitter = 1 + random * 0.2
  if (attempt <= MAX_RETRIES) return Math.round(retryBaseMs * 2 ** (attempt - 1) * jitter)
  return Math.round(Math.min(baseMs * 2 ** (attempt - MAX_RETRIES - 1), PARK_MAX_MS) * jitter)
}

export async function recordFailure(attempt: Attempt, wantedVersion: number, error: Error): Promise<Outcome> {
  const { deps } = attempt
  const permanent = isPermanent(error)
  // A permanent error counts as the last of its retries, so that the pause before the next look is a long one.
  const failedAttempts = permanent ? Math.max(attempt.number, MAX_RETRIES + 1) : attempt.number
  const givenUp = failedAttempts > MAX_RETRIES
  const maxMs =
    error instanceof FlyError && error.code === 'unauthorized' ? UNAUTHORIZED_PARK_MS : PARK_MAX_MS
  const delayMs = Math.min(
    pauseMs(failedAttempts, deps.settings.retryBaseMs, deps.random(), permanent),
    maxMs,
  )
  const code = errorCode(error)
  const operation = await write(attempt, async (tx) => {
    const row = await findLiveApp(tx, attempt.userId)
    const under = operationOn(row, attempt.entitlement)
    if (row)
      await updateApp(tx, row.id, {
        errorCode: code,
        errorMessage: error.message,
        retryCount: failedAttempts,
        // The next attempt gets its own time to become healthy.
        startedAt: row.status === 'active' && !row.operation ? row.startedAt : null,
        ...(givenUp && !isServing(row) ? { status: 'error' as const } : {}),
        ...(givenUp && isServing(row) ? { healthStatus: 'unhealthy' as const } : {}),
      })
    await insertEvent(tx, {
      userFlyAppId: row?.id ?? null,
      userId: attempt.userId,
      eventType: `${under}_${givenUp ? 'failed' : 'retried'}`,
      status: 'failed',
      message: error.message,
      actor: deps.owner,
      metadata: {
        fence: attempt.lease.fence,
        attempt: failedAttempts,
        code,
        ...(error instanceof FlyError ? { fly_request_id: error.requestId, fly_status: error.status } : {}),
        next_attempt_in_ms: delayMs,
        ...(givenUp ? { max_retries_exceeded: !permanent, permanent } : {}),
      },
    })
    // In the same transaction: an event for each attempt, and an attempt for each event.
    const failed = {
      kind: 'failed',
      failedAttempts,
      failedVersion: wantedVersion,
      delayMs,
      reason: code,
      mayLand: mayLand(error),
    } as const
    await finishWork(tx, attempt.lease, failed)
    return under
  })
  deps.instruments?.attemptFailed(operation, givenUp)
  attempt.logger.warn({ err: error, code, failedAttempts, delayMs, givenUp }, 'attempt failed')
  return givenUp ? { kind: 'never', error } : { kind: 'retry', delayMs, error }
}

/** Fly may carry it out yet, after whatever is done next: somebody has to look once more. */
export function mayLand(error: unknown): boolean {
  return error instanceof FlyError && error.ambiguous
}

/** An app that is up stays `active` whatever fails on it; its health tells. */
function isServing(row: AppRow): boolean {
  return row.deployedAt !== null && row.teardownStartedAt === null
}

function isPermanent(error: Error): boolean {
  if (error instanceof FlyError) return PERMANENT_FLY.has(error.code)
  return error instanceof HangarError && error.retry === 'permanent'
}

function errorCode(error: Error): string {
  if (error instanceof FlyError) return `fly_${error.code}`
  return isHangarError(error) ? error.code : 'internal'
}
