// One user's screener.
//
//   starting ─bootstrap─▶ trading ─/shutdown, SIGTERM or directive─▶ draining ─reported or too late─▶ drained
//       └── bootstrap says drain ──────────────────────────────────────┘
//   starting, trading, draining ─410─▶ retired
//
// drained and retired are idle for good: the process waits for SIGTERM, because exiting would make the
// machine's restart policy start it again. Only 410 and a request to drain ever end trading; an unknown
// token (401) or a Hangar that is down do not.
import { setTimeout as sleep } from 'node:timers/promises'
import type { Config } from './config.ts'
import { Cycles } from './cycles.ts'
import type { Log } from './log.ts'
import { Outbox } from './outbox.ts'
import { backoffMs, type Answer, type Bootstrap, type Shim } from './shim.ts'

export type State = 'starting' | 'trading' | 'draining' | 'drained' | 'retired'

export type Health = {
  ok: boolean
  state: State
  user_id: string
  generation: number
  running_trader_ids: string[]
  cycle: number
  last_cycle_at: string | null
}

const VERSION = 'node-screener/0.1.0'
// A cycle may take this share of the deadline; the rest is for the report.
const FINISH_SHARE = 0.8

export class Screener {
  readonly #config: Config
  readonly #shim: Shim
  readonly #log: Log
  readonly #cycles: Cycles
  readonly #outbox: Outbox
  #etag: string | null = null
  // How soon to ask again while the shared backend still runs the traders.
  #askAgainMs: number | null = null
  readonly #ending = new AbortController()
  #state: State = 'starting'
  #draining: Promise<void> | undefined

  constructor(config: Config, shim: Shim, log: Log) {
    this.#config = config
    this.#shim = shim
    this.#log = log
    this.#outbox = new Outbox(shim)
    this.#cycles = new Cycles(config.cycleMs, this.#outbox, log)
  }

