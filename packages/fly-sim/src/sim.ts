import { CallLog } from './call-log.ts'
import type { SimClock } from './clock.ts'
import { Faults } from './faults/faults.ts'
import { Limiter } from './limits.ts'
import { AppRemoval } from './machines/app-removal.ts'
import { Lifecycle } from './machines/lifecycle.ts'
import { Random } from './random.ts'
import { type Delays, type Quotas, NO_QUOTAS } from './settings.ts'
import { World, type WorldDump } from './world/world.ts'

/** The stand-in without its wire: state, time, chance, faults, and what moves machines. */
export class Sim {
  readonly clock: SimClock
  readonly random: Random
  readonly world = new World()
  readonly faults: Faults
  readonly limiter: Limiter
  readonly calls: CallLog
  readonly lifecycle: Lifecycle
  readonly appRemoval: AppRemoval
  delays: Delays
  quotas: Quotas

  constructor(from: {
    clock: SimClock
    seed: number
    delays: Delays
    rateLimits: boolean
    quotas?: Partial<Quotas>
    callLogSize?: number
  }) {
    this.clock = from.clock
    this.random = new Random(from.seed)
    this.faults = new Faults(new Random(from.seed ^ 0x5eed))
    this.limiter = new Limiter(from.clock, from.rateLimits)
    this.calls = new CallLog(from.callLogSize)
    this.delays = from.delays
    this.quotas = { ...NO_QUOTAS, ...from.quotas }
    this.lifecycle = new Lifecycle(this)
    this.appRemoval = new AppRemoval(this)
  }

  /** Resolves after so much of the stand-in's time; at once for 0. */
  pause(delayMs: number): Promise<void> | undefined {
    if (delayMs <= 0) return undefined
    return new Promise((resolve) => void this.clock.after(delayMs, resolve))
  }

  /** Forgets what happened; organisations, tokens, delays and quotas stay. */
  reset(seed?: number): void {
    this.lifecycle.clear()
    this.appRemoval.clear()
    this.world.clear()
    this.faults.clear()
    this.calls.clear()
    this.limiter.clear()
    if (seed !== undefined) this.random.state = seed
  }

  dump(): SimDump {
    return {
      format: 1,
      nowMs: this.clock.nowMs(),
      randomState: this.random.state,
      delays: this.delays,
      quotas: this.quotas,
      world: this.world.dump(),
    }
  }

  /** Goes on from a dump: what was under way is taken up again, with its whole delay. */
  load(dump: SimDump): void {
    this.reset()
    this.clock.jump(dump.nowMs - this.clock.nowMs())
    this.random.state = dump.randomState
    this.delays = dump.delays
    this.quotas = dump.quotas
    this.world.restore(dump.world)
    for (const machine of [...this.world.machines.values()]) this.lifecycle.revive(machine)
    for (const app of this.world.apps.values()) this.appRemoval.revive(app)
  }
}

export type SimDump = {
  format: 1
  nowMs: number
  randomState: number
  delays: Delays
  quotas: Quotas
  world: WorldDump
}
