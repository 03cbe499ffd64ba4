/** How a row is taken up again after it was parked, and how it comes to rest. */
import type { AppRow } from '@hangar/db'
import { isRotating } from '@hangar/core'
import { type Attempt, guard } from '../attempt.ts'
import type { Observation } from '../observe.ts'
import { operation, record } from './context.ts'
import { setSecrets } from './provision.ts'

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

/**
 * While the master key is replaced: an app at rest whose secrets were written with the old one gets them anew. Its
 * machine goes on with the old ones until it next starts, and they are accepted as long as the old key is. What its user
 * is entitled to has no say in it: who is not known now must not be locked out later.
 */
export async function renewSecrets(attempt: Attempt, seen: Observation, row: AppRow): Promise<void> {
  const { keyRing } = attempt.deps
  if (!isRotating(keyRing) || row.secretsKeyId === keyRing.current.id) return
  const atRest = row.status === 'active' && row.operation === null && seen.world.fly.kind === 'ours'
  if (!atRest) return
  if ((await guard(attempt)) !== 'replan') await setSecrets({ attempt, seen, row })
}
