/**
 * `hangar.orphans`: apps on Fly that no live row explains, from when they are first seen to what became of them.
 *
 *   found ──▶ deleted   by us, after the grace or because an operator asked for it
 *     ▲  ├──▶ adopted   a row of its user took its name
 *     │  └──▶ gone      no longer on Fly, or no longer shown to be ours (`note` says so), by no deed of ours
 *     └───── any of them, when the app is seen again: a new orphan, with a grace of its own
 *
 * One alert for each that is found, raised and resolved in the same transaction.
 */
import type { OrphanKind } from '@hangar/core'
import { sql, type Selectable } from 'kysely'
import { raiseAlert, resolveAlert } from './alerts.ts'
import type { Database, Tx } from './database.ts'
import { intervalMs } from './now.ts'
import { returnTraders } from './placement.ts'
import { onlyRow } from './rows.ts'
import type { OrphanMachine, OrphanState, Schema } from './schema.ts'

export type OrphanRow = Selectable<Schema['hangar.orphans']>

export type FoundOrphan = {
  appName: string
  kind: OrphanKind
  /** Null where its machines do not agree whose they are. */
  userId: string | null
  generation: number | null
  userFlyAppId: string | null
  network: string | null
  machines: OrphanMachine[]
  monthlyCostUsd: string
}

/** The row that has or had a name. `explains`: it is live, or closed so recently that Fly's lists may lag behind. */
export type NameHolder = {
  id: string
  userId: string
  generation: number
  flyAppName: string
  network: string
  explains: boolean
}

const ALERT = 'orphan_found'

/** Which of these names any row has or ever had. */
export async function findNameHolders(
  db: Database | Tx,
  names: readonly string[],
  { lagMs }: { lagMs: number },
): Promise<NameHolder[]> {
  const { rows } = await sql<NameHolder>`
    select id, user_id, generation, fly_app_name, network,
      deleted_at is null or deleted_at > hangar.now() - ${intervalMs(lagMs)} as explains
    from public.user_fly_apps where fly_app_name = any (${[...names]}::text[])`.execute(db)
  return rows
}

/**
 * Writes down what one scan found. `complete`: it saw all of the organisation; else what is known of an app's machines
 * stays as it was. Those that are new since the scan began are answered, each with its alert raised. A scan takes minutes:
 * what a row has taken since Fly's list was read is left out.
 */
export function recordOrphans(
  db: Database,
  found: readonly FoundOrphan[],
  { beganAt, complete }: { beganAt: Date; complete: boolean },
): Promise<OrphanRow[]> {
  return db.transaction().execute(async (tx) => {
    const rows = await upsert(tx, found, complete)
    const news = rows.filter((row) => row.firstSeenAt >= beganAt)
    for (const row of news)
      await raiseAlert(tx, {
        kind: ALERT,
        subject: row.appName,
        severity: 'warning',
        message: `${row.appName} is on Fly and no live row explains it (${row.kind}): ${row.monthlyCostUsd} USD a month`,
        details: { kind: row.kind, userId: row.userId, generation: row.generation },
      })
    return news
  })
}

