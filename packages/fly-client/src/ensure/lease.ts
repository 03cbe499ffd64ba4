/**
 * Holding a lease for the time of a function.
 *
 *   acquire (waiting, bounded, while somebody else has it) ▸ function, refreshed at a third of the ttl ▸ release
 *
 * Lost when it could not be refreshed before it ran out, or when Fly says that it is another's: then
 * `signal` is aborted, and what the function still sends is refused.
 */
import type { CallerParts } from '../call-types.ts'
import { FlyError, isFlyError } from '../errors.ts'
import { quietly } from '../hooks.ts'
import type { AcquireLease, LeasesApi } from '../leases.ts'
import { isPassing, Patience, type EnsureOptions } from './patience.ts'

export interface HoldLease extends AcquireLease {
  /** How long to wait while somebody else holds it. Default 30 000. */
  waitMs?: number
}

export interface HeldLease {
  nonce: string
  /** Aborted when the lease is lost or the caller aborts. */
  signal: AbortSignal
  /** Nonce and signal, to pass to each call on the machine. */
  opts: { leaseNonce: string; signal: AbortSignal }
}

export async function withLease<T>(
  parts: CallerParts,
  leases: LeasesApi,
  app: string,
  id: string,
  hold: HoldLease,
  use: (lease: HeldLease) => Promise<T>,
  opts: EnsureOptions = {},
): Promise<T> {
  const nonce = await acquire(parts, leases, app, id, hold, opts)
  const ended = new AbortController()
  const lost = new AbortController()
  const signal = AbortSignal.any([lost.signal, ...(opts.signal ? [opts.signal] : [])])
  const refreshing = keepRefreshed(parts, leases, app, id, nonce, hold, ended.signal).catch(
    (error: unknown) => {
      lost.abort(error)
    },
  )
  try {
    return await use({ nonce, signal, opts: { leaseNonce: nonce, signal } })
  } finally {
    ended.abort()
    await refreshing
    await release(parts, leases, app, id, nonce, opts)
  }
}

async function acquire(
  parts: CallerParts,
  leases: LeasesApi,
  app: string,
  id: string,
  hold: HoldLease,
  opts: EnsureOptions,
): Promise<string> {
  const patience = new Patience(parts, opts, hold.waitMs ?? 30_000)
  for (;;) {
    try {
      const { nonce } = await leases.acquire(app, id, hold, patience.callOpts)
      return nonce
    } catch (error) {
      // After a lost answer the lease may be our own, without its nonce: then it is waited out like another's.
      if (!isPassing(error) && !isFlyError(error, 'lease_held')) throw error
      await patience.pause(error)
    }
  }
}

/** Resolves when `ended`; rejects when the lease is lost. */
async function keepRefreshed(
  parts: CallerParts,
  leases: LeasesApi,
  app: string,
  id: string,
  nonce: string,
  hold: HoldLease,
  ended: AbortSignal,
): Promise<void> {
  const { clock } = parts
  const ttlMs = hold.ttlSeconds * 1000
  let refreshedAt = clock.now().getTime()
  for (;;) {
    try {
      await clock.sleep(ttlMs / 3, ended)
      const from = clock.now().getTime()
      await leases.refresh(app, id, nonce, hold, {
        signal: ended,
        timeoutMs: ttlMs / 3,
        deadlineMs: ttlMs / 3,
      })
      refreshedAt = from
    } catch (error) {
      if (ended.aborted) return
      const runOut = clock.now().getTime() >= refreshedAt + ttlMs
      if (runOut || !isFlyError(error) || !isPassing(error)) throw error
    }
  }
}

/** Without the caller's signal: an aborted caller still gives back what it holds. */
async function release(
  parts: CallerParts,
  leases: LeasesApi,
  app: string,
  id: string,
  nonce: string,
  { headers, timeoutMs }: EnsureOptions,
): Promise<void> {
  try {
    await leases.release(app, id, nonce, { headers, timeoutMs })
  } catch (error) {
    // It runs out by itself; what the function did counts.
    if (!(error instanceof FlyError)) throw error
    quietly(parts.logger, () =>
      parts.logger?.warn({ code: error.code, path: error.path }, 'a lease was not released'),
    )
  }
}
