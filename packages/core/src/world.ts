/**
 * What plan() is asked about and what it may answer: the facts about one user, as seen in one look, and the steps.
 */
import type { BrakeName } from './brakes.ts'
import type { Entitlement } from './entitlement.ts'
import type { AppStatus, ForcedAction, Guest } from './lifecycle.ts'

/** One thing to do. Each is idempotent: doing it twice leaves what doing it once leaves. */
export type Step =
  | { kind: 'reserve' }
  | { kind: 'rename' }
  | { kind: 'create_app' }
  | { kind: 'set_secrets' }
  | { kind: 'create_machine' }
  | { kind: 'adopt_machine'; machineId: string }
  | { kind: 'start_machine'; machineId: string }
  | { kind: 'restart_machine'; machineId: string }
  | { kind: 'await_started' }
  | { kind: 'await_healthy' }
  | { kind: 'activate' }
  | { kind: 'begin_resize' }
  | { kind: 'update_machine'; machineId: string }
  | { kind: 'begin_repair'; reason: string }
  | { kind: 'confirm' }
  | { kind: 'await_turn'; among: 'repairs' | 'corrections' }
  | { kind: 'give_up'; reason: string }
  | { kind: 'begin_teardown' }
  | { kind: 'ask_to_drain'; machineId: string }
  | { kind: 'end_drain' }
  | { kind: 'stop_machine'; machineId: string }
  | { kind: 'delete_machine'; machineId: string }
  | { kind: 'delete_app' }
  | { kind: 'abandon'; reason: string }
  | { kind: 'close'; reason: string }

export type Plan =
  | { kind: 'steps'; steps: Step[]; reason: string }
  | { kind: 'wait'; delayMs: number; reason: string }
  | { kind: 'settled'; reason: string }

export type RowFacts = {
  status: Exclude<AppStatus, 'deleted'>
  /** Work under way on an active app, null when it is at rest. */
  operation: 'resize' | 'repair' | null
  machineId: string | null
  instanceId: string | null
  guest: Guest
  deployed: boolean
  teardownStartedAt: Date | null
  drainStartedAt: Date | null
  /** The word to drain has arrived: Fly, or the app itself, has answered for it. */
  drainTold: boolean
  /** When the engine last wrote it: each step does, and each failed attempt. A wait does not. */
  changedAt: Date
}

export type MachineFacts = {
  id: string
  /** Fly's word, an open set: unknown values are treated as "in between". */
  state: string
  /** The version of the machine: a new one with each update. Null when Fly did not say. */
  instanceId: string | null
  /** Null when Fly could not tell, as with an unreachable host. */
  guest: Guest | null
  /** On record, or bearing this generation's mark. Another one in our app was made by hand. */
  owned: boolean
}

export type FlyFacts =
  /** The row was reserved by this very attempt: nothing can be there yet. */
  | { kind: 'untouched' }
  /** Fly did not answer, or answered in part. */
  | { kind: 'unreachable' }
  | { kind: 'absent' }
  /** An app of that name is there, and it is not ours. */
  | { kind: 'stranger' }
  | { kind: 'ours'; machines: MachineFacts[] }

export type AppFacts = {
  /** This generation has asked for its bootstrap, so it may be trading. */
  bootstrapped: boolean
  /** When it reported all flushed, if it did. */
  drainedAt: Date | null
  /**
   * The machine on record runs nothing until it is started anew: it was told that another had taken its place, or it has
   * drained although nobody had asked it to. Certain `from` then on; null: at once.
   */
  idle: { from: Date | null; reason: string } | null
}

export type World = {
  now: Date
  entitlement: Entitlement
  row: RowFacts | null
  fly: FlyFacts
  app: AppFacts
  /** Those that are engaged now. */
  brakes: readonly BrakeName[]
  /** What an operator forces on this very row. */
  forced: ForcedAction | null
  /**
   * The database was restored, and what is on Fly was not looked through since: a generation that no row knows of may
   * be there.
   */
  namesInDoubt: boolean
  /** How long an app may take to drain, and how long Hangar waits for it. */
  drainGraceMs: number
  /** How long a machine may be between two states. */
  settleDeadlineMs: number
}
