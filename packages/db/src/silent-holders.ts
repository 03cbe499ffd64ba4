/**
 * Apps that have, or are to have, a user's traders and have not been heard of for longer than a heartbeat takes: where
 * their machine is certainly down, the traders go back to the shared backend, and to the app again when it asks.
 */
import { sql } from 'kysely'
import type { Database } from './database.ts'
import { intervalMs } from './now.ts'
import { HEARD_BY_THEN_MS, returnTraders, returnTradersOf } from './placement.ts'

export type SilentHolder = {
  userId: string
  appId: string
  flyAppName: string
  /** All that may run them: the one on record, and the one that was told to run them last. */
  machineIds: string[]
  /** When anything was last heard of it, by the database's time. */
  heardAt: Date
  /** The database's time of this look: whatever Fly says is asked after it. */
  seenAt: Date
}

/** Those that fell silent last come first: whoever is silent for long has been looked at before. */
export async function listSilentHolders(
  db: Database,
  { silentMs, limit }: { silentMs: number; limit: number },
): Promise<SilentHolder[]> {
  const { rows } = await sql<SilentHolder>`
    select place.user_id, app.id as app_id, app.fly_app_name, last.heard_at, hangar.now() as seen_at,
      array(select distinct id from unnest(array[app.fly_machine_id, place.machine_id]) id where id is not null)
        as machine_ids
    from hangar.trader_placement place
    join public.user_fly_apps app on app.id = place.user_fly_app_id and app.deleted_at is null
    left join hangar.app_heartbeats report on report.user_fly_app_id = app.id
    cross join lateral (select greatest(
      place.since, report.last_heartbeat_at, report.bootstrapped_at, report.drained_at) as heard_at) last
    where place.runs_on <> 'shared' and last.heard_at < hangar.now() - ${intervalMs(silentMs)}
    order by last.heard_at desc limit ${limit}`.execute(db)
  return rows
}

/**
 * False where it has been heard of since that look: then it is up again. What a process does before its first bootstrap
 * is not to trade, so one that has started since then and has not asked yet will find that it has to ask.
 */
export function returnUnlessHeard(db: Database, { appId, seenAt }: SilentHolder): Promise<boolean> {
  return db.transaction().execute(async (tx) => {
    // A bootstrap locks the place as well: it is over by the next statement, or it comes after, and takes them anew.
    await sql`select from hangar.trader_placement where user_fly_app_id = ${appId} for update`.execute(tx)
    const heard = await sql`
      select from hangar.app_heartbeats where user_fly_app_id = ${appId}
        and greatest(last_heartbeat_at, bootstrapped_at) >= ${seenAt}`.execute(tx)
    if (heard.rows.length > 0) return false
    await returnTraders(tx, appId)
    return true
  })
}

/** An app that was given up has its traders until it is told that it is over; by then it was, if it still asks. */
export async function returnFromGivenUp(db: Database): Promise<number> {
  const { numAffectedRows } = await returnTradersOf(sql`(
    select id from public.user_fly_apps
    where id in (select user_fly_app_id from hangar.trader_placement where runs_on <> 'shared')
      and deleted_at <= hangar.now() - ${intervalMs(HEARD_BY_THEN_MS)})`).execute(db)
  return Number(numAffectedRows ?? 0n)
}
