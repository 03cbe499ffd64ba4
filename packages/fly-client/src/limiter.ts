/**
 * Token buckets, one per action and identifier, as Fly documents its limits: one request a second
 * with bursts of three, Get Machine five with bursts of ten; and a hundred app deletions a minute.
 * Source: fly.io/docs/machines/api/working-with-machines-api, 2026-07-15.
 *
 * A caller that finds no token takes the next one that will come and is told when: callers are
 * served in order, and nobody polls. Full buckets are dropped, so memory follows what is in use.
 */
import type { Clock } from './clock.ts'
import type { OperationName } from './operations.ts'

export interface Rule {
  perSecond: number
  burst: number
}

const EVERY_ACTION: Rule = { perSecond: 1, burst: 3 }
const GET_MACHINE: Rule = { perSecond: 5, burst: 10 }
/** Fly does not say the scope; the organisation is the careful reading. */
const APP_DELETIONS: Rule = { perSecond: 100 / 60, burst: 100 }

/** Our clock and Fly's do not tick together: refilling a little slower keeps us inside its count. */
const REFILL_SHARE = 0.95

const SWEEP_EVERY = 1000

interface Bucket {
  rule: Rule
  /** Below zero when tokens of the future are already taken. */
  tokens: number
  at: number
  blockedUntil: number
}

interface Token {
  waitMs: number
  /** For a call that was not sent after all. */
  giveBack: () => void
}

export class Limiter {
  private readonly buckets = new Map<string, Bucket>()
  private readonly clock: Clock
  private untilSweep = SWEEP_EVERY

  constructor(clock: Clock) {
    this.clock = clock
  }

  get size(): number {
    return this.buckets.size
  }

  /** Takes one token of each bucket that the operation draws on; answers how long to wait for them. */
  take(operation: OperationName, id: string): Token {
    const now = this.now()
    this.sweepNowAndThen(now)
    const own = this.draw(`${operation} ${id}`, ruleOf(operation), now)
    if (operation !== 'apps.delete') return own
    const shared = this.draw('app deletions', APP_DELETIONS, now)
    return {
      waitMs: Math.max(own.waitMs, shared.waitMs),
      giveBack: () => {
        own.giveBack()
        shared.giveBack()
      },
    }
  }

  /** Fly said 429: nobody asks this of the same object again before the time it named. */
  block(operation: OperationName, id: string, forMs: number): void {
    const now = this.now()
    const bucket = this.find(`${operation} ${id}`, ruleOf(operation), now)
    bucket.blockedUntil = Math.max(bucket.blockedUntil, now + forMs)
  }

  private draw(key: string, rule: Rule, now: number): Token {
    const bucket = this.find(key, rule, now)
    bucket.tokens -= 1
    const untilTokenMs = bucket.tokens >= 0 ? 0 : -bucket.tokens / refillPerMs(rule)
    return {
      waitMs: Math.ceil(Math.max(untilTokenMs, bucket.blockedUntil - now, 0)),
      giveBack: () => (bucket.tokens += 1),
    }
  }

  private find(key: string, rule: Rule, now: number): Bucket {
    let bucket = this.buckets.get(key)
    if (bucket) {
      refill(bucket, now)
    } else {
      bucket = { rule, tokens: rule.burst, at: now, blockedUntil: 0 }
      this.buckets.set(key, bucket)
    }
    return bucket
  }

  private sweepNowAndThen(now: number): void {
    this.untilSweep -= 1
    if (this.untilSweep > 0) return
    // Looking at each costs as much as so many calls: no more often than that, however many there are.
    this.untilSweep = Math.max(SWEEP_EVERY, this.buckets.size)
    for (const [key, bucket] of this.buckets) {
      refill(bucket, now)
      if (bucket.tokens >= bucket.rule.burst && bucket.blockedUntil <= now) this.buckets.delete(key)
    }
  }

  private now(): number {
    return this.clock.now().getTime()
  }
}

function ruleOf(operation: OperationName): Rule {
  return operation === 'machines.get' ? GET_MACHINE : EVERY_ACTION
}

function refill(bucket: Bucket, now: number): void {
  const gained = Math.max(0, now - bucket.at) * refillPerMs(bucket.rule)
  bucket.tokens = Math.min(bucket.rule.burst, bucket.tokens + gained)
  bucket.at = now
}

function refillPerMs(rule: Rule): number {
  return (rule.perSecond * REFILL_SHARE) / 1000
}
