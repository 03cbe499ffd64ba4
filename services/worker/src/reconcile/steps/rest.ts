/** How a row is taken up again after it was parked, and how it comes to rest. */
import type { AppRow } from '@hangar/db'
import type { Attempt } from '../attempt.ts'
import type { Observation } from '../observe.ts'
import { operation, record } from './context.ts'

/** A parked row that is worked on again gets its phase back, so that lists and queries tell the truth. */
export async function resumeFromError(attempt: Attempt, seen: Observation, row: AppRow): Promise<void> {
  const status = row.teardownStartedAt ? 'deprovisioning' : 'provisioning'
  const context = { attempt, seen, row }
  const type = `${operation(context)}_started`
  await record(context, { status }, { type, status: 'started', message: 'taken up again' })
}

/** What a look that finds all as wanted leaves behind: no trace of failures that passed, and the tier as it is now. */
export async function comeToRest(attempt: Attempt, seen: Observation, row: AppRow): Promise<void> {
  const { entitlement } = attempt
  const tier = entitlement.kind === 'entitled' ? entitlement.tier : row.tier
  const clean = row.errorCode === null && row.retryCount === 0
  if (row.status === 'error' || (clean && tier === row.tier)) return
  await record({ attempt, seen, row }, { tier, errorCode: null, errorMessage: null, retryCount: 0 }, [])
}
