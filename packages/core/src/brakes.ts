/**
 * The brakes: conditions under which harm at scale is likelier than need, so that what destroys pauses for everybody.
 *
 *   free ──condition, or an operator──▶ engaged ──clear, or an operator──▶ free
 *
 * Each engaged brake is one row, one alert and one reason that stands on every user it holds. It never changes what
 * is wanted: what it held goes on from where it was.
 */
import type { Entitlement } from './entitlement.ts'

/**
 * What a brake can hold back:
 *
 *   teardown  the end of a generation, begun or not
 *   repair    starting a machine again, or making it anew
 *   recreate  closing the row of an app that has vanished from Fly, which gives its user a new one
 *   resize    draining and restarting an app that works; once its drain has begun it is finished, or it stays down
 *   surplus   deleting a machine beside the one on record
 *   anything  asking Fly at all
 */
export type BrakedAct = 'teardown' | 'repair' | 'recreate' | 'resize' | 'surplus' | 'anything'

type Brake = {
  holds: readonly BrakedAct[]
  /** A user who is entitled again waits for the end of the old generation: this brake lets that end. */
  sparesReturning: boolean
  /** `operator`: only a person can know that it is over. */
  resumes: 'when_clear' | 'operator'
  summary: string
}

export const BRAKES = {
  fly_unreachable: {
    holds: ['teardown', 'repair', 'recreate', 'resize', 'surplus', 'anything'],
    sparesReturning: false,
    resumes: 'when_clear',
    summary: "Fly's API does not answer",
  },
  unhealthy_share: {
    holds: ['teardown', 'repair', 'recreate', 'resize', 'surplus'],
    sparesReturning: true,
    resumes: 'when_clear',
    summary: 'too many apps are unhealthy at once: the cause is not in the apps',
  },
  deletion_burst: {
    holds: ['teardown'],
    sparesReturning: true,
    resumes: 'operator',
    summary: 'too many users lost their entitlement at once',
  },
  restored: {
    // Not `recreate`: an old row may be of a generation that has ended since, and its close is the way to the present one.
    holds: ['teardown', 'resize', 'surplus'],
    sparesReturning: false,
    resumes: 'operator',
    summary: 'the database is older than what it manages: it was restored from a backup',
  },
  operator: {
    holds: ['teardown', 'repair', 'recreate', 'resize', 'surplus'],
    sparesReturning: false,
    resumes: 'operator',
    summary: 'paused by an operator',
  },
} as const satisfies Record<string, Brake>

export type BrakeName = keyof typeof BRAKES
export const BRAKE_NAMES = Object.keys(BRAKES) as readonly BrakeName[]

/** Those that a person may engage. `restored`: where Redis was lost too, nothing but a person knows of the restore. */
export const BRAKES_BY_HAND: readonly BrakeName[] = ['restored', 'operator'] satisfies BrakeName[]

/** The brake among those engaged that holds this act for a user of this entitlement, or null. */
export function holdingBrake(
  engaged: readonly BrakeName[],
  act: BrakedAct,
  entitlement: Pick<Entitlement, 'kind'>,
): BrakeName | null {
  const holds = (name: BrakeName) => {
    const brake: Brake = BRAKES[name]
    const spared = act === 'teardown' && brake.sparesReturning && entitlement.kind === 'entitled'
    return brake.holds.includes(act) && !spared
  }
  return engaged.find(holds) ?? null
}

const HELD = 'held by the brake '

/** What stands on a user whose work a brake holds; `heldReason` and the name are how such users are found. */
export function heldReason(name: BrakeName): string {
  return `${HELD}${name}`
}

/** What stands on them from its release until they are looked at. */
export const NO_LONGER_HELD = 'no longer held by a brake'

/**
 * Causes of failure that an outage of Fly's API leaves behind: Fly did not serve the call. When it is over they are
 * tried afresh at once; any other failure sits out its pause. `fly_` and a code of the Fly client.
 */
export const OUTAGE_CODES = [
  'fly_unavailable',
  'fly_timeout',
  'fly_network_before_send',
  'fly_network_after_send',
  'fly_unexpected_answer',
] as const
