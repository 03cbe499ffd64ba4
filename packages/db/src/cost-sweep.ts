/** The hourly look at the cost ledger: each running app has one open interval at today's price, an ended one none. */
import { sql } from 'kysely'
import type { AppRow } from './apps.ts'
import { closeCostInterval, openCostInterval } from './cost.ts'
import type { Database } from './database.ts'

export type CostSubject = Pick<AppRow, 'id' | 'userId' | 'region' | 'cpuKind' | 'cpus' | 'memoryMb'>

export type Price = { priceModel: string; usdPerSecond: string; monthlyCostEstimateUsd: string }

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

/** True when the ledger was not as it should be. A change of price closes one interval and opens the next at once. */
export async function mendCostInterval(db: Database, subject: CostSubject, price: Price): Promise<boolean> {
  return db.transaction().execute(async (tx) => {
    // Whoever works on the app keeps its ledger too: it is left alone unless it is at rest, and held at rest.
    const app = await tx
      .selectFrom('userFlyApps')
      .select(['id', 'monthlyCostEstimateUsd'])
      .where('id', '=', subject.id)
      .where('status', '=', 'active')
      .where('operation', 'is', null)
      .forUpdate()
      .executeTakeFirst()
    if (!app) return false
    if (app.monthlyCostEstimateUsd !== price.monthlyCostEstimateUsd)
      await tx
        .updateTable('userFlyApps')
        .set({ monthlyCostEstimateUsd: price.monthlyCostEstimateUsd })
        .where('id', '=', subject.id)
        .execute()
    const open = await tx
      .selectFrom('hangar.costIntervals')
      .select(
        sql<boolean>`price_model = ${price.priceModel} and usd_per_second = ${price.usdPerSecond}::numeric`.as(
          'right',
        ),
      )
      .where('userFlyAppId', '=', subject.id)
      .where('endedAt', 'is', null)
      .executeTakeFirst()
    if (open?.right === true) return false
    const { id, ...machine } = subject
    const { priceModel, usdPerSecond } = price
    // One moment for both, so that the ledger has neither a gap nor an overlap.
    const { rows } = await sql<{ at: Date }>`select hangar.now() as at`.execute(tx)
    const at = rows[0] && { startedAt: rows[0].at }
    await closeCostInterval(tx, id, at?.startedAt)
    await openCostInterval(tx, { ...machine, userFlyAppId: id, priceModel, usdPerSecond, ...at })
    return true
  })
}
