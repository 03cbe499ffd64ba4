/**
 * Whom an act on many users can be carried out on. The preview, the making of the bulk and the worker that asks for
 * each user ask the same question, each with the facts of its own moment.
 */
import { decide } from './decide.ts'
import { entitlementOf, type Policy, type SubscriptionFacts } from './entitlement.ts'
import type { AppStatus } from './lifecycle.ts'

/** `migrate`: an app for a user who was there before Hangar, in waves (waves.ts). */
export const BULK_ACTIONS = ['retry', 'provision', 'deprovision', 'check_health', 'migrate'] as const
export type BulkAction = (typeof BULK_ACTIONS)[number]

export const BULK_STATES = ['running', 'paused', 'done', 'cancelled'] as const
export type BulkState = (typeof BULK_STATES)[number]

/** Why nobody is asked: somebody said so, or too many of a wave have failed. */
export const PAUSE_REASONS = ['operator', 'failure_share'] as const
export type PauseReason = (typeof PAUSE_REASONS)[number]

export const BULK_ITEM_STATES = ['waiting', 'asked', 'done', 'failed', 'skipped'] as const
export type BulkItemState = (typeof BULK_ITEM_STATES)[number]

/** Why a user is left out. */
export const INELIGIBLE = {
  unknown_user: 'there is no such user',
  no_app: 'the user has no app',
  nothing_to_do: 'there is nothing to do for this user',
  already_active: 'the app is up already',
  already_ending: 'the app is ending already',
  already_migrating: 'another migration has yet to come to an end with this user',
  entitlement_conflict: "the user's subscription says otherwise",
} as const
export type IneligibleCode = keyof typeof INELIGIBLE

export type Eligibility = { eligible: true } | { eligible: false; code: IneligibleCode; text: string }

/** The facts that decide it. `pending`: a worker has yet to do something for the user. */
export type BulkFacts = SubscriptionFacts & {
  known: boolean
  hasLiveApp: boolean
  app: { status: AppStatus; teardownStartedAt: Date | null } | null
  pending: boolean
}

/** Pure and total. */
export function judgeForBulk(
  { action, force }: { action: BulkAction; force: boolean },
  facts: BulkFacts,
  policy: Policy,
): Eligibility {
  if (!facts.known) return ineligible('unknown_user')
  switch (action) {
    case 'check_health':
      return facts.app ? ELIGIBLE : ineligible('no_app')
    case 'retry':
      return facts.app || facts.pending || entitlementOf(facts, policy).kind === 'entitled'
        ? ELIGIBLE
        : ineligible('nothing_to_do')
    case 'migrate':
      return judgeWish('provision', false, facts, policy)
    case 'provision':
    case 'deprovision':
      return judgeWish(action, force, facts, policy)
  }
}

const ELIGIBLE: Eligibility = { eligible: true }

function ineligible(code: IneligibleCode, text: string = INELIGIBLE[code]): Eligibility {
  return { eligible: false, code, text }
}

function judgeWish(
  intent: 'provision' | 'deprovision',
  force: boolean,
  facts: BulkFacts,
  policy: Policy,
): Eligibility {
  const decision = decide({ intent, force }, facts, policy)
  if (decision.kind === 'conflict') return ineligible('entitlement_conflict', decision.reason)
  if (decision.kind === 'nothing') return ineligible('nothing_to_do')
  // Going against the subscription changes what is wanted, whatever is there.
  if (decision.kind !== 'work') return ELIGIBLE
  const { app } = facts
  if (intent === 'deprovision') return app?.teardownStartedAt ? ineligible('already_ending') : ELIGIBLE
  const isUp = app?.status === 'active' && app.teardownStartedAt === null
  return isUp ? ineligible('already_active') : ELIGIBLE
}

/** Users asked in a minute, where nobody says otherwise: what makes or ends apps at a pace that Fly takes. */
export const BULK_PACE: Readonly<Record<BulkAction, number>> = {
  retry: 300,
  provision: 60,
  deprovision: 60,
  check_health: 300,
  migrate: 60,
}

/** What one takes from being asked to its end, as long as none has ended. */
const TYPICAL_SECONDS: Readonly<Record<BulkAction, number>> = {
  retry: 10,
  provision: 60,
  deprovision: 60,
  check_health: 2,
  migrate: 60,
}

/** How long until the last of them has come to its end. */
export function foreseeBulkSeconds({
  waiting,
  asked,
  perMinute,
  itemSeconds,
  action,
}: {
  waiting: number
  asked: number
  perMinute: number
  itemSeconds: number | null
  action: BulkAction
}): number {
  if (waiting + asked === 0) return 0
  const oneSeconds = itemSeconds ?? TYPICAL_SECONDS[action]
  return Math.ceil((waiting * 60) / perMinute + oneSeconds)
}
