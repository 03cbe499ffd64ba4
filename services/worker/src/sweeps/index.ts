/**
 * What each schedule stands for. A schedule without a function here does not compile, and a function without a
 * schedule would never run; a job whose name this version does not know belongs to another version of the worker.
 */
import { recordSweepCompleted } from '@hangar/db'
import {
  type Outcome,
  type ProcessContext,
  SCHEDULES,
  type SweepName,
  type SweepQueueName,
} from '@hangar/jobs'
import type { ReconcileDeps } from '../reconcile/deps.ts'
import { type AlertDeps, sweepAlerts } from './alerts.ts'
import { sweepCost } from './cost.ts'
import { sweepDifferences } from './differences.ts'
import { sweepGuards } from './guards.ts'
import { sweepHealth } from './health.ts'
import { sweepOrphans } from './orphans.ts'
import { sweepStuck } from './stuck.ts'

export type SweepDeps = ReconcileDeps & Pick<AlertDeps, 'listWaitingHeads'>
type Sweep = (deps: SweepDeps, signal: AbortSignal) => Promise<unknown>

const SWEEPS = {
  guards: sweepGuards,
  alerts: sweepAlerts,
  differences: sweepDifferences,
  stuck: sweepStuck,
  orphans: sweepOrphans,
  health: sweepHealth,
  cost: sweepCost,
} as const satisfies Record<SweepName, Sweep>

type Results = { [Name in SweepName]: Awaited<ReturnType<(typeof SWEEPS)[Name]>> }

/** What a run of a sweep mended, because nothing else had: of a sweep that is not here, nothing. */
const REPAIRS = {
  differences: (found) => found,
  stuck: ({ taken_up: takenUp }) => takenUp,
  orphans: (summary) => summary?.new ?? 0,
  health: ({ woken }) => woken,
  cost: ({ mended }) => mended,
} satisfies { [Name in SweepName]?: (result: Results[Name]) => number }

export const REPAIRING_SWEEPS = Object.keys(REPAIRS) as (keyof typeof REPAIRS)[]
export const SWEEP_NAMES = Object.keys(SWEEPS) as SweepName[]
export const SWEEP_QUEUES: readonly SweepQueueName[] = [...new Set(SCHEDULES.map(({ queue }) => queue))]

export function isSweep(name: string): name is SweepName {
  return Object.hasOwn(SWEEPS, name)
}

export async function runSweep(
  deps: SweepDeps,
  name: SweepName,
  { signal }: Pick<ProcessContext, 'signal'>,
): Promise<Outcome> {
  const result: unknown = await SWEEPS[name](deps, signal)
  const repairs = (REPAIRS as Partial<Record<SweepName, (result: unknown) => number>>)[name]
  if (repairs) deps.instruments?.swept(name, repairs(result))
  await recordSweepCompleted(deps.db, name)
  return { kind: 'done' }
}
