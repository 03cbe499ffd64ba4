import { deleteOrGone } from './apps.ts'
import type { Caller } from './call.ts'
import type { CallOptions } from './call-types.ts'
import * as decoders from './decode.ts'
import { nothing } from './decoder.ts'
import type { Lease } from './types.ts'
import { isFlyError } from './errors.ts'

export interface AcquireLease {
  ttlSeconds: number
  /** Shown to whoever finds the machine leased. */
  description?: string
}

/**
 * A lease guards update, start, stop, restart, suspend, cordon, delete and exec of one machine: they
 * are `lease_held` for everybody who does not pass its nonce as `leaseNonce`. `withLease` holds one
 * for the time of a function.
 */
export interface LeasesApi {
  /** Undefined where nobody holds one. The nonce is not shown. */
  find(app: string, id: string, opts?: CallOptions): Promise<Lease | undefined>
  /** `lease_held` where somebody else has it. */
  acquire(app: string, id: string, acquire: AcquireLease, opts?: CallOptions): Promise<OwnLease>
  /** Prolongs the lease that `nonce` belongs to. */
  refresh(
    app: string,
    id: string,
    nonce: string,
    acquire: AcquireLease,
    opts?: CallOptions,
  ): Promise<OwnLease>
  /** One that has expired, or gone with its machine, counts as released. */
  release(app: string, id: string, nonce: string, opts?: CallOptions): Promise<void>
}

export type OwnLease = Lease & { nonce: string }

export function leasesApi(caller: Caller): LeasesApi {
  const target = (app: string, id: string) => ({ app_name: app, machine_id: id })

  return {
    async find(app, id, opts) {
      try {
        return await caller.call('leases.find', { params: target(app, id), answer: decoders.lease, opts })
      } catch (error) {
        if (isFlyError(error, 'not_found')) return undefined
        throw error
      }
    },

    async acquire(app, id, acquire, opts) {
      const call = { ...leaseCall(acquire), params: target(app, id), answer: decoders.acquiredLease, opts }
      return caller.call('leases.acquire', call)
    },

    async refresh(app, id, nonce, acquire, opts) {
      const call = { ...leaseCall(acquire), params: target(app, id), answer: decoders.lease }
      const lease = await caller.call('leases.acquire', { ...call, opts: { ...opts, leaseNonce: nonce } })
      return { ...lease, nonce }
    },

    async release(app, id, nonce, opts) {
      const call = { params: target(app, id), answer: nothing, opts: { ...opts, leaseNonce: nonce } }
      await deleteOrGone(caller.call('leases.release', call))
    },
  }
}

/** Fly's documentation has the time in the body, its own client in the query: both are sent. */
function leaseCall({ ttlSeconds, description }: AcquireLease) {
  return { query: { ttl: ttlSeconds }, body: { ttl: ttlSeconds, description } }
}
