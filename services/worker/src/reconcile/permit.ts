/** Work on the fleet that takes turns: over all workers, no more of it begins than there are permits for. */
import { countParked, type PermitName, takePermit } from '@hangar/db'
import type { Attempt } from './attempt.ts'

type Turn = { bucket: PermitName; leave: number; reason: string }

/** A correction is a repair that can wait: half of what the bucket holds is left to those that are down. */
const TURNS = {
  fly_app_delete: { bucket: 'fly_app_delete', leave: 0, reason: 'waiting for a permit to delete an app' },
  repair: { bucket: 'repair', leave: 0, reason: 'waiting for a permit to repair an app' },
  correction: { bucket: 'repair', leave: 5, reason: 'waiting for a permit to correct an app' },
} as const satisfies Record<string, Turn>
export type TurnName = keyof typeof TURNS
/** The longest that one of a crowd waits before it asks again. */
const MOST_WAIT_MS = 60_000

/**
 * Null: go on. Else how long to wait: anywhere up to when the last of all who wait would have theirs, or a crowd would
 * come back together for each single permit. A permit that was taken is spent, whatever becomes of its taker.
 */
export async function awaitPermit(
  { deps }: Pick<Attempt, 'deps'>,
  name: TurnName,
): Promise<{ waitMs: number; reason: string } | null> {
  const { bucket, leave, reason } = TURNS[name]
  const permit = await takePermit(deps.db, bucket, { leave })
  if (permit.ok) return null
  const crowdMs = (await countParked(deps.db, reason)) * permit.eachMs
  const waitMs = Math.round(permit.retryAfterMs + deps.random() * Math.min(crowdMs, MOST_WAIT_MS))
  return { waitMs, reason }
}

/** How many users wait for such a permit. */
export function countWaiting({ deps }: Pick<Attempt, 'deps'>, name: TurnName): Promise<number> {
  return countParked(deps.db, TURNS[name].reason)
}
