/**
 * What a user should have. `unknown` is an answer of its own: it never creates and never destroys, because a
 * database role that row-level security blinds sees zero rows, not an error.
 */
import type { Guest } from './lifecycle.ts'

export type Policy = {
  /** Tiers that get a dedicated app, lower case. */
  paidTiers: readonly string[]
  /** Subscription statuses under which a paid tier counts, lower case. No status at all counts as paying. */
  payingStatuses: readonly string[]
  /** Statuses that end the entitlement. A status on neither list is unknown. */
  endedStatuses: readonly string[]
  /** The machine size for each paid tier. */
  guests: Readonly<Record<string, Guest>>
}

export const DEFAULT_POLICY: Policy = {
  paidTiers: ['pro', 'elite'],
  payingStatuses: ['active', 'trialing', 'past_due'],
  endedStatuses: ['canceled', 'cancelled', 'ended', 'expired', 'inactive', 'incomplete_expired', 'unpaid'],
  guests: {
    pro: { cpuKind: 'shared', cpus: 2, memoryMb: 512 },
    elite: { cpuKind: 'shared', cpus: 2, memoryMb: 1024 },
  },
}

export type SubscriptionFacts = {
  /** The host's row as we see it now, or null when we see none. */
  subscription: { tier: string | null; status: string | null } | null
  /** When our trigger last saw a row for this user, and when it saw the row deleted. */
  hostRowSeenAt: Date | null
  hostRowDeletedAt: Date | null
  /** An operator's word, which outranks the tier while it lasts. */
  override: { desired: 'on' | 'off' | 'paused'; guest: Guest | null; region: string | null } | null
}

export type Entitlement =
  | { kind: 'entitled'; tier: string; guest: Guest; region: string | null; reason: string }
  | { kind: 'not_entitled'; reason: string }
  | { kind: 'unknown'; reason: string }

/** Pure and total. The reason is for people: it says which fact decided. */
export function entitlementOf(facts: SubscriptionFacts, policy: Policy): Entitlement {
  const { override } = facts
  if (override?.desired === 'paused') return { kind: 'unknown', reason: 'paused by an operator' }
  if (override?.desired === 'off') return { kind: 'not_entitled', reason: 'switched off by an operator' }
  const fromTier = entitlementOfTier(facts, policy)
  if (!override) return fromTier
  const tier = facts.subscription?.tier?.toLowerCase() ?? ''
  const guest = override.guest ?? policy.guests[tier] ?? firstGuest(policy)
  return {
    kind: 'entitled',
    tier: tier || 'override',
    guest,
    region: override.region,
    reason: 'switched on by an operator',
  }
}

function entitlementOfTier(facts: SubscriptionFacts, policy: Policy): Entitlement {
  const { subscription } = facts
  if (!subscription) {
    if (facts.hostRowSeenAt && !facts.hostRowDeletedAt)
      return { kind: 'unknown', reason: 'the subscription row is gone, and nobody saw it deleted' }
    return { kind: 'not_entitled', reason: 'no subscription row' }
  }
  const tier = subscription.tier?.toLowerCase() ?? ''
  if (!policy.paidTiers.includes(tier)) return { kind: 'not_entitled', reason: `tier ${tier || 'not set'}` }
  const guest = policy.guests[tier]
  if (!guest) return { kind: 'unknown', reason: `no machine size is configured for tier ${tier}` }
  const status = subscription.status?.toLowerCase() ?? null
  if (status !== null && policy.endedStatuses.includes(status))
    return { kind: 'not_entitled', reason: `tier ${tier}, subscription ${status}` }
  if (status !== null && !policy.payingStatuses.includes(status))
    return { kind: 'unknown', reason: `subscription status ${status} is on neither list` }
  return { kind: 'entitled', tier, guest, region: null, reason: `tier ${tier}` }
}

function firstGuest(policy: Policy): Guest {
  const [tier] = policy.paidTiers
  const guest = tier === undefined ? undefined : policy.guests[tier]
  return guest ?? { cpuKind: 'shared', cpus: 2, memoryMb: 512 }
}

/** The lane that wakes a user. Any lane does the same work, so a wrong guess costs nothing. */
export function laneFor(tier: string | null | undefined, status: string | null | undefined, policy: Policy) {
  const facts = { hostRowSeenAt: null, hostRowDeletedAt: null, override: null }
  const subscription = { tier: tier ?? null, status: status ?? null }
  const entitled = entitlementOf({ ...facts, subscription }, policy).kind === 'entitled'
  return entitled ? ('provision' as const) : ('deprovision' as const)
}
