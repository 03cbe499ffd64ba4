/** `hangar.app_heartbeats`: what each app said of itself, one row per generation. Written by the API only. */
import { sql, type Insertable, type Selectable } from 'kysely'
import type { Database, Tx } from './database.ts'
import { resolveNow, type WithNow } from './now.ts'
import type { DrainReport, Schema } from './schema.ts'

export type HeartbeatRow = Selectable<Schema['hangar.appHeartbeats']>

type Columns = Omit<Insertable<Schema['hangar.appHeartbeats']>, 'userFlyAppId' | 'userId'>
type Reported = WithNow<Columns>

export type HeartbeatReport = {
  machineId: string
  runningTraderIds: string[]
  lastCycleAt?: Date | null
  bufferedSignals?: number | null
  memoryMb?: number | null
  version?: string | null
}

export async function findHeartbeat(db: Database | Tx, appId: string): Promise<HeartbeatRow | null> {
  const row = await db
    .selectFrom('hangar.appHeartbeats')
    .selectAll()
    .where('userFlyAppId', '=', appId)
    .executeTakeFirst()
  return row ?? null
}

/** The app asked what to run: from now on it may be trading, and has something to drain. */
export function recordBootstrap(db: Database | Tx, appId: string, machineId: string): Promise<void> {
  return upsert(db, appId, { machineId, bootstrappedAt: 'now' })
}

export function recordHeartbeat(db: Database | Tx, appId: string, report: HeartbeatReport): Promise<void> {
  const { lastCycleAt, ...now } = report
  // A report without a cycle says nothing about cycles; the last one known stays.
  const cycle = lastCycleAt == null ? {} : { lastCycleAt }
  return upsert(db, appId, { ...now, ...cycle, lastHeartbeatAt: 'now' })
}

/** The app has written everything out and stays idle until it is stopped. */
export function recordDrained(db: Database | Tx, appId: string, report: DrainReport): Promise<void> {
  return upsert(db, appId, { drainedAt: 'now', drained: JSON.stringify(report) })
}

/** A new machine instance begins undrained. */
export async function clearDrained(tx: Tx, appId: string): Promise<void> {
  await tx
    .updateTable('hangar.appHeartbeats')
    .set({ drainedAt: null, drained: null })
    .where('userFlyAppId', '=', appId)
    .execute()
}

async function upsert(db: Database | Tx, appId: string, reported: Reported): Promise<void> {
  const values = resolveNow(reported)
  await db
    .insertInto('hangar.appHeartbeats')
    .values({ ...values, userFlyAppId: appId, userId: userOf(appId) })
    .onConflict((conflict) => conflict.column('userFlyAppId').doUpdateSet(values))
    .execute()
}

const userOf = (appId: string) => sql<string>`(select user_id from public.user_fly_apps where id = ${appId})`
