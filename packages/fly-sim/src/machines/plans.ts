import type { Timer } from '../clock.ts'
import type { Fault } from '../faults/faults.ts'
import type { Sim } from '../sim.ts'
import type { Machine } from '../world/types.ts'
import { targetOf } from './target.ts'

/**
 * What each machine does next: at most one plan a machine, a newer one replaces the older. A plan that comes due while
 * the fault `stuck_state` holds its machine waits until the faults change.
 */
export class Plans {
  readonly #sim: Sim
  readonly #timers = new Map<string, Timer>()
  readonly #stuck = new Map<string, () => void>()

  constructor(sim: Sim) {
    this.#sim = sim
    sim.faults.onChange = () => {
      this.#releaseUnstuck()
    }
  }

  after(machine: Machine, delayMs: number, run: () => void): void {
    this.cancel(machine)
    const timer = this.#sim.clock.after(delayMs, () => {
      this.#timers.delete(machine.id)
      if (this.#isStuck(machine)) this.#stuck.set(machine.id, run)
      else run()
    })
    this.#timers.set(machine.id, timer)
  }

  cancel(machine: Machine): void {
    this.#timers.get(machine.id)?.cancel()
    this.#timers.delete(machine.id)
    this.#stuck.delete(machine.id)
  }

  clear(): void {
    for (const timer of this.#timers.values()) timer.cancel()
    this.#timers.clear()
    this.#stuck.clear()
  }

  #isStuck(machine: Machine): boolean {
    if (this.#sim.faults.size === 0) return false
    const isMeant = ({ params: { state } }: Fault) => state === undefined || state === machine.state
    return this.#sim.faults.holds('stuck_state', targetOf(machine), isMeant) !== null
  }

  #releaseUnstuck(): void {
    for (const [id, run] of [...this.#stuck]) {
      const machine = this.#sim.world.machines.get(id)
      if (machine && this.#isStuck(machine)) continue
      this.#stuck.delete(id)
      if (machine) run()
    }
  }
}
