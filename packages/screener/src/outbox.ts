// Signals and executions on their way to Hangar.
//
//   waiting ─a batch is answered─▶ flushed (stored, or stored before) or lost (refused for good)
//
// Whatever has no answer stays waiting under the id it was given, so that sending it again adds nothing.
import { randomUUID } from 'node:crypto'
import type { Answer, Item, ItemKind, ItemResult, Shim } from './shim.ts'

const BATCH = 500
// Beyond it the oldest are given up and counted: the memory of the machine is worth more.
const MAX_WAITING = 100_000

type Waiting = Item & { client_id: string }

export class Outbox {
  readonly flushed: Record<ItemKind, number> = { signals: 0, executions: 0 }
  lost = 0
  readonly #shim: Shim
  readonly #waiting: Record<ItemKind, Waiting[]> = { signals: [], executions: [] }
  #flushing: Promise<Answer<null>> | undefined

  constructor(shim: Shim) {
    this.#shim = shim
  }

  add(kind: ItemKind, item: Item): void {
    const waiting = this.#waiting[kind]
    if (waiting.length >= MAX_WAITING) {
      waiting.shift()
      this.lost += 1
    }
    waiting.push({ client_id: randomUUID(), ...item })
  }

  get waitingSignals(): number {
    return this.#waiting.signals.length
  }

  get waiting(): number {
    return this.#waiting.signals.length + this.#waiting.executions.length
  }

  /** Sends until nothing waits or something goes wrong. Whoever calls meanwhile joins. */
  flush(): Promise<Answer<null>> {
    return (this.#flushing ??= this.#flush().finally(() => (this.#flushing = undefined)))
  }

  giveUp(): void {
    this.lost += this.waiting
    this.#waiting.signals = []
    this.#waiting.executions = []
  }

  async #flush(): Promise<Answer<null>> {
    for (const kind of ['signals', 'executions'] as const) {
      while (this.#waiting[kind].length > 0) {
        const batch = this.#waiting[kind].slice(0, BATCH)
        const answer = await this.#shim.send(kind, batch)
        if (answer.kind !== 'ok') return answer
        this.#settle(kind, batch, answer.value.results)
      }
    }
    return { kind: 'ok', value: null }
  }

  #settle(kind: ItemKind, batch: readonly Waiting[], results: readonly ItemResult[]): void {
    const answered = new Set(batch)
    this.#waiting[kind] = this.#waiting[kind].filter((item) => !answered.has(item))
    for (const [index] of batch.entries()) {
      if (results[index]?.status === 'rejected') this.lost += 1
      else this.flushed[kind] += 1
    }
  }
}
