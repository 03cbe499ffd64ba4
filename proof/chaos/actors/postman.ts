/** Stands between the courier and the APIs, and treats webhooks as badly as a network may: lost, twice, late. */
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'
import type { Dice } from '../random.ts'

export type Treatment = { lost: number; doubled: number; late: number }

const LATE_MS = [200, 4_000] as const
const PASSED_ON = new Set(['content-type', 'webhook-id', 'webhook-timestamp', 'webhook-signature'])

export class Postman {
  readonly #dice: Dice
  readonly #server: Server
  readonly #stopping = new AbortController()
  #to = ''
  treatment: Treatment
  readonly counts = { received: 0, lost: 0, doubled: 0, late: 0, accepted: 0, refused: 0, failed: 0 }

  private constructor(dice: Dice, treatment: Treatment) {
    this.#dice = dice
    this.treatment = treatment
    this.#server = createServer((request, response) => {
      const chunks: Buffer[] = []
      request.on('data', (chunk: Buffer) => chunks.push(chunk))
      request.on('end', () => {
        // pg_net does not look at the answer either.
        response.writeHead(202).end()
        this.#take(request.headers, Buffer.concat(chunks))
      })
    })
  }

  static async listen(dice: Dice, treatment: Treatment): Promise<Postman> {
    const postman = new Postman(dice, treatment)
    await new Promise<void>((resolve) => void postman.#server.listen(0, '127.0.0.1', resolve))
    return postman
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/webhooks/supabase`
  }

  deliverTo(frontUrl: string): void {
    this.#to = `${frontUrl}/webhooks/supabase`
  }

  async stop(): Promise<void> {
    this.#stopping.abort()
    this.#server.closeAllConnections()
    await new Promise<void>((resolve) => void this.#server.close(() => resolve()))
  }

  #take(headers: Record<string, unknown>, body: Buffer): void {
    const { counts, treatment } = this
    counts.received += 1
    if (this.#dice.chance(treatment.lost)) {
      counts.lost += 1
      return
    }
    const times = this.#dice.chance(treatment.doubled) ? 2 : 1
    if (times === 2) counts.doubled += 1
    for (let copy = 0; copy < times; copy++) {
      const isLate = this.#dice.chance(treatment.late)
      if (isLate) counts.late += 1
      void this.#deliver(headers, body, isLate ? this.#dice.between(...LATE_MS) : 0)
    }
  }

  async #deliver(headers: Record<string, unknown>, body: Buffer, afterMs: number): Promise<void> {
    const passed = Object.entries(headers).filter(([name]) => PASSED_ON.has(name)) as [string, string][]
    try {
      await delay(afterMs, undefined, { signal: this.#stopping.signal })
      const signal = AbortSignal.any([this.#stopping.signal, AbortSignal.timeout(5_000)])
      const response = await fetch(this.#to, {
        method: 'POST',
        headers: passed,
        body: new Uint8Array(body),
        signal,
      })
      await response.body?.cancel()
      if (response.ok) this.counts.accepted += 1
      else this.counts.refused += 1
    } catch {
      this.counts.failed += 1
    }
  }
}
