/**
 * What each schedule stands for. A schedule without a function here does not compile, and a function without a
 * schedule would never run; a job whose name this version does not know belongs to another version of the worker.
 */
import {
  type Outcome,
  type ProcessContext,
  SCHEDULES,
  type SweepName,
  type SweepQueueName,
} from '@hangar/jobs'
import type { ReconcileDeps } from '../reconcile/deps.ts'
import { sweepCost } from './cost.ts'
import { sweepDifferences } from './differences.ts'
import { sweepGuards } from './guards.ts'
import { sweepHealth } from './health.ts'
import { sweepOrphans } from './orphans.ts'
import { sweepStuck } from './stuck.ts'

type Sweep = (deps: ReconcileDeps, signal: AbortSignal) => Promise<unknown>

const SWEEPS = {
  guards: sweepGuards,
  differences: sweepDifferences,
  stuck: sweepStuck,
  orphans: sweepOrphans,
  health: sweepHealth,
  cost: sweepCost,
} as const satisfies Record<SweepName, Sweep>

export const SWEEP_NAMES = Object.keys(SWEEPS) as SweepName[]
export const SWEEP_QUEUES: readonly SweepQueueName[] = [...new Set(SCHEDULES.map(({ queue }) => queue))]

export function isSweep(name: string): name is SweepName {
  return Object.hasOwn(SWEEPS, name)
}

export async function runSweep(
  deps: ReconcileDeps,
  name: SweepName,
  { signal }: Pick<ProcessContext, 'signal'>,
): Promise<Outcome> {
  await SWEEPS[name](deps, signal)
  return { kind: 'done' }
}
