/**
 * Who is next. Every input or output of every process is a turn that waits here until it is picked; one is in flight
 * at a time, and all that follows from it has happened before the next is picked. So a seed decides the whole history.
 *
 *   asked for ─ picked ─▶ carried out ─ its process runs  ─▶ answered
 *       │                      │      ─ is frozen         ─▶ answered when it thaws
 *       └ its process dies ─▶ gone    ─ has died          ─▶ never answered
 *
 * A transaction is one turn from begin to commit, so that no row lock is ever held while somebody else acts.
 */
import type { Dice } from './dice.ts'
import { realClearTimeout, realSetTimeout } from './global-timers.ts'
import type { Trace } from './trace.ts'
import { type Actor, newActor, type VirtualTime } from './virtual-time.ts'

export type TurnKind = 'sql' | 'fly' | 'queue' | 'other'
export type Strike = { when: 'before' | 'after'; what: 'error' | 'delay' | 'exit'; delayMs: number }

export type Turn = {
  actor: Actor
  kind: TurnKind
  label: string
  carryOut: (strike: Strike | null) => unknown
  resolve: (value: never) => void
  reject: (error: Error) => void
  /** What a broken connection looks like to whoever asked. */
  broken: () => Error
  struck: boolean
}

/** Decides what goes wrong with a turn; null for nothing. */
export type Saboteur = (turn: Turn) => Strike | null

/** A turn takes this many virtual milliseconds at most. */
const TURN_TAKES_MS = 2

export class Scheduler {
  readonly time: VirtualTime
  readonly trace: Trace
  readonly dice: Dice
  /** Whose code runs right now. */
  current: Actor = newActor('start')
  saboteur: Saboteur = () => null
  /** Told before a process that is hit by `exit` is gone. */
  onExit: (actor: Actor) => void = () => undefined
  onError: (error: unknown) => void = () => undefined
  /** A turn holds up whoever asked for it and nobody else, as in a fleet; in a history each holds up all. */
  sideBySide = false
  /** Real time. A transaction that waits for another turn would wait for ever. */
  stuckAfterMs = 20_000
  #waiting: Turn[] = []

  constructor(time: VirtualTime, trace: Trace, dice: Dice) {
    this.time = time
    this.trace = trace
    this.dice = dice
  }

  /** Asks for a turn; answered with what `carryOut` gives. */
  turn<T>(
    actor: Actor,
    kind: TurnKind,
    label: string,
    carryOut: (strike: Strike | null) => T | Promise<T>,
    broken: Turn['broken'] = () => new Error('connection lost'),
  ): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      this.#waiting.push({ actor, kind, label, carryOut, resolve, reject, broken, struck: false })
    })
  }

  /** Runs something of an actor's own later, if it is still there then. */
  after(delayMs: number, actor: Actor, run: () => void): void {
    this.time.after(delayMs, actor, run)
  }

  kill(actor: Actor): void {
    actor.state = 'dead'
    actor.held.length = 0
    this.#waiting = this.#waiting.filter((turn) => turn.actor !== actor)
  }

  freeze(actor: Actor): void {
    if (actor.state === 'running') actor.state = 'frozen'
  }

  thaw(actor: Actor): void {
    if (actor.state !== 'frozen') return
    actor.state = 'running'
    for (const run of actor.held.splice(0)) this.time.after(0, actor, run)
  }

  /** One thing happens. False when nothing is left to happen before `limitMs`. */
  async step(limitMs: number): Promise<boolean> {
    await quiet()
    const timer = this.time.takeDue()
    if (timer) {
      this.#as(timer.owner, timer.run)
      return true
    }
    const ready = this.#waiting.filter((turn) => turn.actor.state === 'running')
    if (ready.length === 0) return this.time.skip(limitMs)
    const turn = ready.length === 1 ? (ready[0] as Turn) : this.dice.pick(ready)
    this.#waiting.splice(this.#waiting.indexOf(turn), 1)
    await this.#take(turn)
    if (!this.sideBySide) this.time.nowMs += this.#turnTakesMs()
    return true
  }

  async #take(turn: Turn): Promise<void> {
    const strike = turn.struck ? null : this.saboteur(turn)
    const { actor } = turn
    this.trace.note(this.time.elapsedMs, actor.name, `${turn.label}${strike ? describe(strike) : ''}`)
    turn.struck = true
    // What happens on the wire to Fly is the wire's: the process has sent, and goes on living.
    const onTheWire = turn.kind === 'fly' && strike?.what === 'delay'
    if (strike?.when === 'before' && !onTheWire) {
      if (strike.what === 'exit') this.#exit(actor)
      else if (strike.what === 'error') this.#as(actor, () => turn.reject(turn.broken()))
      else this.time.after(strike.delayMs, actor, () => this.#waiting.push(turn))
      return
    }
    const answer = await this.#carryOut(turn, strike)
    if (strike?.what === 'exit') this.#exit(actor)
    else if (strike?.what === 'error') this.#as(actor, () => turn.reject(turn.broken()))
    else if (strike?.what === 'delay' && !onTheWire) this.time.after(strike.delayMs, actor, answer)
    else if (this.sideBySide) this.time.after(this.#turnTakesMs(), actor, answer)
    else this.#as(actor, answer)
  }

  #turnTakesMs(): number {
    return this.dice.between(0, TURN_TAKES_MS)
  }

  /** What the process is to be told. */
  async #carryOut(turn: Turn, strike: Strike | null): Promise<() => void> {
    let timeout: NodeJS.Timeout | undefined
    const stuck = new Promise<never>((_, reject) => {
      timeout = realSetTimeout(
        () => reject(new SimulationError(`the turn "${turn.label}" does not end`)),
        this.stuckAfterMs,
      )
    })
    try {
      const value = await Promise.race([turn.carryOut(strike), stuck])
      return () => turn.resolve(value as never)
    } catch (error) {
      if (error instanceof SimulationError) throw error
      return () => turn.reject(error as Error)
    } finally {
      realClearTimeout(timeout)
    }
  }

  #exit(actor: Actor): void {
    this.onExit(actor)
    this.kill(actor)
  }

  #as(actor: Actor, run: () => void): void {
    if (actor.state === 'dead') return
    if (actor.state === 'frozen') {
      actor.held.push(run)
      return
    }
    this.current = actor
    run()
  }
}

/** The simulation itself is wrong, not the engine. */
class SimulationError extends Error {
  override readonly name = 'SimulationError'
}

function describe({ when, what, delayMs }: Strike): string {
  return `  ✗ ${what} ${when}${what === 'delay' ? ` ${delayMs} ms` : ''}`
}

/** All that follows from what just happened has happened: no promise of ours waits for anything but a turn or a timer. */
function quiet(): Promise<void> {
  return new Promise((resolve) => void setImmediate(resolve))
}
