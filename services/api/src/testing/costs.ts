/** Intervals of the cost ledger for tests of what is read from it. */
import type { AppRow, Database } from '@hangar/db'

/** `to` null: it goes on. */
type Cost = { from: string; to: string | null; usdPerSecond: string }

/** An app that was made when its interval begins. */
export async function recordCost(db: Database, app: AppRow, { from, to, usdPerSecond }: Cost): Promise<void> {
  const { id, userId, tier, region, cpuKind, cpus, memoryMb } = app
  const [startedAt, endedAt] = [new Date(from), to === null ? null : new Date(to)]
  await db.updateTable('userFlyApps').set({ createdAt: startedAt }).where('id', '=', id).execute()
  await db
    .insertInto('hangar.costIntervals')
    .values({
      ...{ userFlyAppId: id, userId, tier, region, cpuKind, cpus, memoryMb },
      ...{ state: 'running', priceModel: 'product', usdPerSecond, startedAt, endedAt },
    })
    .execute()
}
