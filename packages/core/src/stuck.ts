/**
 * How long each passing state may last before somebody is told, what the engine goes on doing meanwhile, and what an
 * operator can do that the engine does not. A deadline here ends nothing by itself: it is longer than the engine's
 * own (the start, health and drain deadlines, four attempts), so what is told of is what those did not end.
 */
import type { ForcedAction } from './lifecycle.ts'

const MINUTE_MS = 60_000

type Stuck = {
  /**
   * Counted from when the state began; for `error` from when that began which the work was on, as the first failure
   * may be hours younger and nothing is better for it.
   */
  afterMs: number
  severity: 'warning' | 'critical'
  what: string
  engine: string
  operator: string
  /** What helps on the forced path. */
  force: ForcedAction | null
}

const TRIES =
  'tries again after a growing pause of at most six hours, and at once when something newer is wanted'

export const STUCK = {
  provisioning: {
    afterMs: 10 * MINUTE_MS,
    severity: 'warning',
    what: 'an app is being made, and is not up yet',
    engine: TRIES,
    operator: 'look at error_message and at the image; force recreate begins anew under another name',
    force: 'recreate',
  },
  deprovisioning: {
    afterMs: 15 * MINUTE_MS,
    severity: 'critical',
    what: 'an app is being taken down, and is still there and paid for',
    engine: TRIES,
    operator: 'force skip_drain where it waits for the app, abandon where Fly does not let go of it',
    force: 'skip_drain',
  },
  resize: {
    afterMs: 15 * MINUTE_MS,
    severity: 'warning',
    what: 'an app is getting another size',
    engine: TRIES,
    operator: 'look at error_message; force recreate makes the app anew in its new size',
    force: 'recreate',
  },
  repair: {
    afterMs: 15 * MINUTE_MS,
    severity: 'critical',
    what: 'a paid app is down, and its repair has not ended',
    engine: TRIES,
    operator: 'look at error_message and at the image; force recreate makes the app anew',
    force: 'recreate',
  },
  error: {
    afterMs: 5 * MINUTE_MS,
    severity: 'critical',
    what: 'the work on an app has been given up for now',
    engine: TRIES,
    operator:
      'cure what error_message names, then POST …/retry; recreate or abandon where that does not help',
    force: 'recreate',
  },
  silent: {
    afterMs: 15 * MINUTE_MS,
    severity: 'critical',
    what: 'a paid app that was up has sent no heartbeat for so long: it may not trade',
    engine:
      'repairs a machine that is gone or stopped, restarts one that has drained unasked, and none else that runs',
    operator:
      'look at its logs on Fly; force recreate makes the app anew, and a restart of the machine on Fly may do',
    force: 'recreate',
  },
  lease: {
    afterMs: 2 * MINUTE_MS,
    severity: 'critical',
    what: 'a worker died at this user, and nobody has taken up the work',
    engine: 'the relay wakes the user each second once the lease has run out',
    operator: 'look whether workers and a scheduler run, and whether they reach Redis',
    force: null,
  },
  wanted: {
    afterMs: 15 * MINUTE_MS,
    severity: 'warning',
    what: 'work is wanted for a user, and is not done',
    engine: TRIES,
    operator: 'GET …/plan says what it waits for; POST …/retry ends a pause',
    force: null,
  },
} as const satisfies Record<string, Stuck>

export type StuckState = keyof typeof STUCK

/** What an operator can do about it, and what helps on the forced path. */
export function wayOut(
  state: StuckState,
  waitsFor: string | null,
): { operator: string; force: ForcedAction | null } {
  // Nothing can be forced either as long as it is not known what the user should have.
  if (waitsFor?.startsWith(HELD)) return { operator: SAY_WHAT_IS_DUE, force: null }
  const { operator, force } = STUCK[state]
  return { operator, force }
}

/** How the plan begins the reason of work that an unknown entitlement holds up. */
const HELD = 'held: '

/** For whoever is held up by an unknown entitlement, or asks in vain to force something under one. */
export const SAY_WHAT_IS_DUE =
  'cure what it names, or say what the user should have: POST /v1/apps/{user_id}/deprovision or /provision with force and a reason'
