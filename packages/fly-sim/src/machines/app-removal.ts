import type { Timer } from '../clock.ts'
import { draw } from '../settings.ts'
import type { Sim } from '../sim.ts'
import type { App } from '../world/types.ts'

/**
 * Deleting an app: 202 at once; then its machines are destroyed, and when the last is gone and the delay is over, the
 * app goes with its volumes, secrets and addresses.
 */
export class AppRemoval {
  readonly #sim: Sim
  readonly #timers = new Map<string, Timer>()

  constructor(sim: Sim) {
    this.#sim = sim
  }

  begin(app: App, force: boolean): void {
    app.deleting = true
    for (const machine of app.machines.values()) {
      if (machine.state !== 'destroyed') this.#sim.lifecycle.destroy(machine, force)
    }
    this.#finishAfter(app, draw(this.#sim.delays.appDeleteMs, this.#sim.random))
  }

  /** After a dump was loaded. */
  revive(app: App): void {
    if (app.deleting) this.#finishAfter(app, draw(this.#sim.delays.appDeleteMs, this.#sim.random))
  }

  clear(): void {
    for (const timer of this.#timers.values()) timer.cancel()
    this.#timers.clear()
  }

  #finishAfter(app: App, delayMs: number): void {
    this.#timers.get(app.id)?.cancel()
    this.#timers.set(
      app.id,
      this.#sim.clock.after(delayMs, () => this.#finish(app)),
    )
  }

  #finish(app: App): void {
    const { world, faults, lifecycle, delays, random, clock } = this.#sim
    this.#timers.delete(app.id)
    if (world.apps.get(app.name) !== app) return
    const left = [...app.machines.values()].filter((machine) => machine.state !== 'destroyed')
    const isStuck = () => faults.holds('app_delete_stuck', { app: app.name, org: app.orgSlug }) !== null
    if (left.length > 0 || isStuck()) {
      this.#waitFor(app, left[0])
      return
    }
    for (const machine of [...app.machines.values()]) lifecycle.forget(machine)
    const heldMs = draw(delays.nameHeldMs, random)
    world.removeApp(app, heldMs > 0 ? clock.nowMs() + heldMs : null)
  }

  /** Tries again when the machine has changed, or, where nothing will tell, after a while. */
  #waitFor(app: App, machine: App['machines'] extends Map<string, infer M> ? M | undefined : never): void {
    if (!machine) {
      this.#finishAfter(app, RECHECK_MS)
      return
    }
    const unwatch = this.#sim.lifecycle.watchers.watch(machine, () => {
      if (machine.state !== 'destroyed') return
      unwatch()
      this.#finish(app)
    })
  }
}

const RECHECK_MS = 250
