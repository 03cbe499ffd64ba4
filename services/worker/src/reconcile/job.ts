/**
 * One reconcile of one user: the whole job behind both lanes. The job says only who; everything else is read here,
 * under the user's lease, so the same job may run twice, late, or on two workers without harm.
 *
 *   claim ─▶ run (look, plan, step, …) ─▶ settled: done_version    ─▶ done
 *     │                                ├▶ wait: parked until        ─▶ again after
 *     │                                ├▶ failed: counted           ─▶ retry | never
 *     └▶ busy: again in a moment       └▶ lease lost: nothing written ─▶ done, the new holder has it
 */
import { randomUUID } from 'node:crypto'
import { HangarError, isHangarError } from '@hangar/core'
import { type ClaimedWork, claimLease, finishWork } from '@hangar/db'
import { FlyError } from '@hangar/fly-client'
import type { Outcome } from '@hangar/jobs'
import type { Attempt } from './attempt.ts'
import { FLY_CALL_TIMEOUT_MS, LEASE_MS, type ReconcileDeps } from './deps.ts'
import { mayLand, recordFailure } from './failure.ts'
import { run } from './run.ts'

/** How soon to ask again for a lease that another worker holds. */
const BUSY_RETRY_MS = 1_000
/** How soon to try a call again that a limit or the breaker refused, where it does not say itself. */
const REFUSED_RETRY_MS = 2_000

export async function reconcileUser(
  deps: ReconcileDeps,
  userId: string,
  signal: AbortSignal,
): Promise<Outcome> {
  const owner = `${deps.owner}:${randomUUID()}`
  const claimed = await claimLease(deps.db, { userId, owner, ttlMs: LEASE_MS })
  if (!claimed) {
    const delayMs = Math.round(BUSY_RETRY_MS * (1 + deps.random()))
    return { kind: 'again_after', delayMs, reason: 'another worker holds the lease' }
  }
  const idle = await releaseIfNotDue(deps, claimed)
  return idle ?? attemptOnce(deps, claimed, signal)
}

/** A job can come early (promoted, or through the other lane): the row decides, not the queue. */
async function releaseIfNotDue(deps: ReconcileDeps, claimed: ClaimedWork): Promise<Outcome | null> {
  const { work, want, lease } = claimed
  if (want.wantedVersion <= work.doneVersion) {
    await finishWork(deps.db, lease, { kind: 'released' })
    return { kind: 'done' }
  }
  // A parked row waits for something (health, a drain) that may have come: only a failed one has to sit out its pause.
  const backingOff = work.failedAttempts > 0 && work.parkedReason === null
  const leftMs = (work.nextAttemptAt?.getTime() ?? 0) - claimed.now.getTime()
  if (!backingOff || leftMs <= 0) return null
  await finishWork(deps.db, lease, { kind: 'released' })
  return { kind: 'again_after', delayMs: leftMs, reason: 'backing off' }
}

async function attemptOnce(deps: ReconcileDeps, claimed: ClaimedWork, signal: AbortSignal): Promise<Outcome> {
  const { work, want, lease } = claimed
  // The claim has set the count to zero if something newer is wanted than what failed.
  const number = work.failedAttempts + 1
  const attempt: Attempt = {
    deps,
    lease,
    userId: lease.userId,
    number,
    signal,
    logger: deps.logger.child({
      userId: lease.userId,
      attempt: `${lease.fence}.${number}`,
      ...deps.instruments?.logFields(),
    }),
    reservedAppId: null,
    mayComeYet: mayComeYet(claimed),
    lastLook: null,
    entitlement: { kind: 'unknown', reason: 'not looked at yet' },
    brakes: [],
    forced: null,
  }
  try {
    return await finish(attempt, claimed, await run(attempt))
  } catch (error) {
    return await recover(attempt, want.wantedVersion, error)
  }
}

/** For as long as Fly may take to carry out a call, from when it got no answer or its caller was overtaken. */
function mayComeYet({ work, now }: ClaimedWork): boolean {
  return work.overtakenAt !== null && now.getTime() - work.overtakenAt.getTime() < FLY_CALL_TIMEOUT_MS
}

async function finish(
  attempt: Attempt,
  { want }: ClaimedWork,
  result: Awaited<ReturnType<typeof run>>,
): Promise<Outcome> {
  const { deps, lease, logger } = attempt
  logger.info({ result: result.kind, reason: result.reason }, 'reconciled')
  if (result.kind === 'settled') {
    const { moreWanted } = await finishWork(deps.db, lease, { kind: 'done', doneVersion: want.wantedVersion })
    return { kind: 'done', again: moreWanted }
  }
  const { delayMs, reason } = result
  const { moreWanted } = await finishWork(deps.db, lease, { kind: 'parked', delayMs, reason })
  return moreWanted ? { kind: 'done', again: true } : { kind: 'again_after', delayMs, reason }
}

async function recover(attempt: Attempt, wantedVersion: number, thrown: unknown): Promise<Outcome> {
  const { deps, lease, logger } = attempt
  if (isHangarError(thrown, 'lease_lost')) return leaveToSuccessor(attempt)
  try {
    if (attempt.signal.aborted) {
      // Stopping costs no attempt: the work is given back as it is.
      await finishWork(deps.db, lease, { kind: 'released', mayLand: mayLand(thrown) })
      return { kind: 'again_after', delayMs: 0, reason: 'the worker is stopping' }
    }
    const error = thrown instanceof Error ? thrown : new HangarError('internal', { cause: thrown })
    if (isRefusedUnsent(error)) return await park(attempt, error)
    return await recordFailure(attempt, wantedVersion, error)
  } catch (second) {
    if (isHangarError(second, 'lease_lost')) return leaveToSuccessor(attempt)
    // The database is away: nothing can be counted, the lease runs out by itself, and the relay finds the work.
    logger.error({ err: second, first: thrown }, 'the failure could not be recorded')
    return { kind: 'again_after', delayMs: LEASE_MS, reason: 'the failure could not be recorded' }
  }
}

function leaveToSuccessor({ deps, logger }: Attempt): Outcome {
  deps.instruments?.leaseLost()
  logger.warn('the lease was lost; its new holder goes on')
  return { kind: 'done' }
}

/** Fly's limit, or our own circuit breaker, kept the call from happening: no attempt was made, so none is spent. */
function isRefusedUnsent(error: Error): error is FlyError {
  if (!(error instanceof FlyError)) return false
  return error.code === 'rate_limited' || (error.code === 'unavailable' && !error.sent)
}

async function park({ deps, lease, logger }: Attempt, error: FlyError): Promise<Outcome> {
  const delayMs = Math.round((error.retryAfterMs ?? REFUSED_RETRY_MS) * (1 + deps.random()))
  logger.info({ code: error.code, operation: error.operation, delayMs }, 'Fly was not asked')
  await finishWork(deps.db, lease, { kind: 'parked', delayMs, reason: `fly_${error.code}` })
  return { kind: 'again_after', delayMs, reason: error.message }
}