async function upsert(tx: Tx, found: readonly FoundOrphan[], complete: boolean): Promise<OrphanRow[]> {
  const values = found.map((one) => ({
    app_name: one.appName,
    kind: one.kind,
    user_id: one.userId,
    generation: one.generation,
    user_fly_app_id: one.userFlyAppId,
    network: one.network,
    machines: one.machines,
    monthly_cost_usd: one.monthlyCostUsd,
  }))
  // An adoption that is under way is waited for here, and seen by the statement after this one.
  const names = values.map(({ app_name }) => app_name)
  await sql`
    select from hangar.orphans where app_name = any (${names}::text[]) order by app_name for update`.execute(
    tx,
  )
  const again = sql`(known.state <> 'found')`
  const { rows } = await sql<OrphanRow>`
    insert into hangar.orphans as known (app_name, kind, user_id, generation, user_fly_app_id, network, machines,
      monthly_cost_usd, complete_scans)
    select app_name, kind, user_id, generation, user_fly_app_id, network, machines, monthly_cost_usd,
      ${complete ? 1 : 0}::int
    from jsonb_to_recordset(${JSON.stringify(values)}::jsonb) as found (app_name text, kind text, user_id uuid,
      generation int, user_fly_app_id uuid, network text, machines jsonb, monthly_cost_usd numeric)
    where not exists (
      select from public.user_fly_apps app
      where app.fly_app_name = found.app_name and (app.deleted_at is null or found.kind = 'unknown_name'))
    on conflict (app_name) do update set
      kind = excluded.kind, user_fly_app_id = excluded.user_fly_app_id,
      user_id = case when ${complete} or ${again} then excluded.user_id else known.user_id end,
      generation = case when ${complete} or ${again} then excluded.generation else known.generation end,
      machines = case when ${complete} or ${again} then excluded.machines else known.machines end,
      monthly_cost_usd = case when ${complete} or ${again} then excluded.monthly_cost_usd
        else known.monthly_cost_usd end,
      network = coalesce(excluded.network, known.network),
      first_seen_at = case when ${again} then hangar.now() else known.first_seen_at end,
      last_seen_at = hangar.now(),
      complete_scans = case when ${again} then 0 else known.complete_scans end + excluded.complete_scans,
      delete_requested_by = case when ${again} then null else known.delete_requested_by end,
      withheld = case when ${again} then null else known.withheld end,
      tried_at = case when ${again} then null else known.tried_at end,
      note = null, state = 'found', ended_at = null
    returning known.*`.execute(tx)
  return rows
}

/** Notes that a scan saw all of the organisation; it counts from when it began. */
export async function recordCompleteScan(db: Database | Tx, beganAt: Date): Promise<void> {
  await sql`
    insert into hangar.complete_scans as scan (began_at) values (${beganAt})
    on conflict (only_one) do update set began_at = greatest(scan.began_at, excluded.began_at)`.execute(db)
}

/** Those that the scan which began then did not see as orphans any more. */
export function listUnseenOrphans(db: Database | Tx, beganAt: Date): Promise<OrphanRow[]> {
  return db
    .selectFrom('hangar.orphans')
    .selectAll()
    .where('state', '=', 'found')
    .where('lastSeenAt', '<', beganAt)
    .orderBy('appName')
    .execute()
}

/**
 * Those that may be deleted, as far as this table knows: those never tried first, then those whose last try is longest
 * ago, so that no number of them that stay can keep the others from their turn.
 */
export async function listDueOrphans(
  db: Database | Tx,
  { graceMs, limit }: { graceMs: number; limit: number },
): Promise<OrphanRow[]> {
  const { rows } = await sql<OrphanRow>`
    select * from hangar.orphans
    where state = 'found' and (delete_requested_by is not null
      or (kind = 'dead_row' and complete_scans >= 2 and first_seen_at <= hangar.now() - ${intervalMs(graceMs)}))
    order by tried_at nulls first, delete_requested_by is null, first_seen_at, app_name limit ${limit}`.execute(
    db,
  )
  return rows
}

export async function findOrphan(db: Database | Tx, appName: string): Promise<OrphanRow | null> {
  const query = db.selectFrom('hangar.orphans').selectAll().where('appName', '=', appName)
  return (await query.executeTakeFirst()) ?? null
}

/** In order of name; the next page begins after the last name of this one. */
export function listOrphans(
  db: Database | Tx,
  page: { limit: number; state?: OrphanState | undefined; afterName?: string | undefined },
): Promise<OrphanRow[]> {
  let query = db.selectFrom('hangar.orphans').selectAll()
  if (page.state !== undefined) query = query.where('state', '=', page.state)
  if (page.afterName !== undefined) query = query.where('appName', '>', page.afterName)
  return query.orderBy('appName').limit(page.limit).execute()
}

/** How many there are now, and what they cost together. */
export async function sumOrphans(db: Database | Tx): Promise<{ found: number; monthlyCostUsd: string }> {
  const { rows } = await sql<{ found: number; monthlyCostUsd: string }>`
    select count(*) as found, coalesce(sum(monthly_cost_usd), 0)::numeric(12, 2) as monthly_cost_usd
    from hangar.orphans where state = 'found'`.execute(db)
  return onlyRow(rows)
}

