import type { Database } from '@hangar/db'
import type { Dice } from '../random.ts'
import type { Rig } from '../rig/rig.ts'

export type Stage = {
  rig: Rig
  /** Straight to PostgreSQL, not through a link. */
  db: Database
  dice: Dice
  /** Until when faults last, by performance.now(). */
  endsAtMs: number
  /** Waits, or until the faults end, whichever is first. */
  pause: (ms: number) => Promise<void>
}

/** Something bad. It resolves when it is over, healed by itself, and answers what it did; null: it struck nobody. */
export type Deed = {
  kind: string
  /** Two deeds on the same thing never overlap. */
  on: (stage: Stage) => string
  run: (stage: Stage, target: string) => Promise<string | null>
}
