/**
 * Carrying out a bulk: who is asked next, and what became of those who were asked. Whoever asks holds the bulk's row until
 * the want is raised and the item says so, in one transaction: so the pace holds over any number of workers, nobody is
 * asked twice, and once a pause or a cancel is written nobody is asked any more. A worker that dies leaves nothing half-done.
 */
import type { BrakeName } from '@hangar/core'
import { sql } from 'kysely'
import { isInWave, tellIfFailed } from './bulk-waves.ts'
import { BULK_COLUMNS, type BulkRow } from './bulks.ts'
import type { Database, Tx } from './database.ts'
import { intervalMs } from './now.ts'

/** What was not used of the pace is kept for so long: a worker that was away does not make up for it all at once. */
const CATCH_UP_MS = 2_000
/** A user's row may be held by the host's own transaction, for as long as that likes. */
const LOCK_TIMEOUT_MS = 1_000
/** A job that Redis lost is not missed by anybody else. */
const LOOK_AGAIN_MS = 30_000

/** A worker looks at it now. Null: it is over, or there is none of that id. */
export async function lookAtBulk(db: Database, id: number): Promise<BulkRow | null> {
  const { rows } = await sql<BulkRow>`
    update hangar.bulks bulk set looked_at = hangar.now() where id = ${id} and ended_at is null
    returning ${BULK_COLUMNS}`.execute(db)
  return rows[0] ?? null
}

/** Which brake holds it, or that none does any more. */
export async function recordHeld(db: Database, id: number, heldBy: BrakeName | null): Promise<void> {
  await sql`
    update hangar.bulks set held_by = ${heldBy}, updated_at = hangar.now()
    where id = ${id} and held_by is distinct from ${heldBy}`.execute(db)
}

export type BulkItem = { bulkId: number; place: number; userId: string }

/** `wait`: until the next may be asked. `none`: nobody is to be asked, now or at all. */
export type BulkTurn =
  { kind: 'item'; bulk: BulkRow; item: BulkItem } | { kind: 'wait'; ms: number } | { kind: 'none' }

/** Whose turn it is. Whatever the transaction waits for afterwards, it waits for a second at most. */
export async function takeBulkTurn(tx: Tx, id: number): Promise<BulkTurn> {
  await sql`set local lock_timeout = ${sql.lit(LOCK_TIMEOUT_MS)}`.execute(tx)
  const { rows } = await sql<BulkRow & { paceMs: number }>`
    select ${BULK_COLUMNS},
      ceil(extract(epoch from bulk.next_ask_at - hangar.now()) * 1000)::double precision as pace_ms
    from hangar.bulks bulk where id = ${id} for update`.execute(tx)
  const [found] = rows
  if (found?.state !== 'running') return { kind: 'none' }
  const { paceMs, ...bulk } = found
  if (paceMs > 0) return { kind: 'wait', ms: paceMs }
  const { rows: items } = await sql<{ place: number; userId: string; waitMs: number }>`
    select place, user_id,
      coalesce(ceil(extract(epoch from not_before - hangar.now()) * 1000), 0)::double precision as wait_ms
    from hangar.bulk_items where bulk_id = ${id} and state = 'waiting' and ${isInWave(bulk)}
    order by not_before > hangar.now() nulls first, not_before nulls first, place limit 1`.execute(tx)
  const [item] = items
  if (!item) return { kind: 'none' }
  const { place, userId, waitMs } = item
  return waitMs > 0
    ? { kind: 'wait', ms: waitMs }
    : { kind: 'item', bulk, item: { bulkId: id, place, userId } }
}

/** It was asked, and moves the pace on. */
export async function recordAsked(tx: Tx, { bulkId, place }: BulkItem, wantedVersion: number): Promise<void> {
  await sql`
    update hangar.bulk_items set state = 'asked', wanted_version = ${wantedVersion}, asked_at = hangar.now(),
      not_before = hangar.now() + ${intervalMs(LOOK_AGAIN_MS)}, code = null, detail = null
    where bulk_id = ${bulkId} and place = ${place}`.execute(tx)
  await sql`
    update hangar.bulks set updated_at = hangar.now(),
      next_ask_at = greatest(next_ask_at, hangar.now() - ${intervalMs(CATCH_UP_MS)})
        + make_interval(secs => 60.0 / per_minute)
    where id = ${bulkId}`.execute(tx)
}

export type HowItemEnded = { state: 'skipped' | 'failed'; code: string; detail: string }

/** It comes to an end without having been asked. */
export async function endBulkItem(
  db: Database | Tx,
  { bulkId, place }: BulkItem,
  { state, code, detail }: HowItemEnded,
): Promise<void> {
  await sql`
    with ended as (
      update hangar.bulk_items set state = ${state}, code = ${code}, detail = ${detail}, ended_at = hangar.now()
      where bulk_id = ${bulkId} and place = ${place} and state = 'waiting'
      returning bulk_id
    )
    update hangar.bulks bulk set updated_at = hangar.now() from ended where bulk.id = ended.bulk_id`.execute(
    db,
  )
}

