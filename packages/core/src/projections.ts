/**
 * What so many users would cost, by the price model: the figures of a business plan. Money is counted in whole cents, and
 * a user's month is the estimate that is shown for one app, so that 500 users cost 500 times what one is said to cost.
 */
import { HangarError } from './errors.ts'
import type { Guest } from './lifecycle.ts'
import { monthlyCostUsd, type PriceModel } from './prices.ts'

export const PROJECTED_USERS = [10, 50, 100, 500] as const

export type ProjectionInput = {
  model: PriceModel
  region: string
  guests: Readonly<Record<string, Guest>>
  /** How the users are spread over the tiers: weights, of which only the ratio counts. At least one is above zero. */
  mix: Readonly<Record<string, number>>
  /** USD a month by tier, as decimal text; a tier that is not named pays nothing. Null: not configured. */
  revenue: Readonly<Record<string, string>> | null
  users: readonly number[]
}

export type ProjectedTier = { tier: string; users: number; guest: Guest; userUsd: string; costUsd: string }

export type Projection = {
  users: number
  tiers: ProjectedTier[]
  /** A month of 30 days. */
  costUsd: string
  revenueUsd: string | null
  marginUsd: string | null
}

export function projectCosts({ model, region, guests, mix, revenue, users }: ProjectionInput): Projection[] {
  const shares = Object.entries(mix).map(([tier, weight]) => {
    const guest = guests[tier]
    if (!guest) throw new HangarError('internal', { operator: `no machine size for tier ${tier}` })
    return { tier, weight, guest, cents: centsOf(monthlyCostUsd(model, guest, region).toFixed(2)) }
  })
  return users.map((total) => {
    const counts = apportion(total, Object.values(mix))
    const tiers = shares.map((share, index) => ({ ...share, users: counts[index] ?? 0 }))
    const costCents = sum(tiers.map((tier) => tier.users * tier.cents))
    const paidCents = revenue && sum(tiers.map((tier) => tier.users * centsOf(revenue[tier.tier] ?? '0')))
    return {
      users: total,
      tiers: tiers.map((tier): ProjectedTier => ({
        tier: tier.tier,
        users: tier.users,
        guest: tier.guest,
        userUsd: centsText(tier.cents),
        costUsd: centsText(tier.users * tier.cents),
      })),
      costUsd: centsText(costCents),
      revenueUsd: paidCents === null ? null : centsText(paidCents),
      marginUsd: paidCents === null ? null : centsText(paidCents - costCents),
    }
  })
}

/** Whole users in the ratio of the weights: each its share rounded down, and those left over to the largest fractions. */
export function apportion(total: number, weights: readonly number[]): number[] {
  const all = sum(weights)
  const counts = weights.map((weight) => Math.floor((total * weight) / all))
  const byFraction = weights
    .map((weight, index) => ({ index, fraction: (total * weight) % all }))
    .sort((a, b) => b.fraction - a.fraction || a.index - b.index)
  const left = total - sum(counts)
  const gets = new Set(byFraction.slice(0, left).map(({ index }) => index))
  return counts.map((count, index) => count + (gets.has(index) ? 1 : 0))
}

/** Decimal text with two places at most → cents. */
function centsOf(usd: string): number {
  const [whole = '0', part = ''] = usd.split('.')
  return Number(whole) * 100 + Number(part.padEnd(2, '0'))
}

function centsText(cents: number): string {
  const digits = String(Math.abs(cents)).padStart(3, '0')
  return `${cents < 0 ? '-' : ''}${digits.slice(0, -2)}.${digits.slice(-2)}`
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0)
}
