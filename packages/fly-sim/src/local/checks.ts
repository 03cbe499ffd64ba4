import type { Timer } from '../clock.ts'
import { checkNames } from '../machines/checks.ts'
import type { CheckResult } from '../machines/runner.ts'
import { draw } from '../settings.ts'
import type { Sim } from '../sim.ts'
import { durationMs } from '../world/durations.ts'
import type { CheckConfig, Machine } from '../world/types.ts'
import { probe } from './probe.ts'

const DEFAULT_INTERVAL_MS = 10_000
/** Until a check has passed once it is tried more often, so that a short-lived demo need not wait for its interval. */
const EAGER_INTERVAL_MS = 500

/** Runs a machine's checks against its process, in their interval, and keeps the last results. */
export class CheckLoop {
  readonly #sim: Sim
  readonly #port: number
  readonly #results = new Map<string, CheckResult>()
  readonly #timers = new Map<string, Timer>()
  #stopped = false

  constructor(sim: Sim, machine: Machine, port: number) {
    this.#sim = sim
    this.#port = port
    for (const [name, check] of checkNames(machine.config)) {
      const firstMs = Math.max(durationMs(check.grace_period) ?? 0, draw(sim.delays.checksMs, sim.random))
      this.#runAfter(name, check, firstMs)
    }
  }

  result(name: string): CheckResult | 'none_yet' {
    return this.#results.get(name) ?? 'none_yet'
  }

  stop(): void {
    this.#stopped = true
    for (const timer of this.#timers.values()) timer.cancel()
  }

  #runAfter(name: string, check: CheckConfig, delayMs: number): void {
    this.#timers.set(
      name,
      this.#sim.clock.after(delayMs, () => void this.#run(name, check)),
    )
  }

  async #run(name: string, check: CheckConfig): Promise<void> {
    const { status, output } = await probe(check, this.#port)
    if (this.#stopped) return
    const before = this.#results.get(name)
    // updated_at is the last change of status, not the last run.
    const updatedAtMs = before?.status === status ? before.updatedAtMs : this.#sim.clock.nowMs()
    this.#results.set(name, { status, output, updatedAtMs })
    const intervalMs = durationMs(check.interval) ?? DEFAULT_INTERVAL_MS
    this.#runAfter(name, check, status === 'passing' ? intervalMs : Math.min(intervalMs, EAGER_INTERVAL_MS))
  }
}
