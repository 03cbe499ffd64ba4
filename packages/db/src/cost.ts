/** `hangar.cost_intervals`: from when to when an app cost how much a second. Money stays text: it is never rounded here. */
import { sql, type Insertable } from 'kysely'
import type { Database, Tx } from './database.ts'
import { databaseNow } from './now.ts'
import { onlyRow } from './rows.ts'
import type { Schema } from './schema.ts'

type Columns = Insertable<Schema['hangar.costIntervals']>

export type NewCostInterval = Pick<
  Columns,
  'userFlyAppId' | 'userId' | 'region' | 'cpuKind' | 'cpus' | 'memoryMb' | 'priceModel'
> & {
  /** Decimal text, as `(0.0000023).toFixed(12)`. */
  usdPerSecond: string
  /** Default: the database's time. */
  startedAt?: Date
}

/** Opens the app's interval; where one is open already (a step that runs twice), it goes on instead. */
export async function openCostInterval(tx: Tx, interval: NewCostInterval): Promise<void> {
  await tx
    .insertInto('hangar.costIntervals')
    .values({ ...interval, startedAt: interval.startedAt ?? databaseNow })
    .onConflict((conflict) => conflict.column('userFlyAppId').where('endedAt', 'is', null).doNothing())
    .execute()
}

/** Closes the app's open interval, if any, at `at` (default: the database's time), never before its start. */
export async function closeCostInterval(tx: Tx, appId: string, at?: Date): Promise<void> {
  await tx
    .updateTable('hangar.costIntervals')
    .set({ endedAt: sql<Date>`greatest(started_at, ${at ?? databaseNow}::timestamptz)` })
    .where('userFlyAppId', '=', appId)
    .where('endedAt', 'is', null)
    .execute()
}

/** What the app has cost so far, to the millionth of a dollar. */
export async function sumCostUsd(db: Database | Tx, appId: string): Promise<string> {
  const { rows } = await sql<{ usd: string }>`
    select round(coalesce(sum(
      usd_per_second * extract(epoch from coalesce(ended_at, hangar.now()) - started_at)), 0), 6) as usd
    from hangar.cost_intervals where user_fly_app_id = ${appId}`.execute(db)
  return onlyRow(rows).usd
}
