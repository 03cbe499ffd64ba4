/**
 * `hangar.trader_placement`: where a user's custom traders run. No row means on the shared backend.
 *
 *   shared ─ takeTraders ─▶ moving ─ every shared backend has confirmed, nobody before is left ─▶ dedicated
 *      ▲                     │  ▲                                                                   │
 *      │                     │  └────────── another machine or app takes them (held) ◀──────────────┤
 *      └─────────── returnTraders, recordDrained, a step, the sweep of the silent ◀─────────────────┘
 *
 * Whoever changes a place of the app's locks the app's row first, then the placement, then the heartbeat row: nobody
 * waits in a circle. What can still go wrong is in docs/decisions/0019-handover.md.
 */
import { sql, type RawBuilder } from 'kysely'
import { HEARTBEAT_INTERVAL_MS } from '@hangar/core'
import type { AppRow } from './apps.ts'
import type { Database, Tx } from './database.ts'
import { intervalMs } from './now.ts'
import { onlyRow } from './rows.ts'
import { ALL_BACKENDS, confirmedByAll } from './shared-backends.ts'

export type RunsOn = 'shared' | 'moving' | 'dedicated'

/** Whether the shared backend has to confirm that it stopped a user's traders, or takes no part. */
export type Handover = 'confirmed' | 'immediate'

export type Placement = { userId: string; runsOn: RunsOn; userFlyAppId: string; move: number }
export type Placed = Pick<Placement, 'userId' | 'runsOn' | 'move'>
export type Release = Pick<Placement, 'userId' | 'move'>

const COLUMNS = sql`place.user_id, place.runs_on, place.user_fly_app_id, place.move`
const CHANGED = sql`since = hangar.now(), changed_in = pg_current_xact_id()`
const CHANGE = sql`move = place.move + 1, ${CHANGED}`

/** By then a machine or an app that is over has asked once, and was told so: the next heartbeat, and what it may be late. */
export const HEARD_BY_THEN_MS = HEARTBEAT_INTERVAL_MS + 15_000
const notHeld = (place: RawBuilder<unknown>) =>
  sql`(${place}.held_until is null or ${place}.held_until <= hangar.now())`
const PLACE = sql`place`

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

/** The machine that asks, of a live app that does not drain. */
export type Taker = Pick<AppRow, 'id' | 'userId' | 'flyMachineId' | 'launchedAt'>
type Held = Placement & { machineId: string | null }

/**
 * A user's app asks for its traders: they begin to move to it, unless they are on their way or there already. To be
 * called with the app's row locked (`lockApp`). Where another machine of the app, or an app that was given up, may still
 * run them, they are held back until that one must have heard that it is over.
 */
export async function takeTraders(tx: Tx, taker: Taker, handover: Handover): Promise<Placement> {
  const { id, userId, flyMachineId } = taker
  await sql`
    insert into hangar.trader_placement (user_id, runs_on, user_fly_app_id, move) values (${userId}, 'shared', ${id}, 0)
    on conflict do nothing`.execute(tx)
  // Joined to nothing: whoever waits for the lock would join the row as it is then to the app that it named before, and
  // find none.
  const { rows } = await sql<Held>`
    select ${COLUMNS}, place.machine_id from hangar.trader_placement place
    where place.user_id = ${userId} for update`.execute(tx)
  const held = onlyRow(rows)
  const begins = await beginMove(tx, taker, held)
  const arrived = await sql<Placement>`
    update hangar.trader_placement place
    set runs_on = 'dedicated', machine_id = ${flyMachineId}, released_at = hangar.now(),
      move = place.move + ${begins ? 0 : 1}, ${CHANGED}
    where user_id = ${userId} and runs_on = 'moving' and ${notHeld(PLACE)}
      and (${handover === 'immediate'} or ${confirmedByAll(sql`place.confirmed_by`)})
    returning ${COLUMNS}`.execute(tx)
  if (arrived.rows[0]) return arrived.rows[0]
  if (held.runsOn === 'dedicated' && !begins && held.machineId === null)
    await sql`update hangar.trader_placement set machine_id = ${flyMachineId} where user_id = ${userId}`.execute(
      tx,
    )
  return (await findPlacement(tx, userId)) ?? held
}

/** False where they are on their way to this very app, or with this very machine. */
async function beginMove(tx: Tx, taker: Taker, held: Held): Promise<boolean> {
  const isOwn = held.userFlyAppId === taker.id
  const isSameMachine = held.machineId === null || held.machineId === taker.flyMachineId
  if (isOwn && (held.runsOn === 'moving' || (held.runsOn === 'dedicated' && isSameMachine))) return false
  // No shared backend ran what a machine had: there is nothing to confirm, and somebody to wait for.
  const toldFrom = isOwn ? taker.launchedAt : await endOf(tx, held.userFlyAppId)
  const heldUntil = sql`coalesce(${toldFrom}::timestamptz, hangar.now()) + ${intervalMs(HEARD_BY_THEN_MS)}`
  const terms = {
    shared: sql`machine_id = null, held_until = null, confirmed_by = '{}'`,
    moving: sql`held_until = place.held_until`,
    dedicated: sql`held_until = ${heldUntil}, confirmed_by = array[${ALL_BACKENDS}]`,
  }
  await sql`
    update hangar.trader_placement place
    set runs_on = 'moving', user_fly_app_id = ${taker.id}, released_at = null, ${terms[held.runsOn]}, ${CHANGE}
    where user_id = ${taker.userId}`.execute(tx)
  return true
}

