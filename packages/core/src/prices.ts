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

/**
 * How a machine that exists is paid for. `running`: it is started, at its guest's price. `stored`: it is there and not
 * started, at what its root filesystem costs. A machine that is gone costs nothing.
 */
export type CostState = 'running' | 'stored'

/** A machine in these states costs only its root filesystem. */
const STORED = new Set(['created', 'stopped', 'suspended', 'failed', 'launch_failed'])
/** Fly's price for a GB and 30 days, as of 2026-08-05, the same in every region. The product's rule has none of its own. */
const ROOTFS_GB_MONTH_USD = 0.15
/** No answer of Fly shows the size of a root filesystem. */
const ASSUMED_ROOTFS_GB = 1
const STORED_MONTH_USD = ASSUMED_ROOTFS_GB * ROOTFS_GB_MONTH_USD
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

/** How Fly's word for a machine is paid for; null where it says neither, as while it goes from one to the other. */
export function costStateOf(machineState: string): CostState | null {
  if (machineState === 'started') return 'running'
  return STORED.has(machineState) ? 'stored' : null
}

/** The price of a second as the ledger keeps it: decimal text with 12 places, so that no sum ever passes a float. */
export function usdPerSecondText(model: PriceModel, guest: Guest, region: string, state: CostState): string {
  const usd =
    state === 'running' ? costPerSecondUsd(model, guest, region) : STORED_MONTH_USD / SECONDS_PER_MONTH
  return usd.toFixed(12)
}

/** How the ledger names the model: a list price with the date of the list. */
export function priceModelLabel(model: PriceModel): string {
  return model === 'fly_list' ? `fly_list ${FLY_LIST_AS_OF}` : model
}

/** The model in words, for whoever reads a report: what it is called, as of when, and how it is figured. */
export function describePriceModel(model: PriceModel): {
  name: PriceModel
  label: string
  asOf: string | null
  rule: string
} {
  const stopped = `a machine that is not started: ${ROOTFS_GB_MONTH_USD} USD a month for each GB of its root filesystem, ${ASSUMED_ROOTFS_GB} GB assumed`
  const { usdPerCpu, usdPerGb, minimumUsd } = PRODUCT
  const rules = {
    product: `vCPU × ${usdPerCpu.toFixed(2)} + GB × ${usdPerGb.toFixed(2)} USD a month of 30 days, at least ${minimumUsd.toFixed(2)}; ${stopped}`,
    fly_list: `Fly's list price by size and region, by the second, a month being 30 days; ${stopped}`,
  }
  const asOf = model === 'fly_list' ? FLY_LIST_AS_OF : null
  return { name: model, label: priceModelLabel(model), asOf, rule: rules[model] }
}
