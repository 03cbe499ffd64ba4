/**
 * How often somebody may ask, counted in Redis, so that it holds for all replicas together. While Redis is away or slow
 * each process counts for itself: the limits are looser then, and nobody is shut out.
 *
 * A sign-in is counted before the password is tried, and given back when it was right or nobody could tell: many tries at
 * once can not get past the count.
 */
import { HangarError } from '@hangar/core'
import type { Queues } from '@hangar/jobs'
import { RateLimiterMemory, RateLimiterRedis, RateLimiterRes, RLWrapperTimeouts } from 'rate-limiter-flexible'
import { networkOf } from './address.ts'
import type { Caller } from './caller.ts'

export type LimitSettings = {
  /** Requests in a minute, of each; 0 is without a limit. */
  personPerMinute: number
  keyPerMinute: number
  /** Credentials that nobody knows, in a minute from one address; 0 is without a limit. */
  refusedPerMinute: number
  /** Failed sign-ins in 15 minutes: of one account from one address; five times as many from one address. */
  signInFailures: number
}

const MINUTE_SECONDS = 60
const SIGN_IN_SECONDS = 900
const FAILURES_PER_ADDRESS = 5
/** Redis answers in one; a request waits no longer than this before it is counted here. */
const REDIS_TIMEOUT_MS = 100

export type RateLimits = {
  /** One more request of the caller. Rejects with `rate_limited`. */
  countRequest(caller: Caller): Promise<void>
  /** One more credential from there that nobody knows. Rejects with `rate_limited`. */
  countRefused(address: string): Promise<void>
  /**
   * Tries to sign somebody in. Rejects with `rate_limited`, without trying, after too many that failed; `account` is
   * null where a token is shown.
   */
  countSignIn<T>(who: { address: string; account: string | null }, attempt: () => Promise<T>): Promise<T>
}

export function createRateLimits(
  { redis, prefix }: Pick<Queues, 'redis' | 'prefix'>,
  settings: LimitSettings,
): RateLimits {
  const limiter = (name: string, points: number, duration: number) => {
    const options = { points, duration, keyPrefix: `${prefix}:limit:${name}` }
    return new RLWrapperTimeouts({
      timeoutMs: REDIS_TIMEOUT_MS,
      limiter: new RateLimiterRedis({ ...options, storeClient: redis, rejectIfRedisNotReady: true }),
      insuranceLimiter: new RateLimiterMemory(options),
    })
  }
  const requests = {
    person: limiter('person', settings.personPerMinute, MINUTE_SECONDS),
    key: limiter('key', settings.keyPerMinute, MINUTE_SECONDS),
  }
  const refused = limiter('refused', settings.refusedPerMinute, MINUTE_SECONDS)
  const accounts = limiter('account', settings.signInFailures, SIGN_IN_SECONDS)
  const addresses = limiter('address', settings.signInFailures * FAILURES_PER_ADDRESS, SIGN_IN_SECONDS)

  return {
    async countRequest({ kind, actor }) {
      const most = kind === 'person' ? settings.personPerMinute : settings.keyPerMinute
      if (most > 0) await consume(requests[kind], actor)
    },
    async countRefused(address) {
      if (settings.refusedPerMinute > 0) await consume(refused, networkOf(address))
    },
    async countSignIn({ address, account }, attempt) {
      const network = networkOf(address)
      const counted: [RLWrapperTimeouts, string][] = [[addresses, network]]
      if (account !== null) counted.push([accounts, `${network} ${account.toLowerCase()}`])
      for (const [where, key] of counted) await consume(where, key)
      try {
        const done = await attempt()
        if (account !== null) await accounts.delete(`${network} ${account.toLowerCase()}`)
        await addresses.reward(network)
        return done
      } catch (error) {
        if (!isFailure(error)) for (const [where, key] of counted) await where.reward(key)
        throw error
      }
    },
  }
}

/** A wrong password, or somebody who has no business here. That Supabase Auth is away is nobody's failure. */
function isFailure(error: unknown): boolean {
  return error instanceof HangarError && (error.status === 401 || error.status === 403)
}

async function consume(limiter: RLWrapperTimeouts, key: string): Promise<void> {
  try {
    await limiter.consume(key)
  } catch (error) {
    if (!(error instanceof RateLimiterRes)) throw error
    const seconds = Math.max(1, Math.ceil(error.msBeforeNext / 1000))
    throw new HangarError('rate_limited', {
      operator: `too often: ${key}`,
      details: { retry_after_seconds: seconds },
    })
  }
}
