/** The settings that the API and the workers must have alike: each service says by what marks it has them. */
import { createHash } from 'node:crypto'
import type { Policy } from './entitlement.ts'
import type { PriceModel } from './prices.ts'
import type { KeyRing } from './tokens.ts'

export type AgreedSettings = {
  policy: Policy
  priceModel: PriceModel
  keyRing: KeyRing
  publicUrl: string
  region: string
  appPrefix: string
  drainGraceMs: number
}

/** By the setting's name; a mark says whether two have the same, and nothing else. */
export function marksOfSettings(settings: AgreedSettings): Record<string, string> {
  const { paidTiers, payingStatuses, endedStatuses, guests } = settings.policy
  const sizes = Object.entries(guests).map(
    ([tier, { cpuKind, cpus, memoryMb }]) =>
      [`GUEST_${tier.toUpperCase()}`, `${cpuKind}:${cpus}:${memoryMb}`] as const,
  )
  const values: Record<string, unknown> = {
    FLY_APP_PREFIX: settings.appPrefix,
    PAID_TIERS: [...paidTiers].sort(),
    PAYING_STATUSES: [...payingStatuses].sort(),
    ENDED_STATUSES: [...endedStatuses].sort(),
    ...Object.fromEntries(sizes),
    PRICE_MODEL: settings.priceModel,
    // Its id, which is a hash of it, and stands in each token.
    HANGAR_MASTER_KEY: settings.keyRing.current.id,
    HANGAR_PUBLIC_URL: new URL(settings.publicUrl).href,
    FLY_DEFAULT_REGION: settings.region,
    DRAIN_GRACE_MS: settings.drainGraceMs,
  }
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, markOf(value)]))
}

/** The names of those that are not the same in both. */
export function differingSettings(
  one: Readonly<Record<string, string>>,
  other: Readonly<Record<string, string>>,
): string[] {
  const names = new Set([...Object.keys(one), ...Object.keys(other)])
  return [...names].filter((name) => one[name] !== other[name])
}

const markOf = (value: unknown) =>
  createHash('sha256').update(JSON.stringify(value)).digest('hex').slice(0, 16)
