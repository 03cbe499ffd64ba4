import { countParked, type PermitName, takePermit } from '@hangar/db'
import type { Attempt } from './attempt.ts'

const REASONS = {
  fly_app_delete: 'waiting for a permit to delete an app',
  repair: 'waiting for a permit to repair an app',
} as const satisfies Record<PermitName, string>
/** The longest that one of a crowd waits before it asks again. */
const MOST_WAIT_MS = 60_000

/**
 * Null: go on. Else how long to wait: anywhere up to when the last of all who wait would have theirs, or a crowd would
 * come back together for each single permit.
 */
export async function awaitPermit(
  { deps }: Attempt,
  name: PermitName,
): Promise<{ waitMs: number; reason: string } | null> {
  const permit = await takePermit(deps.db, name)
  if (permit.ok) return null
  const reason = REASONS[name]
  const crowdMs = (await countParked(deps.db, reason)) * permit.eachMs
  const waitMs = Math.round(permit.retryAfterMs + deps.random() * Math.min(crowdMs, MOST_WAIT_MS))
  return { waitMs, reason }
}