  /** Asks for the traders until it has them, then trades; resolves when heartbeats have ended. */
  async run(): Promise<void> {
    const bootstrap = await this.#bootstrapped()
    if (!bootstrap || this.#ended()) return
    if (bootstrap.directive === 'drain') return this.drain('bootstrap')
    this.#cycles.load(bootstrap.traders)
    this.#cycles.start()
    this.#enter('trading', { traders: bootstrap.traders.length })
    await this.#heartbeats(bootstrap.heartbeat_interval_ms)
  }

  /** Ends trading gracefully, once; every later call joins the first. */
  drain(reason: string): Promise<void> {
    return (this.#draining ??= this.#endTrading(reason))
  }

  health(): Health {
    const { runningTraderIds, cycle, lastCycleAt } = this.#cycles.snapshot()
    return {
      // A passing check is taken as a working app: one that idles, for whatever reason, must not be one.
      ok: this.#state === 'trading' || this.#state === 'draining',
      state: this.#state,
      user_id: this.#config.userId,
      generation: this.#config.generation,
      running_trader_ids: runningTraderIds,
      cycle,
      last_cycle_at: lastCycleAt ?? null,
    }
  }

  async #bootstrapped(): Promise<Bootstrap | undefined> {
    for (let tries = 1; !this.#ended(); tries += 1) {
      const answer = await this.#askBootstrap()
      if (answer.kind === 'ok' && answer.value) return answer.value
      if (answer.kind === 'gone') return this.#retire()
      const reason = answer.kind === 'ok' ? 'nothing was said yet to hold still' : answer.reason
      if (!this.#ended()) this.#log('bootstrap failed', { reason, tries })
      await this.#pause(backoffMs(tries))
    }
    return undefined
  }

  // Traders of somebody else, or of another life of this user, are never run, whatever the answer says.
  // Null: what was said before still holds.
  async #askBootstrap(): Promise<Answer<Bootstrap | null>> {
    const answer = await this.#shim.bootstrap(this.#etag, this.#ending.signal)
    if (answer.kind !== 'ok') return answer
    const { bootstrap, etag } = answer.value
    if (!bootstrap) return { kind: 'ok', value: null }
    const { user_id, generation } = bootstrap
    if (user_id.toLowerCase() !== this.#config.userId || generation !== this.#config.generation)
      return { kind: 'refused', reason: `bootstrap is for user ${user_id}, generation ${generation}` }
    this.#etag = etag
    this.#askAgainMs = bootstrap.retry_after_ms
    return { kind: 'ok', value: bootstrap }
  }

  async #heartbeats(intervalMs: number): Promise<void> {
    let failures = 0
    let reloadWanted = false
    while (!this.#ended()) {
      const answer = await this.#beat()
      if (this.#ended()) return
      if (answer.kind === 'gone') return this.#retire()
      if (answer.kind === 'ok') {
        if (answer.value.directives.includes('drain')) return this.drain('directive')
        reloadWanted ||= answer.value.directives.includes('reload')
        if (reloadWanted || this.#askAgainMs !== null) reloadWanted = !(await this.#reload())
      } else {
        this.#log('heartbeat failed', { reason: answer.reason })
      }
      failures = answer.kind === 'failed' ? failures + 1 : 0
      const pauseMs = Math.min(intervalMs, this.#askAgainMs ?? intervalMs)
      await this.#pause(failures > 0 ? Math.min(pauseMs, backoffMs(failures)) : pauseMs)
    }
  }

  #beat(): Promise<Answer<{ directives: string[] }>> {
    const { runningTraderIds, lastCycleAt } = this.#cycles.snapshot()
    const body = {
      running_trader_ids: runningTraderIds,
      ...(lastCycleAt === undefined ? {} : { last_cycle_at: lastCycleAt }),
      buffered_signals: this.#outbox.waitingSignals,
      memory_mb: Math.round(process.memoryUsage().rss / 2 ** 20),
      version: VERSION,
    }
    return this.#shim.heartbeat(body, this.#ending.signal)
  }

  /** One try; the next heartbeat tries again after a false. */
  async #reload(): Promise<boolean> {
    const answer = await this.#askBootstrap()
    if (this.#ended()) return true
    switch (answer.kind) {
      case 'ok':
        if (answer.value?.directive === 'drain') void this.drain('bootstrap')
        else if (answer.value) this.#cycles.load(answer.value.traders)
        return true
      case 'gone':
        await this.#retire()
        return true
      case 'refused':
      case 'failed':
        this.#log('reload failed', { reason: answer.reason })
        return false
    }
  }

  async #endTrading(reason: string): Promise<void> {
    if (this.#state === 'retired') return
    // Before the traders are known there is nothing to save, but Hangar may have counted our question as a
    // start and wait for the report: one try, no more.
    const unknown = this.#state === 'starting' && reason !== 'bootstrap'
    const deadlineMs = unknown ? 0 : this.#config.drainDeadlineMs
    const deadlineAt = performance.now() + deadlineMs
    this.#enter('draining', { reason })
    this.#ending.abort()
    await this.#cycles.stop(deadlineMs * FINISH_SHARE)
    await this.#writeOut(deadlineAt)
    const reported = await this.#report(deadlineAt)
    if (reported !== 'gone') this.#enter('drained', { reported })
  }

  /** Tries until nothing waits any more, or until there is just time enough to say what was lost. */
  async #writeOut(deadlineAt: number): Promise<void> {
    for (let tries = 1; this.#outbox.waiting > 0; tries += 1) {
      const answer = await this.#outbox.flush()
      if (answer.kind === 'ok') continue
      const pauseMs = backoffMs(tries)
      if (answer.kind === 'gone' || performance.now() + pauseMs + this.#config.shimTimeoutMs >= deadlineAt)
        break
      await sleep(pauseMs)
    }
    this.#outbox.giveUp()
  }

  /** Tries until it is said, or until the deadline; one try is always made. */
  async #report(deadlineAt: number): Promise<boolean | 'gone'> {
    const { signals, executions } = this.#outbox.flushed
    const lost = this.#cycles.snapshot().lost + this.#outbox.lost
    const counts = { signals_flushed: signals, executions_flushed: executions, lost }
    for (let tries = 1; ; tries += 1) {
      const answer = await this.#shim.drained(counts)
      if (answer.kind === 'ok') return true
      if (answer.kind === 'gone') {
        this.#enter('retired')
        return 'gone'
      }
      this.#log('drained report failed', { reason: answer.reason, tries })
      const pauseMs = backoffMs(tries)
      if (performance.now() + pauseMs >= deadlineAt) return false
      await sleep(pauseMs)
    }
  }

  async #retire(): Promise<undefined> {
    this.#enter('retired')
    this.#ending.abort()
    await this.#cycles.stop(0)
  }

  #ended(): boolean {
    return this.#ending.signal.aborted
  }

  #enter(next: State, fields?: Record<string, unknown>): void {
    this.#log(next, { from: this.#state, ...fields })
    this.#state = next
  }

  async #pause(durationMs: number): Promise<void> {
    await sleep(durationMs, undefined, { signal: this.#ending.signal }).catch(() => {})
  }
}
