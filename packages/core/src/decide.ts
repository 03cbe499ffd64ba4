/**
 * What a person's or a key's wish amounts to, given what the user is entitled to. The database's word stands: a
 * wish that agrees with it is a request to look again, one that contradicts it is refused, and only `force` makes
 * it an override. Pure; the same answer serves the dry run and the real one.
 *
 *   agrees                                        ──▶ work     (or nothing, when there is nothing to take away)
 *   contradicts                                   ──▶ conflict
 *   contradicts, force, only an override is in the way ──▶ lift      that override ends, the tier decides again
 *   contradicts, force                            ──▶ override
 */
import { entitlementOf, type Entitlement, type Policy, type SubscriptionFacts } from './entitlement.ts'
import { sameGuest, type Guest } from './lifecycle.ts'

export type Intent = 'provision' | 'deprovision'

export type Wish = { intent: Intent; tier?: string | undefined; force: boolean }

export type Decision =
  | { kind: 'nothing' }
  | { kind: 'work' }
  | { kind: 'lift' }
  | { kind: 'override'; desired: 'on' | 'off'; guest: Guest | null }
  | { kind: 'conflict'; reason: string }

export function decide(
  wish: Wish,
  facts: SubscriptionFacts & { hasLiveApp: boolean },
  policy: Policy,
): Decision {
  const now = entitlementOf(facts, policy)
  if (agrees(wish, now, facts.override?.guest ?? null, policy))
    return wish.intent === 'deprovision' && !facts.hasLiveApp ? { kind: 'nothing' } : { kind: 'work' }
  if (!wish.force) return { kind: 'conflict', reason: conflictReason(wish, now) }
  const byTier = entitlementOf({ ...facts, override: null }, policy)
  if (facts.override && agrees(wish, byTier, null, policy)) return { kind: 'lift' }
  const guest = guestOf(wish.tier, policy)
  return wish.intent === 'provision'
    ? { kind: 'override', desired: 'on', guest }
    : { kind: 'override', desired: 'off', guest: null }
}

function agrees(wish: Wish, entitlement: Entitlement, overrideGuest: Guest | null, policy: Policy): boolean {
  if (wish.intent === 'deprovision') return entitlement.kind === 'not_entitled'
  if (entitlement.kind !== 'entitled') return false
  if (wish.tier === undefined || wish.tier === entitlement.tier) return true
  // An override can give the size of another tier; whoever asks for that tier gets what they asked for.
  const wanted = guestOf(wish.tier, policy)
  return overrideGuest !== null && wanted !== null && sameGuest(overrideGuest, wanted)
}

/** The machine size of a tier; null for none and for a tier that nobody configured. */
export function guestOf(tier: string | undefined, policy: Policy): Guest | null {
  return tier !== undefined && Object.hasOwn(policy.guests, tier) ? (policy.guests[tier] ?? null) : null
}

function conflictReason({ intent, tier }: Wish, entitlement: Entitlement): string {
  if (intent === 'provision' && entitlement.kind === 'entitled')
    return `asked for tier ${tier ?? ''}, but ${entitlement.reason}`
  return entitlement.reason
}
