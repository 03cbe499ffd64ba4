/** The parts of the engine that a simulation drives; a test may put a broken one in the place of any. */
import { listUsersToWake, raiseWant } from '@hangar/db'
import { reconcileUser } from '../../services/worker/src/reconcile/job.ts'
import { sweepDifferences } from '../../services/worker/src/sweeps/differences.ts'
import { sweepHealth } from '../../services/worker/src/sweeps/health.ts'

export const ENGINE = {
  reconcile: reconcileUser,
  listUsersToWake,
  raiseWant,
  sweepDifferences,
  sweepHealth,
}
export type Engine = typeof ENGINE
