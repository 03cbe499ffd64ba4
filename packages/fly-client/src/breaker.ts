/**
 * The circuit breaker that all calls of a client share (and several clients may), so that an outage
 * of Fly costs one probe at a time and not a storm.
 *
 *   closed ──(10 failures in a row)──▶ open ──(pause over)──▶ half-open: one probe
 *     ▲                                  ▲                        │
 *     └───────── the probe is answered ──┼────────────────────────┤
 *                                        └─ it fails: pause × 2 ──┘
 *
 * A failure is a 5xx, a timeout or a broken connection; any other answer proves that Fly serves,
 * and one such answer starts the count anew: one bad app among good ones never opens the circuit.
 * Our own because cockatiel, the library for this, reads the machine's clock and lets several
 * probes through at once where calls are concurrent.
 */
import type { Clock } from './clock.ts'

export type BreakerState = 'closed' | 'open' | 'half_open'
export type Verdict = 'served' | 'failed' | 'neither'

export interface BreakerOptions {
  /** Failures in a row that open the circuit. Default 10. */
  failures?: number
  /** The first pause. Doubles with each failed probe. Default 1 000. */
  pauseMs?: number
  /** The longest pause. Default 30 000. */
  maxPauseMs?: number
}

export class CircuitBreaker {
  private readonly clock: Clock
  private readonly failures: number
  private readonly firstPauseMs: number
  private readonly maxPauseMs: number
  private current: BreakerState = 'closed'
  private inARow = 0
  private pauseMs: number
  private openUntil = 0
  private readonly watchers = new Set<(state: BreakerState) => void>()

  constructor(clock: Clock, options: BreakerOptions = {}) {
    this.clock = clock
    this.failures = options.failures ?? 10
    this.firstPauseMs = options.pauseMs ?? 1000
    this.maxPauseMs = options.maxPauseMs ?? 30_000
    this.pauseMs = this.firstPauseMs
  }

  get state(): BreakerState {
    return this.current
  }

  /** Tells of every change of state, at once and in order. */
  watch(watcher: (state: BreakerState) => void): void {
    this.watchers.add(watcher)
  }

  /**
   * Asks to send one request. Refused: when to ask again. Allowed: `settle` must be called exactly
   * once with what became of it. `evenIfOpen`: never refused, and its success closes the circuit.
   */
  enter({ evenIfOpen = false } = {}):
    { allowed: true; settle: (verdict: Verdict) => void } | { allowed: false; retryAfterMs: number } {
    if (this.current === 'closed' || evenIfOpen)
      return { allowed: true, settle: (verdict) => this.count(verdict) }
    const leftMs = this.openUntil - this.clock.now().getTime()
    if (this.current === 'half_open' || leftMs > 0) {
      return { allowed: false, retryAfterMs: Math.max(leftMs, this.firstPauseMs) }
    }
    this.become('half_open')
    return { allowed: true, settle: (verdict) => this.judgeProbe(verdict) }
  }

  private count(verdict: Verdict): void {
    if (verdict === 'neither') return
    if (verdict === 'served') {
      this.inARow = 0
      // A call that began before the circuit opened proves as much as a probe.
      if (this.current !== 'closed') this.close()
      return
    }
    this.inARow += 1
    if (this.current === 'closed' && this.inARow >= this.failures) this.open()
  }

  private judgeProbe(verdict: Verdict): void {
    // Closed meanwhile by an older call's answer.
    if (this.current !== 'half_open') {
      this.count(verdict)
    } else if (verdict === 'served') {
      this.close()
    } else if (verdict === 'failed') {
      this.pauseMs = Math.min(this.maxPauseMs, this.pauseMs * 2)
      this.open()
    } else {
      // A probe that its caller aborted tells nothing: the next caller may probe at once.
      this.open(0)
    }
  }

  private open(pauseMs: number = this.pauseMs): void {
    this.openUntil = this.clock.now().getTime() + pauseMs
    this.become('open')
  }

  private close(): void {
    this.inARow = 0
    this.pauseMs = this.firstPauseMs
    this.become('closed')
  }

  private become(state: BreakerState): void {
    this.current = state
    for (const watcher of this.watchers) watcher(state)
  }
}
