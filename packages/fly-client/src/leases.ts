import type { CallOptions, Caller } from './call.ts'
import { leaseSchema, nothing, type Lease } from './decode.ts'
import { isFlyError } from './errors.ts'

export interface AcquireLease {
  ttlSeconds: number
  /** Shown to whoever finds the machine leased. */
  description?: string
}

export type LeasesApi = ReturnType<typeof leasesApi>

/**
 * A lease guards update, start, stop, restart, suspend, cordon, delete and exec of one machine: they
 * are `lease_held` for everybody who does not pass its nonce as `leaseNonce`. `withLease` holds one
 * for the time of a function.
 */
export function leasesApi(caller: Caller) {
  const target = (app: string, id: string) => ({ app_name: app, machine_id: id })
  const post = async (
    app: string,
    id: string,
    { ttlSeconds, description }: AcquireLease,
    opts?: CallOptions,
  ): Promise<Lease & { nonce: string }> => {
    const lease = await caller.call('leases.acquire', {
      params: target(app, id),
      // Fly's documentation has the time in the body, its own client in the query: both are sent.
      query: { ttl: ttlSeconds },
      body: { ttl: ttlSeconds, description },
      answer: leaseSchema,
      opts,
    })
    // A refresh need not repeat the nonce.
    return { ...lease, nonce: lease.nonce ?? opts?.leaseNonce ?? '' }
  }

  return {
    /** Undefined where nobody holds one. The nonce is not shown. */
    async find(app: string, id: string, opts?: CallOptions): Promise<Lease | undefined> {
      try {
        return await caller.call('leases.find', { params: target(app, id), answer: leaseSchema, opts })
      } catch (error) {
        if (isFlyError(error, 'not_found')) return undefined
        throw error
      }
    },

    /** `lease_held` where somebody else has it. */
    acquire: post,

    /** Prolongs the lease that `nonce` belongs to. */
    refresh: (app: string, id: string, nonce: string, acquire: AcquireLease, opts?: CallOptions) =>
      post(app, id, acquire, { ...opts, leaseNonce: nonce }),

    /** One that has expired, or gone with its machine, counts as released. */
    async release(app: string, id: string, nonce: string, opts?: CallOptions): Promise<void> {
      try {
        const call = { params: target(app, id), answer: nothing, opts: { ...opts, leaseNonce: nonce } }
        await caller.call('leases.release', call)
      } catch (error) {
        if (!isFlyError(error, 'not_found')) throw error
      }
    },
  }
}