/** It could not be asked just now: the others come first. Answers how often that has happened to it. */
export async function putOffBulkItem(
  db: Database,
  { bulkId, place }: BulkItem,
  delayMs: number,
): Promise<number> {
  const { rows } = await sql<{ tries: number }>`
    update hangar.bulk_items set not_before = hangar.now() + ${intervalMs(delayMs)}, tries = tries + 1
    where bulk_id = ${bulkId} and place = ${place} and state = 'waiting' returning tries`.execute(db)
  return rows[0]?.tries ?? 0
}

/**
 * Writes down how those who were asked have ended, as the engine has it; `givenUpAfter` failures in a row it has given
 * up, for now. Answers how many are still followed.
 */
export async function followBulk(
  db: Database,
  id: number,
  { givenUpAfter }: { givenUpAfter: number },
): Promise<number> {
  const { rows } = await sql<{ followed: number }>`
    with seen as (
      select item.place, bulk.action, work.failed_reason,
        work.done_version >= item.wanted_version as settled,
        work.failed_version >= item.wanted_version and work.failed_attempts > ${givenUpAfter} as given_up,
        app.id is not null as has_app, app.status, app.fly_app_name, app.health_status, app.error_message,
        app.status = 'active' and app.teardown_started_at is null as is_up,
        app.status = 'active' and app.operation is null as at_rest,
        app.last_health_check >= item.asked_at as looked_at
      from hangar.bulk_items item
      join hangar.bulks bulk on bulk.id = item.bulk_id
      left join hangar.user_work work on work.user_id = item.user_id
      left join public.user_fly_apps app on app.user_id = item.user_id and app.deleted_at is null
      where item.bulk_id = ${id} and item.state = 'asked'
    ), judged as (
      select place, case
          when action = 'check_health' and (at_rest is not true) then array['done', 'not_at_rest', 'the app is being worked on, or gone']
          when action = 'check_health' and looked_at then array['done', health_status, 'the app is ' || health_status]
          when action = 'check_health' then null
          when settled and action in ('provision', 'migrate') and is_up then array['done', null, fly_app_name || ' is up']
          when settled and action = 'deprovision' and not has_app then array['done', null, 'the app is gone']
          when settled and action = 'retry' then
            array['done', coalesce(status, 'no_app'), coalesce(fly_app_name || ' is ' || status, 'there is no app')]
          when settled and action = 'migrate' and not has_app then
            array['skipped', 'overtaken', 'the user is to have no app any more']
          when settled then array['failed', 'overtaken', 'something else was wanted of this user meanwhile']
          when given_up then array['failed', failed_reason, coalesce(error_message, failed_reason)]
        end as verdict
      from seen
    ), ended as (
      update hangar.bulk_items item set state = verdict[1], code = verdict[2], detail = verdict[3], ended_at = hangar.now()
      from judged where item.bulk_id = ${id} and item.place = judged.place and item.state = 'asked' and verdict is not null
      returning item.place
    ), told as (
      update hangar.bulks set updated_at = hangar.now() where id = ${id} and exists (select from ended)
    )
    select (select count(*) from seen) - (select count(*) from ended) as followed`.execute(db)
  return rows[0]?.followed ?? 0
}

/** Whose look at their app has not come for a while. They are not named again for as long. */
export async function listLooksToRepeat(db: Database, id: number, limit: number): Promise<string[]> {
  const { rows } = await sql<{ userId: string }>`
    update hangar.bulk_items set not_before = hangar.now() + ${intervalMs(LOOK_AGAIN_MS)}
    where bulk_id = ${id} and place in (
      select place from hangar.bulk_items
      where bulk_id = ${id} and state = 'asked' and not_before <= hangar.now() order by not_before limit ${limit})
    returning user_id`.execute(db)
  return rows.map(({ userId }) => userId)
}

/**
 * Ends a bulk of which nobody waits and nobody is followed any more, and what is left of the burst that was approved for
 * it: nobody else's teardowns were counted. One whose last wave failed is told of. True when this call ended it.
 */
export function endBulkIfOver(db: Database, id: number): Promise<boolean> {
  return db.transaction().execute(async (tx) => {
    const { rows } = await sql<BulkRow>`
      with ended as (
        update hangar.bulks bulk set state = case when state = 'cancelled' then state else 'done' end, held_by = null,
          ended_at = hangar.now(), updated_at = hangar.now()
        where id = ${id} and ended_at is null and not exists (
          select from hangar.bulk_items item where item.bulk_id = ${id} and item.state in ('waiting', 'asked'))
        returning ${BULK_COLUMNS}
      ), unused as (
        update hangar.burst_approvals approval set expires_at = least(expires_at, hangar.now())
        from ended where approval.id = ended.burst_approval_id
      )
      select * from ended`.execute(tx)
    const [ended] = rows
    if (ended?.state === 'done') await tellIfFailed(tx, ended)
    return ended !== undefined
  })
}
