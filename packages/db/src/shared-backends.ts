/**
 * `hangar.shared_backends`: the processes that run the traders of users who are placed on the shared backend. Each asks
 * for the placements under a name that it made up at its start, so that a user's traders are known to be stopped in all
 * of them, and not only in the one that was the first to hear of it.
 */
import { type RawBuilder, sql } from 'kysely'
import type { Database } from './database.ts'

/** Stands for all of them: one that has no name yet, or an operator who has made sure. */
export const ALL_BACKENDS = '*'

/** Asked every 10 s. One that was silent for so long has ended, or is not counted on. */
const SILENT_AFTER = sql`interval '60 seconds'`
const FORGOTTEN_AFTER = sql`interval '1 day'`

/**
 * To be committed before the placements are read: whoever then ends a move either knows of this one, and waits for it, or
 * has begun before, and then this one sees the move.
 */
export async function meetSharedBackend(db: Database, instance: string): Promise<void> {
  await sql`
    with again as (
      update hangar.shared_backends set last_seen_at = hangar.now() where instance = ${instance} returning instance
    ), reused as (
      update hangar.shared_backends set instance = ${instance}, last_seen_at = hangar.now()
      where not exists (select from again) and instance = (
        select instance from hangar.shared_backends where last_seen_at < hangar.now() - ${FORGOTTEN_AFTER}
        order by last_seen_at limit 1 for update skip locked)
      returning instance
    )
    insert into hangar.shared_backends (instance)
    select ${instance} where not exists (select from again) and not exists (select from reused)
    on conflict (instance) do update set last_seen_at = hangar.now()`.execute(db)
}

/** It has stopped all it ran, and asks no more: nobody waits for it. */
export async function partWithSharedBackend(db: Database, instance: string): Promise<void> {
  await sql`update hangar.shared_backends set last_seen_at = '-infinity' where instance = ${instance}`.execute(
    db,
  )
}

/** At least one has confirmed, and each that is alive has. */
export function confirmedByAll(confirmedBy: RawBuilder<unknown>): RawBuilder<boolean> {
  return sql<boolean>`(${ALL_BACKENDS} = any (${confirmedBy}) or (cardinality(${confirmedBy}) > 0 and not exists (
    select from hangar.shared_backends backend
    where backend.last_seen_at > hangar.now() - ${SILENT_AFTER} and backend.instance <> all (${confirmedBy}))))`
}
