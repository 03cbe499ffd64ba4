/**
 * An operator, who pauses the whole fleet for a while, or sets the bar for a burst of downgrades so low that two are
 * one. By the calm they have let go and agreed: what a brake held then has to go on by itself.
 */
import { approveBurst, engageBrake, releaseBrake, writeSetting } from '@hangar/db'
import type { BrakeSpell } from '../checker/index.ts'
import { SETTINGS } from './settings.ts'
import type { Simulation } from './simulation.ts'
import { newActor } from './virtual-time.ts'

const WHO = 'simulated operator'
/** More than any history has to take away. */
const ENOUGH = 1_000
const HOUR_MS = 3_600_000
const AGAIN_MS = 500

export class Operator {
  /** When the fleet was paused: as the database knew it at the latest, and until when at the least. */
  readonly spells: BrakeSpell[] = []
  readonly #simulation: Simulation
  readonly #actor = newActor('operator')
  #cautious = false
  #calm = false

  constructor(simulation: Simulation) {
    this.#simulation = simulation
  }

  pause(forMs: number): void {
    const { scheduler } = this.#simulation
    this.#simulation.count('fleet paused')
    this.#insist(async () => {
      await engageBrake(this.#db(), 'operator', { by: WHO, reason: 'a pause' })
      this.spells.push({ brake: 'operator', from: this.#now(), to: null })
      scheduler.after(this.#calm ? 0 : forMs, this.#actor, () => this.#release())
    })
  }

  beCautious(): void {
    this.#cautious = true
    this.#insist(() =>
      this.#db()
        .transaction()
        .execute((tx) => writeSetting(tx, 'teardownBurst', { least: 1, share: 0 }, WHO)),
    )
  }

  calm(): void {
    this.#calm = true
    this.#release()
    if (this.#cautious) this.#approve()
  }

  #release(): void {
    for (const spell of this.spells) spell.to ??= this.#now()
    this.#insist(() => releaseBrake(this.#db(), 'operator'))
  }

  #approve(): void {
    const burst = { count: ENOUGH, reason: 'all are meant', actor: WHO, expiresInMs: HOUR_MS }
    this.#simulation.count('burst approved')
    this.#insist(() =>
      this.#db()
        .transaction()
        .execute((tx) => approveBurst(tx, burst, SETTINGS.policy)),
    )
  }

  /** As people do who got no answer. All that an operator does may be done twice. */
  #insist(act: () => Promise<unknown>): void {
    act().catch(() => this.#simulation.scheduler.after(AGAIN_MS, this.#actor, () => this.#insist(act)))
  }

  #db() {
    return this.#simulation.databaseFor(this.#actor)
  }

  #now(): Date {
    return new Date(this.#simulation.time.nowMs)
  }
}
