/**
 * What an app costs. Two models: the product's own rule, which its plans are calculated with, and Fly's list
 * price. Figures are plain numbers here; money is stored and summed as `numeric` in Postgres.
 */
import type { Guest } from './lifecycle.ts'

export const PRICE_MODELS = ['product', 'fly_list'] as const
export type PriceModel = (typeof PRICE_MODELS)[number]

/** Fly bills months of 30 days. */
export const SECONDS_PER_MONTH = 30 * 24 * 60 * 60

/** The product's rule: vCPU × 2.50 + GB × 2.00 USD a month, at least 5.00. */
const PRODUCT = { usdPerCpu: 2.5, usdPerGb: 2, minimumUsd: 5 } as const

/**
 * Fly's list price in the base region (iad, ewr), USD a second. Fitted to Fly's own price table as captured on
 * 2025-08-19 (107 figures, no mismatch after rounding), regional multipliers from github
 * superfly/flyio-price-calc-ex lib/flyio_price_calc/regions.ex, 2024-10-03. Prices change: mind the date.
 */
const FLY_LIST_AS_OF = '2025-08-19'
const FLY_LIST = { shared: 0.0000002675, performance: 0.0000081, gbMemory: 0.00000193 } as const
const REGION_MULTIPLIERS: Readonly<Record<string, number>> = {
  ...{ iad: 1, ewr: 1, ams: 1.038461538, arn: 1.038461538, bom: 1.076923077, yyz: 1.115384615 },
  ...{ lhr: 1.134615385, cdg: 1.134615385, fra: 1.153846154, sjc: 1.192307692, lax: 1.199519231 },
  ...{ ord: 1.25, dfw: 1.25, sin: 1.269230769, syd: 1.269230769, jnb: 1.302884615 },
  ...{ nrt: 1.307692308, gru: 1.615384615 },
}
/** A region we have no figure for is priced as the dearest one, so that an estimate is never too low. */
const UNKNOWN_REGION_MULTIPLIER = Math.max(...Object.values(REGION_MULTIPLIERS))

/** USD for a month of 30 days of a running machine, unrounded. */
export function monthlyCostUsd(model: PriceModel, guest: Guest, region: string): number {
  return model === 'product' ? productMonthUsd(guest) : flyUsdPerSecond(guest, region) * SECONDS_PER_MONTH
}

/** USD for a second of a running machine, unrounded. */
export function costPerSecondUsd(model: PriceModel, guest: Guest, region: string): number {
  return model === 'product' ? productMonthUsd(guest) / SECONDS_PER_MONTH : flyUsdPerSecond(guest, region)
}

function productMonthUsd(guest: Guest): number {
  const usd = guest.cpus * PRODUCT.usdPerCpu + (guest.memoryMb / 1024) * PRODUCT.usdPerGb
  return Math.max(PRODUCT.minimumUsd, usd)
}

function flyUsdPerSecond(guest: Guest, region: string): number {
  const base = guest.cpus * FLY_LIST[guest.cpuKind] + (guest.memoryMb / 1024) * FLY_LIST.gbMemory
  return base * (REGION_MULTIPLIERS[region] ?? UNKNOWN_REGION_MULTIPLIER)
}

/** A machine in these states costs only its root filesystem. */
const STORED = new Set(['created', 'stopped', 'suspended', 'failed', 'launch_failed'])
/** Fly's price as of 2026-07, for 30 days. No list shows the size of a root filesystem, so one GB is assumed. */
const STORED_MONTH_USD = 0.15
/** What a machine whose size Fly does not show costs at least. */
const SMALLEST: Guest = { cpuKind: 'shared', cpus: 1, memoryMb: 256 }

/** USD for a month of a machine as Fly's lists show it: an estimate, unrounded. */
export function listedMachineMonthUsd(
  model: PriceModel,
  machine: { state: string; region: string; guest: Guest | null },
): number {
  if (STORED.has(machine.state)) return STORED_MONTH_USD
  return monthlyCostUsd(model, machine.guest ?? SMALLEST, machine.region)
}

/** How the ledger names the model: a list price with the date of the list. */
export function priceModelLabel(model: PriceModel): string {
  return model === 'fly_list' ? `fly_list ${FLY_LIST_AS_OF}` : model
}
