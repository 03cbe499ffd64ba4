/**
 * `hangar.trader_placement`: where a user's custom traders run. No row means on the shared backend.
 *
 *   shared ─ takeTraders ─▶ moving ─ confirmReleased ─▶ dedicated
 *      ▲                       │                            │
 *      └────── returnTraders, recordDrained, a step ◀───────┘
 *
 * Whoever changes a place of the app's locks the app's row first, then the placement, then the heartbeat row: nobody
 * waits in a circle.
 */
import { sql, type RawBuilder } from 'kysely'
import type { AppRow } from './apps.ts'
import type { Database, Tx } from './database.ts'
import { onlyRow } from './rows.ts'

export type RunsOn = 'shared' | 'moving' | 'dedicated'

/** Whether the shared backend has to confirm that it stopped a user's traders, or takes no part. */
export type Handover = 'confirmed' | 'immediate'

export type Placement = { userId: string; runsOn: RunsOn; userFlyAppId: string; move: number }
export type Placed = Pick<Placement, 'userId' | 'runsOn' | 'move'>
export type Release = Pick<Placement, 'userId' | 'move'>

const COLUMNS = sql`place.user_id, place.runs_on, place.user_fly_app_id, place.move`
const CHANGE = sql`move = place.move + 1, since = hangar.now(), changed_in = pg_current_xact_id()`

/** The app's row as it is and as it stays until this transaction ends; null where there is none. */
export async function lockApp(tx: Tx, appId: string): Promise<AppRow | null> {
  const query = tx.selectFrom('userFlyApps').selectAll().where('id', '=', appId).forShare()
  return (await query.executeTakeFirst()) ?? null
}

export async function findPlacement(db: Database | Tx, userId: string): Promise<Placement | null> {
  const { rows } = await sql<Placement>`
    select ${COLUMNS} from hangar.trader_placement place where user_id = ${userId}`.execute(db)
  return rows[0] ?? null
}

/**
 * A user's app asks for its traders: they begin to move to it, unless they are on their way or there already. To be
 * called with the app's row locked (`lockApp`), live and not draining. An earlier generation that still holds the
 * place has been closed, so the new one takes it over.
 */
export async function takeTraders(
  tx: Tx,
  app: { id: string; userId: string },
  handover: Handover,
): Promise<Placement> {
  const target: RunsOn = handover === 'immediate' ? 'dedicated' : 'moving'
  const { rows } = await sql<Placement>`
    insert into hangar.trader_placement as place (user_id, runs_on, user_fly_app_id)
    values (${app.userId}, ${target}, ${app.id})
    on conflict (user_id) do update
      set runs_on = excluded.runs_on, user_fly_app_id = excluded.user_fly_app_id, released_at = null, ${CHANGE}
      where place.runs_on = 'shared' or place.user_fly_app_id <> excluded.user_fly_app_id
        or (place.runs_on = 'moving' and excluded.runs_on = 'dedicated')
    returning ${COLUMNS}`.execute(tx)
  if (rows[0]) return rows[0]
  const unchanged = await sql<Placement>`
    select ${COLUMNS} from hangar.trader_placement place where user_id = ${app.userId}`.execute(tx)
  return onlyRow(unchanged.rows)
}

/**
 * The shared backend has stopped these users' traders: each that is still in that very move goes on to its app.
 * Answers how many did; a word that comes late or twice changes nothing.
 */
export async function confirmReleased(db: Database | Tx, releases: readonly Release[]): Promise<number> {
  const userIds = releases.map(({ userId }) => userId)
  const moves = releases.map(({ move }) => move)
  const { numAffectedRows } = await sql`
    update hangar.trader_placement place
    set runs_on = 'dedicated', released_at = hangar.now(), ${CHANGE}
    from (
      select user_id from hangar.trader_placement
      join unnest(${userIds}::uuid[], ${moves}::integer[]) as released (user_id, move) using (user_id, move)
      where runs_on = 'moving' order by user_id for update
    ) confirmed
    where place.user_id = confirmed.user_id`.execute(db)
  return Number(numAffectedRows ?? 0)
}

/** This app certainly trades no more: the traders it had, or was to have, are the shared backend's again. */
export async function returnTraders(db: Database | Tx, appId: string): Promise<void> {
  await returnTradersOf(sql`(select ${appId}::uuid as id)`).execute(db)
}

/** The same as part of a larger statement; `app` stands for rows with a column id. */
export function returnTradersOf(app: RawBuilder<unknown>): RawBuilder<unknown> {
  return sql`
    update hangar.trader_placement place set runs_on = 'shared', ${CHANGE}
    from ${app} app where place.user_fly_app_id = app.id and place.runs_on <> 'shared'`
}

export type PlacementChanges = { cursor: string; complete: boolean; users: Placed[] }

/**
 * What changed since the look that gave `after`, or, without it, everybody who is not shared. A cursor is the oldest
 * transaction that was open at that look, so that what it had not committed yet is in the next one. A cursor from the
 * future belongs to another database (a restore): the answer is complete again.
 */
export async function listPlacement(db: Database | Tx, after?: string): Promise<PlacementChanges> {
  const cursor = after ?? null
  const { rows } = await sql<PlacementChanges>`
    with look as (
      select horizon, coalesce(${cursor}::text::xid8 > horizon, true) as complete
      from (select pg_snapshot_xmin(pg_current_snapshot()) as horizon) now
    ), place as (
      select user_id, runs_on, move from look join hangar.trader_placement on runs_on <> 'shared' where complete
      union all
      select user_id, runs_on, move from look join hangar.trader_placement on changed_in >= ${cursor}::text::xid8
      where not complete
    )
    select horizon::text as cursor, complete, coalesce((
        select jsonb_agg(jsonb_build_object('userId', user_id, 'runsOn', runs_on, 'move', move) order by user_id)
        from place), '[]') as users
    from look`.execute(db)
  return onlyRow(rows)
}
