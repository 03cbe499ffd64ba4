/** `hangar.app_heartbeats`: what each app said of itself, one row per generation. Written by the API only. */
import { sql, type RawBuilder, type Selectable } from 'kysely'
import type { AppRow } from './apps.ts'
import type { Database, Tx } from './database.ts'
import { TRADERS_VERSION } from './host.ts'
import { lockApp, returnTraders, type RunsOn } from './placement.ts'
import type { DrainReport, Schema } from './schema.ts'
import { raiseWant } from './wants.ts'

export type HeartbeatRow = Selectable<Schema['hangar.appHeartbeats']>

export type HeartbeatReport = {
  machineId: string
  runningTraderIds: string[]
  lastCycleAt?: Date | null
  bufferedSignals?: number | null
  memoryMb?: number | null
  version?: string | null
  /** Which master key the app's token was made with. */
  tokenKeyId?: string | null
  process?: ProcessName
}

/** A process of an app, as it calls itself: made up at its start, so that another name is another process. */
export type ProcessName = { id: string; startedAt: Date | null }

export async function findHeartbeat(db: Database | Tx, appId: string): Promise<HeartbeatRow | null> {
  const row = await db
    .selectFrom('hangar.appHeartbeats')
    .selectAll()
    .where('userFlyAppId', '=', appId)
    .executeTakeFirst()
  return row ?? null
}

/** As many starts as are looked back at. */
const STARTS_KEPT = 3

/**
 * What every call of an app says of its process. `known` is what was known: a process that takes the place of another on
 * the same machine has restarted, and whoever asks has not retired.
 */
const PROCESS = sql`
  restarted_at = case
    when known.process_id <> excluded.process_id and known.machine_id = excluded.machine_id
      then (known.restarted_at || hangar.now())[greatest(cardinality(known.restarted_at) + 2 - ${STARTS_KEPT}::int, 1):]
    else known.restarted_at end,
  process_id = coalesce(excluded.process_id, known.process_id),
  process_started_at = case when excluded.process_id is null then known.process_started_at
    else excluded.process_started_at end,
  refused_machine_id = nullif(known.refused_machine_id, excluded.machine_id)`

/**
 * The app asked what to run: from now on it may be trading, and has something to drain. `etag` stands for what it was
 * told.
 */
export async function recordBootstrap(
  db: Database | Tx,
  appId: string,
  machineId: string,
  told: { etag?: string; process?: ProcessName } = {},
): Promise<void> {
  const { etag = null, process } = told
  await sql`
    insert into hangar.app_heartbeats as known (user_fly_app_id, user_id, machine_id, bootstrapped_at, bootstrap_etag,
      process_id, process_started_at)
    values (${appId}, ${userOf(appId)}, ${machineId}, hangar.now(), ${etag}, ${process?.id ?? null},
      ${process?.startedAt ?? null})
    on conflict (user_fly_app_id) do update set
      machine_id = excluded.machine_id, bootstrapped_at = excluded.bootstrapped_at,
      bootstrap_etag = coalesce(excluded.bootstrap_etag, known.bootstrap_etag), ${PROCESS}`.execute(db)
}

/** It was told that another machine has taken its place: if the row comes to name it after all, it idles there. */
export async function recordRefusal(db: Database, appId: string, machineId: string): Promise<void> {
  await sql`
    insert into hangar.app_heartbeats as known (user_fly_app_id, user_id, refused_machine_id)
    select id, user_id, ${machineId} from public.user_fly_apps where id = ${appId} and fly_machine_id <> ${machineId}
    on conflict (user_fly_app_id) do update set refused_machine_id = excluded.refused_machine_id
    where known.refused_machine_id is distinct from excluded.refused_machine_id`.execute(db)
}

/** What a heartbeat is answered from: what the app was last told, and what there is to tell now. */
export type Standing = {
  bootstrapEtag: string | null
  /** Where the user's traders run; null is where they always were, on the shared backend. */
  runsOn: RunsOn | null
  placedAppId: string | null
  tradersVersion: string
  traderIds: string[]
  bootstrappedAt: Date | null
  drainedAt: Date | null
}

