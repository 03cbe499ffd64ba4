/** The parts of the engine that a simulation drives; a test may put a broken one in the place of any. */
import { listUsersToWake, raiseWant } from '@hangar/db'
import { reconcileUser } from '../../services/worker/src/reconcile/job.ts'
import { runSweep } from '../../services/worker/src/sweeps/index.ts'

export const ENGINE = {
  reconcile: reconcileUser,
  listUsersToWake,
  raiseWant,
  runSweep,
}
export type Engine = typeof ENGINE
