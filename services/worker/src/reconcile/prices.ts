/** What the ledger is told of an app's price: in whichever state, at its size and in its region. */
import { type CostState, type Guest, monthlyCostUsd, priceModelLabel, usdPerSecondText } from '@hangar/core'
import type { AppRow, IntervalPrice, Prices } from '@hangar/db'
import type { ReconcileSettings } from './deps.ts'
import { guestOf } from './observe.ts'

type Priced = { guest: Guest; region: string }

export function priceOf(
  { priceModel }: ReconcileSettings,
  { guest, region }: Priced,
  state: CostState,
): IntervalPrice {
  const usdPerSecond = usdPerSecondText(priceModel, guest, region, state)
  return { state, priceModel: priceModelLabel(priceModel), usdPerSecond }
}

/** The same of a row as it stands. */
export function priceOfRow(settings: ReconcileSettings, row: AppRow, state: CostState): IntervalPrice {
  return priceOf(settings, { guest: guestOf(row), region: row.region }, state)
}

export function pricesOf(
  settings: ReconcileSettings,
  row: Pick<AppRow, 'cpuKind' | 'cpus' | 'memoryMb' | 'region'>,
): Prices {
  const { priceModel } = settings
  const guest = guestOf(row)
  return {
    priceModel: priceModelLabel(priceModel),
    usdPerSecond: {
      running: usdPerSecondText(priceModel, guest, row.region, 'running'),
      stored: usdPerSecondText(priceModel, guest, row.region, 'stored'),
    },
    monthlyCostEstimateUsd: monthlyCostUsd(priceModel, guest, row.region).toFixed(2),
  }
}
