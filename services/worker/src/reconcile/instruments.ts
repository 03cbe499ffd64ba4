/** What watches the engine. Nothing here changes what it does, and without instruments it does the same. */
import type { Operation, Step } from '@hangar/core'
import type { SweepName } from '@hangar/jobs'
import type { Attempt, StepResult } from './attempt.ts'
import type { Observation } from './observe.ts'

/** What one waits for that no step of ours can hasten. */
export const WAITS = ['machine_start', 'first_heartbeat', 'drain'] as const
export type Wait = (typeof WAITS)[number]

export type Instruments = {
  /** What each log line of an attempt begins with, besides its own id. */
  logFields(): Record<string, string>
  /** What each event that a step writes says besides its own: which answer of Fly it follows from. */
  eventFields(): Record<string, unknown>
  /** Around one pass: a look, and the steps that follow from it. */
  pass<T>(userId: string, pass: () => Promise<T>): Promise<T>
  /** Around one look at Postgres and Fly. */
  look(look: () => Promise<Observation>): Promise<Observation>
  /** Around one step. `seen.row` is the row before it, and afterwards what the step made of it. */
  step(
    about: { attempt: Attempt; step: Step['kind']; seen: Observation },
    perform: () => Promise<StepResult>,
  ): Promise<StepResult>
  waited(operation: Operation, wait: Wait, ms: number): void
  /** `givenUp`: it was the last attempt before a long pause. */
  attemptFailed(operation: Operation, givenUp: boolean): void
  leaseLost(): void
  /** `repairs`: what a sweep mended because nothing else had. */
  swept(sweep: SweepName, repairs: number): void
}
