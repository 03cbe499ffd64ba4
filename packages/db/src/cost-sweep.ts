/**
 * The ledger of apps at rest, as the sweeps keep it: the hourly look at prices, and what the health sweep's listing shows
 * of a machine that was stopped or started by somebody else.
 */
import type { CostState } from '@hangar/core'
import type { AppRow } from './apps.ts'
import { setCostInterval } from './cost.ts'
import type { Database } from './database.ts'

export type CostSubject = Pick<AppRow, 'id' | 'userId' | 'region' | 'cpuKind' | 'cpus' | 'memoryMb'>

/** What an app of its size and region costs, in whichever state it is. */
export type Prices = {
  priceModel: string
  usdPerSecond: Readonly<Record<CostState, string>>
  monthlyCostEstimateUsd: string
}

/** Active apps on which nothing is under way, in order of id. */
export function listCostSubjects(
  db: Database,
  page: { limit: number; afterId?: string },
): Promise<CostSubject[]> {
  let query = db
    .selectFrom('userFlyApps')
    .select(['id', 'userId', 'region', 'cpuKind', 'cpus', 'memoryMb'])
    .where('status', '=', 'active')
    .where('operation', 'is', null)
  if (page.afterId !== undefined) query = query.where('id', '>', page.afterId)
  return query.orderBy('id').limit(page.limit).execute()
}

/**
 * True when the ledger was not as it should be. `state`: what Fly shows; without it the state stays as it is, and an app
 * without an interval is taken to run.
 */
export async function mendCostInterval(
  db: Database,
  appId: string,
  prices: Prices,
  state?: CostState,
): Promise<boolean> {
  return db.transaction().execute(async (tx) => {
    // Whoever works on the app keeps its ledger too: it is left alone unless it is at rest, and held at rest.
    const app = await tx
      .selectFrom('userFlyApps')
      .select(['id', 'monthlyCostEstimateUsd'])
      .where('id', '=', appId)
      .where('status', '=', 'active')
      .where('operation', 'is', null)
      .forUpdate()
      .executeTakeFirst()
    if (!app) return false
    const { priceModel, usdPerSecond, monthlyCostEstimateUsd } = prices
    if (app.monthlyCostEstimateUsd !== monthlyCostEstimateUsd)
      await tx.updateTable('userFlyApps').set({ monthlyCostEstimateUsd }).where('id', '=', appId).execute()
    const seen = state ?? (await openState(tx, appId)) ?? 'running'
    return setCostInterval(tx, appId, { state: seen, priceModel, usdPerSecond: usdPerSecond[seen] })
  })
}

async function openState(tx: Database, appId: string): Promise<CostState | undefined> {
  const open = await tx
    .selectFrom('hangar.costIntervals')
    .select('state')
    .where('userFlyAppId', '=', appId)
    .where('endedAt', 'is', null)
    .executeTakeFirst()
  return open?.state
}