async function endOf(tx: Tx, appId: string): Promise<Date | null> {
  const query = tx.selectFrom('userFlyApps').select('deletedAt').where('id', '=', appId)
  return (await query.executeTakeFirst())?.deletedAt ?? null
}

/**
 * A shared backend has stopped these users' traders (`*`: all of them have). Each that is still in that very move goes
 * on to its app once every shared backend has said so. Answers how many did; a word that comes late or twice changes
 * nothing.
 */
export async function confirmReleased(
  db: Database | Tx,
  releases: readonly Release[],
  instance: string = ALL_BACKENDS,
): Promise<number> {
  const userIds = releases.map(({ userId }) => userId)
  const moves = releases.map(({ move }) => move)
  const { rows } = await sql<{ arrived: number }>`
    with told as (
      select place.user_id, place.held_until, array_remove(place.confirmed_by, ${instance}) || ${instance}::text as by
      from hangar.trader_placement place
      join unnest(${userIds}::uuid[], ${moves}::integer[]) as released (user_id, move) using (user_id, move)
      where place.runs_on = 'moving' order by place.user_id for update of place
    ), counted as (
      select user_id, by, ${notHeld(sql`told`)} and ${confirmedByAll(sql`told.by`)} as arrives from told
    ), noted as (
      update hangar.trader_placement place set confirmed_by = counted.by
      from counted where place.user_id = counted.user_id and not counted.arrives
    ), arrived as (
      update hangar.trader_placement place
      set runs_on = 'dedicated', machine_id = null, confirmed_by = counted.by, released_at = hangar.now(), ${CHANGE}
      from counted where place.user_id = counted.user_id and counted.arrives
      returning place.user_id
    )
    select count(*)::int as arrived from arrived`.execute(db)
  return onlyRow(rows).arrived
}

/** This app certainly trades no more: the traders it had, or was to have, are the shared backend's again. */
export async function returnTraders(db: Database | Tx, appId: string): Promise<void> {
  await returnTradersOf(sql`(select ${appId}::uuid as id)`).execute(db)
}

/** The same as part of a larger statement; `app` stands for rows with a column id. */
export function returnTradersOf(app: RawBuilder<unknown>): RawBuilder<unknown> {
  return sql`
    update hangar.trader_placement place set runs_on = 'shared', machine_id = null, held_until = null, ${CHANGE}
    from ${app} app where place.user_fly_app_id = app.id and place.runs_on <> 'shared'`
}

/** Fly says that this machine has stopped: whoever comes next need not wait for it. Part of a larger statement. */
export function releaseMachineOf(app: RawBuilder<unknown>, machineId: string): RawBuilder<unknown> {
  return sql`
    update hangar.trader_placement place set machine_id = null, held_until = null
    from ${app} app where place.user_fly_app_id = app.id and place.machine_id = ${machineId}`
}

export type PlacementChanges = { cursor: string; complete: boolean; users: Placed[] }

/**
 * What changed since the look that gave `after`, or, without it, everybody who is not shared. A cursor is the oldest
 * transaction that was open at that look, so that what it had not committed yet is in the next one, and the epoch of the
 * database: a cursor of another one, or from the future, is from before a restore, and the answer is complete again.
 */
export async function listPlacement(db: Database | Tx, after?: string): Promise<PlacementChanges> {
  const [epoch = null, seen = null] = after?.split('.') ?? []
  const { rows } = await sql<PlacementChanges>`
    with look as (
      select horizon, epoch, coalesce(${seen}::text::xid8 > horizon or ${epoch}::text <> epoch, true) as complete
      from (select pg_snapshot_xmin(pg_current_snapshot()) as horizon, ${EPOCH} as epoch) now
    ), place as (
      select user_id, runs_on, move from look join hangar.trader_placement on runs_on <> 'shared' where complete
      union all
      select user_id, runs_on, move from look join hangar.trader_placement on changed_in >= ${seen}::text::xid8
      where not complete
    )
    select epoch || '.' || horizon::text as cursor, complete, coalesce((
        select jsonb_agg(jsonb_build_object('userId', user_id, 'runsOn', runs_on, 'move', move) order by user_id)
        from place), '[]') as users
    from look`.execute(db)
  return onlyRow(rows)
}

/** Another cluster, another timeline of it (a restore to a moment, a failover), or a table that was made anew (a dump). */
export const EPOCH = sql`left(md5(concat_ws(':', (select system_identifier from pg_control_system()),
  left(pg_walfile_name(pg_current_wal_lsn()), 8), 'hangar.trader_placement'::regclass::oid)), 12)`
