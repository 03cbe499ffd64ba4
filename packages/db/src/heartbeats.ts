/** `hangar.app_heartbeats`: what each app said of itself, one row per generation. Written by the API only. */
import { sql, type Insertable, type Selectable } from 'kysely'
import type { Database, Tx } from './database.ts'
import { TRADERS_VERSION } from './host.ts'
import { resolveNow, type WithNow } from './now.ts'
import { lockApp, returnTraders, type RunsOn } from './placement.ts'
import { onlyRow } from './rows.ts'
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
  /** Which master key the app's token was made with. */
  tokenKeyId?: string | null
}

export async function findHeartbeat(db: Database | Tx, appId: string): Promise<HeartbeatRow | null> {
  const row = await db
    .selectFrom('hangar.appHeartbeats')
    .selectAll()
    .where('userFlyAppId', '=', appId)
    .executeTakeFirst()
  return row ?? null
}

/**
 * The app asked what to run: from now on it may be trading, and has something to drain. `etag` stands for what it was
 * told.
 */
export function recordBootstrap(
  db: Database | Tx,
  appId: string,
  machineId: string,
  etag?: string,
): Promise<void> {
  return upsert(db, appId, { machineId, bootstrappedAt: 'now', ...(etag && { bootstrapEtag: etag }) })
}

/** What a heartbeat is answered from: what the app was last told, and what there is to tell now. */
export type Standing = {
  bootstrapEtag: string | null
  /** Where the user's traders run; null is where they always were, on the shared backend. */
  runsOn: RunsOn | null
  placedAppId: string | null
  tradersVersion: string
  traderIds: string[]
}

export async function recordHeartbeat(
  db: Database | Tx,
  appId: string,
  report: HeartbeatReport,
): Promise<Standing> {
  const { machineId, runningTraderIds, lastCycleAt, bufferedSignals, memoryMb, version, tokenKeyId } = report
  const { rows } = await sql<Standing>`
    with report as (
      insert into hangar.app_heartbeats as known (user_fly_app_id, user_id, machine_id, last_heartbeat_at,
        running_trader_ids, last_cycle_at, buffered_signals, memory_mb, version, token_key_id)
      values (${appId}, ${userOf(appId)}, ${machineId}, hangar.now(), ${runningTraderIds}, ${lastCycleAt ?? null},
        ${bufferedSignals ?? null}, ${memoryMb ?? null}, ${version ?? null}, ${tokenKeyId ?? null})
      on conflict (user_fly_app_id) do update set
        machine_id = excluded.machine_id, last_heartbeat_at = excluded.last_heartbeat_at,
        running_trader_ids = excluded.running_trader_ids,
        -- What a report leaves out stays as it was last known.
        last_cycle_at = coalesce(excluded.last_cycle_at, known.last_cycle_at),
        buffered_signals = coalesce(excluded.buffered_signals, known.buffered_signals),
        memory_mb = coalesce(excluded.memory_mb, known.memory_mb), version = coalesce(excluded.version, known.version),
        token_key_id = coalesce(excluded.token_key_id, known.token_key_id)
      returning user_id, bootstrap_etag
    )
    select report.bootstrap_etag, place.runs_on, place.user_fly_app_id as placed_app_id,
      traders.traders_version, traders.trader_ids
    from report
    left join hangar.trader_placement place on place.user_id = report.user_id
    cross join lateral (
      select ${TRADERS_VERSION} as traders_version, coalesce(array_agg(id order by id), '{}') as trader_ids
      from hangar.host_traders trader where trader.user_id = report.user_id and enabled and not is_builtin
    ) traders`.execute(db)
  return onlyRow(rows)
}

/**
 * The app has written everything out and stays idle until it is stopped. Where that is the end of its life, the
 * shared backend may run its user's traders again; after the drain of a resize they stay where they are.
 */
export async function recordDrained(db: Database, appId: string, report: DrainReport): Promise<void> {
  await db.transaction().execute(async (tx) => {
    const app = await lockApp(tx, appId)
    if (app?.teardownStartedAt) await returnTraders(tx, appId)
    await upsert(tx, appId, { drainedAt: 'now', drained: JSON.stringify(report) })
  })
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
