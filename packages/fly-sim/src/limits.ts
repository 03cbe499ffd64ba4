import type { SimClock } from './clock.ts'

/**
 * Fly's documented limits (docs, "Working with the Machines API"): per action and per identifier, 1 request a second
 * with bursts of 3; Get Machine 5 a second with bursts of 10; 100 app deletions a minute, here per organisation.
 * Which calls count as an "action" is not said: machine calls are counted by machine, create and list machine by app,
 * everything else is free.
 */
type Rule = { perSecond: number; burst: number }

const ACTION: Rule = { perSecond: 1, burst: 3 }
const GET_MACHINE: Rule = { perSecond: 5, burst: 10 }
const APP_DELETION: Rule = { perSecond: 100 / 60, burst: 100 }

export function ruleOf(operation: string): { rule: Rule; by: 'machine' | 'app' | 'org' } | null {
  if (operation === 'machines.get') return { rule: GET_MACHINE, by: 'machine' }
  if (operation === 'machines.create' || operation === 'machines.list') return { rule: ACTION, by: 'app' }
  if (operation === 'apps.delete') return { rule: APP_DELETION, by: 'org' }
  return operation.startsWith('machines.') ? { rule: ACTION, by: 'machine' } : null
}

/** Buckets beyond this many make the limiter drop those that are full again. */
const MANY_BUCKETS = 20_000

export class Limiter {
  enabled: boolean
  readonly #clock: SimClock
  readonly #buckets = new Map<string, { tokens: number; atMs: number; rule: Rule }>()
  #sweepAt = MANY_BUCKETS

  constructor(clock: SimClock, enabled: boolean) {
    this.#clock = clock
    this.enabled = enabled
  }

  /** Takes one token; false: 429. */
  take(key: string, rule: Rule): boolean {
    const nowMs = this.#clock.nowMs()
    let bucket = this.#buckets.get(key)
    if (!bucket) {
      if (this.#buckets.size >= this.#sweepAt) this.#dropFull(nowMs)
      this.#buckets.set(key, (bucket = { tokens: rule.burst, atMs: nowMs, rule }))
    }
    bucket.tokens = filled(bucket, nowMs)
    bucket.atMs = nowMs
    if (bucket.tokens < 1) return false
    bucket.tokens -= 1
    return true
  }

  clear(): void {
    this.#buckets.clear()
  }

  #dropFull(nowMs: number): void {
    for (const [key, bucket] of this.#buckets)
      if (filled(bucket, nowMs) >= bucket.rule.burst) this.#buckets.delete(key)
    this.#sweepAt = Math.max(MANY_BUCKETS, this.#buckets.size * 2)
  }
}

/** A clock that jumped backwards must not empty a bucket. */
function filled(bucket: { tokens: number; atMs: number; rule: Rule }, nowMs: number): number {
  const gained = (Math.max(nowMs - bucket.atMs, 0) / 1_000) * bucket.rule.perSecond
  return Math.min(bucket.rule.burst, bucket.tokens + gained)
}