/** What became of it. False where that is known already. */
export async function endOrphan(
  tx: Tx,
  appName: string,
  end: { state: Exclude<OrphanState, 'found'>; userFlyAppId?: string; note?: string },
): Promise<boolean> {
  const adopter = end.userFlyAppId === undefined ? sql`` : sql`user_fly_app_id = ${end.userFlyAppId},`
  const { rows } = await sql<{ userFlyAppId: string | null }>`
    update hangar.orphans set ${adopter} state = ${end.state}, ended_at = hangar.now(), withheld = null,
      note = ${end.note ?? null}
    where app_name = ${appName} and state = 'found'
    returning user_fly_app_id`.execute(tx)
  const [ended] = rows
  if (!ended) return false
  await resolveAlert(tx, ALERT, appName)
  // An app whose row was abandoned may have traded until now.
  if (end.state !== 'adopted' && ended.userFlyAppId !== null) await returnTraders(tx, ended.userFlyAppId)
  return true
}

/** Why it is still there although it was due. */
export async function withholdOrphan(db: Database | Tx, appName: string, why: string): Promise<void> {
  await sql`
    update hangar.orphans set withheld = ${why}
    where app_name = ${appName} and state = 'found' and withheld is distinct from ${why}`.execute(db)
}

/** Its turn has come, whatever is to come of it. */
export async function recordOrphanTry(db: Database | Tx, appName: string): Promise<void> {
  await sql`
    update hangar.orphans set tried_at = hangar.now() where app_name = ${appName} and state = 'found'`.execute(
    db,
  )
}

/** An operator wants it gone; the first who asked stays on record. Null where there is none of that name now. */
export async function requestOrphanDeletion(
  tx: Tx,
  appName: string,
  actor: string,
): Promise<OrphanRow | null> {
  const { rows } = await sql<OrphanRow>`
    update hangar.orphans set delete_requested_by = coalesce(delete_requested_by, ${actor}),
      tried_at = case when delete_requested_by is null then null else tried_at end
    where app_name = ${appName} and state = 'found' returning *`.execute(tx)
  return rows[0] ?? null
}

/** Takes back that somebody wants it gone. Null where there is none of that name now. */
export async function withdrawOrphanDeletion(tx: Tx, appName: string): Promise<OrphanRow | null> {
  const { rows } = await sql<OrphanRow>`
    update hangar.orphans set delete_requested_by = null, withheld = null
    where app_name = ${appName} and state = 'found' returning *`.execute(tx)
  return rows[0] ?? null
}

/** The newest app of the user on Fly that no row ever knew, if it is newer than all their rows. */
export async function findLostApp(tx: Tx, userId: string): Promise<OrphanRow | null> {
  const { rows } = await sql<OrphanRow>`
    select * from hangar.orphans
    where user_id = ${userId} and kind = 'unknown_name' and state = 'found' and delete_requested_by is null
      and generation > coalesce((select max(generation) from public.user_fly_apps where user_id = ${userId}), 0)
    order by generation desc limit 1`.execute(tx)
  return rows[0] ?? null
}

/** Unknown names first seen since the brake `restored` was last free: proof that rows were lost. */
export async function listLostNames(db: Database | Tx, limit: number): Promise<string[]> {
  const { rows } = await sql<{ appName: string }>`
    select app_name from hangar.orphans
    where kind = 'unknown_name' and state = 'found' and first_seen_at > (
      select updated_at from hangar.brakes where name = 'restored' and engaged_at is null)
      and not exists (select from public.user_fly_apps app where app.fly_app_name = hangar.orphans.app_name)
    order by app_name limit ${limit}`.execute(db)
  return rows.map(({ appName }) => appName)
}

/** Whether we began to delete it since it was found: then it is us if it is gone. */
export async function isOrphanBeingDeleted(db: Database | Tx, orphan: OrphanRow): Promise<boolean> {
  const { rows } = await sql`
    select from public.user_fly_app_events
    where user_id = ${orphan.userId} and event_type = 'orphan_deleting' and metadata ->> 'app' = ${orphan.appName}
      and created_at >= ${orphan.firstSeenAt} limit 1`.execute(db)
  return rows.length > 0
}
