/**
 * Fly as every process of a simulation sees it: the stand-in in memory, behind undici's dispatch interface. Three
 * moments of a call are apart: it leaves its process (a turn), it reaches Fly, and its answer reaches the process. So
 * an answer can be late or lost, and others act in between; what has left a process is applied even if that dies.
 */
import { createFlyClient, type FlyClient } from '@hangar/fly-client'
import type { MemoryFlySim } from '@hangar/fly-sim'
import type { Dispatcher } from 'undici'
import type { Dice } from './dice.ts'
import type { Scheduler, Strike } from './scheduler.ts'
import type { Actor } from './virtual-time.ts'

export const FLY_TOKEN = 'fly-sim-token'
export const ORG = 'vyx'

/** One way over the wire. */
const WIRE_MS = [1, 15] as const

export type FlyWire = { scheduler: Scheduler; memory: MemoryFlySim; fly: Actor }

/** A client of one process's own, with limiter, breaker and retries as in production. */
export function flyClientOf(actor: Actor, wire: FlyWire, dice: Dice): FlyClient {
  const { time } = wire.scheduler
  return createFlyClient({
    baseUrl: 'http://fly.test',
    token: FLY_TOKEN,
    orgSlug: ORG,
    dispatcher: new WireDispatcher(actor, wire, dice) as unknown as Dispatcher,
    random: dice.next,
    clock: {
      now: () => new Date(time.nowMs),
      sleep: (ms, signal) =>
        new Promise((resolve, reject) => {
          const timer = time.after(ms, actor, () => {
            signal?.removeEventListener('abort', onAbort)
            resolve()
          })
          const onAbort = () => {
            timer.cancelled = true
            reject(signal?.reason as Error)
          }
          if (signal?.aborted) onAbort()
          else signal?.addEventListener('abort', onAbort, { once: true })
        }),
    },
  })
}

type Options = { path: string; method: string; headers?: unknown; body?: unknown }

class WireDispatcher {
  readonly #actor: Actor
  readonly #wire: FlyWire
  readonly #dice: Dice

  constructor(actor: Actor, wire: FlyWire, dice: Dice) {
    this.#actor = actor
    this.#wire = wire
    this.#dice = dice
  }

  dispatch(options: Options, handler: Dispatcher.DispatchHandler): boolean {
    const exchange = new Exchange(this.#wire, this.#actor, this.#dice, handler)
    const label = `${options.method} ${options.path}`
    const { scheduler } = this.#wire
    scheduler
      .turn(this.#actor, 'fly', label, (strike) => exchange.leave(options, strike), lost)
      .then(
        () => undefined,
        () => exchange.connectionLost(),
      )
    return true
  }
}

const lost = () => Object.assign(new Error('read ECONNRESET'), { code: 'ECONNRESET' })

/** One request and what comes of it. */
class Exchange {
  readonly #wire: FlyWire
  readonly #actor: Actor
  readonly #dice: Dice
  readonly #handler: Dispatcher.DispatchHandler
  /** Given up by the caller, or cut: nothing that comes later is heard. */
  #over = false
  #abandon: () => void = () => undefined
  readonly #controller = {
    aborted: false,
    paused: false,
    reason: null,
    rawHeaders: null,
    rawTrailers: null,
    pause: () => undefined,
    resume: () => undefined,
    abort: () => {
      this.#over = true
      // The server sees the closed connection a moment later.
      this.#later(this.#wire.fly, () => this.#abandon())
    },
  }

  constructor(wire: FlyWire, actor: Actor, dice: Dice, handler: Dispatcher.DispatchHandler) {
    this.#wire = wire
    this.#actor = actor
    this.#dice = dice
    this.#handler = handler
  }

  #isOver(): boolean {
    return this.#over
  }

  get #asController(): Dispatcher.DispatchController {
    return this.#controller
  }

  /** A delay is one of the wire here: the request reaches Fly late, or its answer reaches us late. */
  leave({ path, method, headers, body }: Options, strike: Strike | null): void {
    if (this.#isOver()) return
    this.#wire.scheduler.current = this.#actor
    this.#handler.onRequestStart?.(this.#asController, undefined)
    // Given up before it was its turn: the client takes the connection back, and nothing leaves.
    if (this.#isOver()) return
    const lateMs = strike?.what === 'delay' ? strike.delayMs : 0
    const there = strike?.when === 'before' ? lateMs : 0
    const request = {
      method,
      path,
      headers: headers as Record<string, string>,
      body: typeof body === 'string' ? body : null,
    }
    this.#later(
      this.#wire.fly,
      () => {
        this.#abandon = this.#wire.memory.send(request, {
          onAnswer: (status, answered, bytes) =>
            this.#later(
              this.#actor,
              () => this.#arrive(`${method} ${path}`, status, answered, bytes),
              lateMs - there,
            ),
          onReset: () => this.#later(this.#actor, () => this.connectionLost()),
        })
      },
      there,
    )
  }

  connectionLost(): void {
    if (this.#isOver()) return
    this.#over = true
    this.#handler.onResponseError?.(this.#asController, lost())
  }

  #arrive(call: string, status: number, headers: Record<string, string>, body: Buffer): void {
    if (this.#isOver()) return
    const { trace, time } = this.#wire.scheduler
    trace.note(time.elapsedMs, this.#actor.name, `${status} to ${call}`)
    this.#handler.onResponseStart?.(this.#asController, status, headers, undefined)
    if (!this.#isOver() && body.length > 0) this.#handler.onResponseData?.(this.#asController, body)
    if (!this.#isOver()) this.#handler.onResponseEnd?.(this.#asController, {})
    this.#over = true
  }

  #later(owner: Actor, run: () => void, extraMs = 0): void {
    const { scheduler } = this.#wire
    scheduler.after(this.#dice.between(...WIRE_MS) + extraMs, owner, run)
  }
}
