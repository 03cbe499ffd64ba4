/**
 * One attempt at one user's work, under their lease. It owns the two things that make a step safe: `guard`, asked
 * before every mutation of Fly, and `write`, the only way a step changes a row.
 */
import { type Entitlement, HangarError, type World, entitlementOf } from '@hangar/core'
import { type Lease, type Tx, extendLeaseAndReadFacts, withFence } from '@hangar/db'
import type { CallOptions } from '@hangar/fly-client'
import type { Logger } from '@hangar/runtime'
import { FLY_CALL_TIMEOUT_MS, LEASE_MS, type ReconcileDeps } from './deps.ts'
import type { FlyLook } from './look.ts'

export type Attempt = {
  deps: ReconcileDeps
  lease: Lease
  userId: string
  /** 1 for the first try, 2 to 4 for the retries. */
  number: number
  signal: AbortSignal
  logger: Logger
  /** The row that this very attempt reserved: nothing can be on Fly for it yet. */
  reservedAppId: string | null
  /** A call of the attempt before may be on its way to Fly still: what is not there yet may come. */
  mayComeYet: boolean
  /** Kept between two looks as long as this attempt changes nothing on Fly. */
  lastLook: FlyLook | null
  /** What the last look at the database said; replaced by each observation. */
  entitlement: Entitlement
  brakes: World['brakes']
  forced: World['forced']
}

/** What a step says when it has done its part. */
export type StepResult = 'next' | 'replan' | 'settled' | { waitMs: number; reason: string }

/**
 * Extends the lease to outlast the next call and re-reads what the user is entitled to and what an operator or a brake
 * says about it. `replan`: the answer is no longer the one this plan was made for. Throws `lease_lost`.
 */
export async function guard(attempt: Attempt): Promise<'go' | 'replan'> {
  attempt.signal.throwIfAborted()
  const askedAtMs = performance.now()
  const facts = await extendLeaseAndReadFacts(attempt.deps.db, attempt.lease, LEASE_MS)
  if (!facts) throw new HangarError('lease_lost', { operator: `lease of ${attempt.userId} was lost` })
  const now = entitlementOf(facts, attempt.deps.settings.policy)
  const same = sameEntitlement(now, attempt.entitlement)
  const unchanged = facts.forced === attempt.forced && facts.brakes.join() === attempt.brakes.join()
  // The lease counts from when the database wrote it. After an answer this late it may not outlast the next call.
  const isLate = performance.now() - askedAtMs > LEASE_MS - FLY_CALL_TIMEOUT_MS
  return same && unchanged && !isLate ? 'go' : 'replan'
}

function sameEntitlement(a: Entitlement, b: Entitlement): boolean {
  if (a.kind !== 'entitled' || b.kind !== 'entitled') return a.kind === b.kind
  const guests = [a.guest, b.guest].map((guest) => [guest.cpuKind, guest.cpus, guest.memoryMb].join(':'))
  return guests[0] === guests[1] && a.region === b.region
}

/** A transaction that commits only while this attempt still holds the lease. Throws `lease_lost`. */
export function write<T>(attempt: Attempt, change: (tx: Tx) => Promise<T>): Promise<T> {
  return withFence(attempt.deps.db, attempt.lease, change)
}

/**
 * Options for a call to Fly: bounded below the lease, cancelled with the job, tagged for Fly's call log. What Fly does
 * not show yet is asked for again by the client, and each time only if the lease and the plan still stand: a worker that
 * was frozen in such a pause must not go on where another one has taken over.
 */
export function flyCall(attempt: Attempt): CallOptions {
  return {
    beforeRepeat: () => mayGoOn(attempt),
    signal: attempt.signal,
    timeoutMs: FLY_CALL_TIMEOUT_MS,
    deadlineMs: FLY_CALL_TIMEOUT_MS,
    headers: { 'X-Hangar-Attempt': `${attempt.lease.fence}.${attempt.number}` },
  }
}

async function mayGoOn(attempt: Attempt): Promise<boolean> {
  try {
    return (await guard(attempt)) === 'go'
  } catch (error) {
    // Whatever is written next finds out as well, and says so.
    attempt.logger.info({ err: error }, 'a call is not repeated')
    return false
  }
}

/** The same for several reads in a row: one bound for all of them together, so that the lease outlasts the last. */
export function flyLook(attempt: Attempt): CallOptions {
  const signal = AbortSignal.any([attempt.signal, AbortSignal.timeout(FLY_CALL_TIMEOUT_MS)])
  return { ...flyCall(attempt), signal }
}
