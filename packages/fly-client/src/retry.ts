import type { FlyErrorCode } from './errors.ts'

export interface RetryPolicy {
  /** Of a read, the first included. */
  attempts: number
  /** The first pause lies between 0 and this; the limit doubles each time. */
  baseMs: number
  capMs: number
}

export const DEFAULT_RETRY: RetryPolicy = { attempts: 4, baseMs: 200, capMs: 5000 }

/** What a read is asked again after. The other retryable causes need a look or a longer time first. */
export const RETRIED_CODES: ReadonlySet<FlyErrorCode> = new Set([
  'network_after_send',
  'network_before_send',
  'rate_limited',
  'timeout',
  'unavailable',
  'unexpected_answer',
] satisfies FlyErrorCode[])

/** Full jitter: anywhere between nothing and the doubled, capped limit, but not before Retry-After. */
export function pauseBefore(
  attempt: number,
  retryAfterMs: number | undefined,
  policy: RetryPolicy,
  random: () => number,
): number {
  const limitMs = Math.min(policy.capMs, policy.baseMs * 2 ** (attempt - 1))
  return Math.round((retryAfterMs ?? 0) + random() * limitMs)
}
