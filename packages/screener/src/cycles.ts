// Runs the traders, again and again: one cycle goes through all of them in order.
//
//   stopped ─start─▶ running ─stop─▶ finishing ─the running cycle ends─▶ stopped
//
// A cycle is never cut short except by the deadline given to stop(). What a trader finds depends on its
// id and the number of the cycle only, so two runs of the same traders say the same.
import { createHash } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { z } from 'zod'
import { isoNow, type Log } from './log.ts'
import type { Outbox } from './outbox.ts'
import type { Trader } from './shim.ts'

// The parts of a trader's definition that this screener understands; anything else in it is left alone.
const definitionSchema = z.object({
  symbols: z.array(z.string()).min(1).catch(['BTC-USD']),
  // A signal in every n-th cycle; 0 never.
  signal_every: z.number().int().min(0).catch(10),
  // How long one run of this trader takes.
  work_ms: z.number().int().min(0).catch(0),
})

export type Snapshot = {
  runningTraderIds: string[]
  cycle: number
  lastCycleAt: string | undefined
  // Runs of a trader that the deadline cut off.
  lost: number
}

/** `cycleMs` is the pause between the end of one cycle and the start of the next. */
export class Cycles {
  readonly #cycleMs: number
  readonly #log: Log
  readonly #outbox: Outbox
  readonly #stopping = new AbortController()
  readonly #givenUp = new AbortController()
  #traders: readonly Trader[] = []
  #loop: Promise<void> | undefined
  #cycle = 0
  #lastCycleAt: string | undefined
  #lost = 0

  constructor(cycleMs: number, outbox: Outbox, log: Log) {
    this.#cycleMs = cycleMs
    this.#outbox = outbox
    this.#log = log
  }

  /** Takes these traders from the next cycle on. */
  load(next: readonly Trader[]): void {
    const before = new Set(this.#traders.map((trader) => trader.id))
    const after = new Set(next.map((trader) => trader.id))
    for (const { id } of this.#traders) if (!after.has(id)) this.#log('trader stopped', { trader_id: id })
    for (const { id, name } of next) if (!before.has(id)) this.#log('trader started', { trader_id: id, name })
    this.#traders = next
  }

  start(): void {
    this.#loop ??= this.#run()
  }

  /** Resolves when the running cycle is finished, or given up after `deadlineMs`. */
  async stop(deadlineMs: number): Promise<void> {
    this.#stopping.abort()
    const timer = setTimeout(() => this.#givenUp.abort(), deadlineMs)
    await this.#loop
    clearTimeout(timer)
  }

  snapshot(): Snapshot {
    return {
      runningTraderIds: this.#traders.map((trader) => trader.id),
      cycle: this.#cycle,
      lastCycleAt: this.#lastCycleAt,
      lost: this.#lost,
    }
  }

  async #run(): Promise<void> {
    while (!this.#stopping.signal.aborted) {
      await this.#runCycle()
      await sleep(this.#cycleMs, undefined, { signal: this.#stopping.signal }).catch(() => {})
    }
    this.load([])
  }

  async #runCycle(): Promise<void> {
    this.#cycle += 1
    const group = this.#traders
    for (const trader of group) await this.#runTrader(trader)
    this.#lastCycleAt = isoNow()
    // What cannot be sent now waits for the end of the next cycle.
    void this.#outbox.flush()
    this.#log('cycle finished', { cycle: this.#cycle, trader_ids: group.map((trader) => trader.id) })
  }

  async #runTrader(trader: Trader): Promise<void> {
    const definition = definitionSchema.parse(isObject(trader.definition) ? trader.definition : {})
    const startedAt = isoNow()
    await sleep(definition.work_ms, undefined, { signal: this.#givenUp.signal }).catch(() => {})
    if (this.#givenUp.signal.aborted) {
      this.#lost += 1
      return
    }
    const run = { trader_id: trader.id, started_at: startedAt, finished_at: isoNow(), outcome: 'completed' }
    this.#outbox.add('executions', run)
    if (firesIn(this.#cycle, trader.id, definition.signal_every)) {
      const symbol = definition.symbols[this.#cycle % definition.symbols.length] ?? ''
      const signal = { trader_id: trader.id, symbol, payload: { cycle: this.#cycle }, created_at: isoNow() }
      this.#outbox.add('signals', signal)
      this.#log('signal', { trader_id: trader.id, symbol, cycle: this.#cycle })
    }
  }
}

// The trader's own offset keeps many traders from firing in the same cycle.
function firesIn(cycle: number, traderId: string, every: number): boolean {
  if (every === 0) return false
  return (cycle + createHash('sha256').update(traderId).digest().readUInt16BE(0)) % every === 0
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