/** Null, and nothing written: the app has ended, or another machine has taken this one's place, since it was let in. */
export async function recordHeartbeat(
  db: Database | Tx,
  appId: string,
  report: HeartbeatReport,
): Promise<Standing | null> {
  const { rows } = await sql<Standing>`
    with report as (${insertReport(appId, report)})
    select report.bootstrap_etag, report.bootstrapped_at, report.drained_at,
      place.runs_on, place.user_fly_app_id as placed_app_id,
      traders.traders_version, traders.trader_ids
    from report
    left join hangar.trader_placement place on place.user_id = report.user_id
    cross join lateral (
      select ${TRADERS_VERSION} as traders_version, coalesce(array_agg(id order by id), '{}') as trader_ids
      from hangar.host_traders trader where trader.user_id = report.user_id and enabled and not is_builtin
    ) traders`.execute(db)
  return rows[0] ?? null
}

function insertReport(appId: string, report: HeartbeatReport): RawBuilder<unknown> {
  const {
    machineId,
    runningTraderIds,
    lastCycleAt,
    bufferedSignals,
    memoryMb,
    version,
    tokenKeyId,
    process,
  } = report
  return sql`
    insert into hangar.app_heartbeats as known (user_fly_app_id, user_id, machine_id, last_heartbeat_at,
      running_trader_ids, last_cycle_at, buffered_signals, memory_mb, version, token_key_id, process_id,
      process_started_at)
    select id, user_id, fly_machine_id, hangar.now(), ${runningTraderIds}::text[], ${lastCycleAt ?? null}::timestamptz,
      ${bufferedSignals ?? null}::integer, ${memoryMb ?? null}::integer, ${version ?? null}::text,
      ${tokenKeyId ?? null}::text, ${process?.id ?? null}::text, ${process?.startedAt ?? null}::timestamptz
    from ${writerOf(appId, machineId)}
    on conflict (user_fly_app_id) do update set
      machine_id = excluded.machine_id, last_heartbeat_at = excluded.last_heartbeat_at,
      running_trader_ids = excluded.running_trader_ids,
      -- What a report leaves out stays as it was last known.
      last_cycle_at = coalesce(excluded.last_cycle_at, known.last_cycle_at),
      buffered_signals = coalesce(excluded.buffered_signals, known.buffered_signals),
      memory_mb = coalesce(excluded.memory_mb, known.memory_mb), version = coalesce(excluded.version, known.version),
      token_key_id = coalesce(excluded.token_key_id, known.token_key_id), ${PROCESS}
    returning user_id, bootstrap_etag, bootstrapped_at, drained_at`
}

/** The app's row as long as it is live and this machine is its own: what lets a call in may be seconds old. */
export function writerOf(appId: string, machineId: string): RawBuilder<unknown> {
  return sql`(select id, user_id, fly_machine_id from public.user_fly_apps
    where id = ${appId} and fly_machine_id = ${machineId} and deleted_at is null) writer`
}

/**
 * The app has written everything out and stays idle until it is stopped. Where that is the end of its life, the
 * shared backend may run its user's traders again; after the drain of a resize they stay where they are. False, and
 * nothing written: it is not the app's machine any more. (Null: whichever it is.) At rest nobody has asked for it: a word
 * to drain came late, or this report does, and somebody has to see whether the app idles.
 */
export async function recordDrained(
  db: Database,
  appId: string,
  report: DrainReport,
  machineId: string | null = null,
): Promise<boolean> {
  const app = await db.transaction().execute(async (tx) => {
    const app = await lockApp(tx, appId)
    if (!app || (machineId !== null && (app.deletedAt !== null || app.flyMachineId !== machineId)))
      return null
    if (app.teardownStartedAt) await returnTraders(tx, appId)
    await sql`
      insert into hangar.app_heartbeats (user_fly_app_id, user_id, drained_at, drained)
      values (${appId}, ${app.userId}, hangar.now(), ${JSON.stringify(report)}::jsonb)
      on conflict (user_fly_app_id) do update set drained_at = excluded.drained_at, drained = excluded.drained`.execute(
      tx,
    )
    return app
  })
  if (app === null) return false
  // Not in that transaction: the want may be locked by the host's for long. Where this is lost, the health sweep finds it.
  if (isAtRest(app)) await raiseWant(db, app.userId, 'shim')
  return true
}

/** Where work is open it goes on looking by itself; a want would begin its pauses after failures anew. */
function isAtRest({ status, operation, drainStartedAt }: AppRow): boolean {
  return status === 'active' && operation === null && drainStartedAt === null
}

/** A new machine instance begins undrained. */
export async function clearDrained(tx: Tx, appId: string): Promise<void> {
  await tx
    .updateTable('hangar.appHeartbeats')
    .set({ drainedAt: null, drained: null })
    .where('userFlyAppId', '=', appId)
    .execute()
}

const userOf = (appId: string) => sql<string>`(select user_id from public.user_fly_apps where id = ${appId})`
