/**
 * Users whose work waits for a brake to let go, or for an outage to end: how many they are, and how they become due.
 * A crowd becomes due evenly spread, so that the end of one overload is not the start of the next.
 */
import { BRAKE_NAMES, type BrakeName, heldReason, NO_LONGER_HELD, OUTAGE_CODES } from '@hangar/core'
import { sql, type RawBuilder } from 'kysely'
import type { Database, Tx } from './database.ts'
import { onlyRow } from './rows.ts'

/** Ten users a second; a crowd of more than 200 is spread over 20 s. */
const SPREAD_STEP_SECONDS = 0.1
const SPREAD_SECONDS = 20

/** How many users each brake holds now. */
export async function countHeld(db: Database | Tx): Promise<Record<BrakeName, number>> {
  const { rows } = await sql<{ parkedReason: string; users: number }>`
    select work.parked_reason, count(*) as users
    from hangar.user_work work join hangar.user_wants want using (user_id)
    where want.wanted_version > work.done_version and work.parked_reason = any (${BRAKE_NAMES.map(heldReason)}::text[])
    group by work.parked_reason`.execute(db)
  const counted = BRAKE_NAMES.map((name) => [
    name,
    rows.find((row) => row.parkedReason === heldReason(name))?.users ?? 0,
  ])
  return Object.fromEntries(counted) as Record<BrakeName, number>
}

/** How many users are parked for this reason. */
export async function countParked(db: Database | Tx, reason: string): Promise<number> {
  const { rows } = await sql<{ users: number }>`
    select count(*) as users from hangar.user_work where parked_reason = ${reason}`.execute(db)
  return onlyRow(rows).users
}

/** Makes those due whom one of these brakes holds. */
export function wakeHeld(db: Database | Tx, names: readonly BrakeName[]): Promise<number> {
  const reasons = names.map(heldReason)
  return makeDue(db, {
    who: sql`parked_reason = any (${reasons}::text[])`,
    set: sql`parked_reason = ${NO_LONGER_HELD}`,
  })
}

/** Makes those due whose last attempt Fly did not serve, with all their attempts before them again. */
export function retryAfterOutage(db: Database | Tx): Promise<number> {
  return makeDue(db, {
    who: sql`${failedByOutage} and next_attempt_at > hangar.now()`,
    set: sql`failed_attempts = 0`,
  })
}

/** How many users' last attempt, within so many seconds, Fly did not serve. */
export async function countOutageFailures(db: Database | Tx, withinSeconds: number): Promise<number> {
  const { rows } = await sql<{ users: number }>`
    select count(*) as users from hangar.user_work
    where ${failedByOutage} and updated_at > hangar.now() - make_interval(secs => ${withinSeconds})`.execute(
    db,
  )
  return onlyRow(rows).users
}

const failedByOutage = sql`failed_attempts > 0 and parked_reason is null
  and failed_reason = any (${[...OUTAGE_CODES]}::text[])`

/** Whoever is locked is being worked on at this moment, and reads the brakes by itself. */
async function makeDue(
  db: Database | Tx,
  { who, set }: { who: RawBuilder<unknown>; set: RawBuilder<unknown> },
): Promise<number> {
  const result = await sql`
    with chosen as (
      select user_id from hangar.user_work where ${who} order by user_id for update skip locked
    ), placed as (
      select user_id, row_number() over (order by user_id) - 1 as place, count(*) over () as many from chosen
    )
    update hangar.user_work work
    set ${set}, updated_at = hangar.now(), next_attempt_at = least(work.next_attempt_at, hangar.now()
      + make_interval(secs => placed.place * least(${SPREAD_STEP_SECONDS}, ${SPREAD_SECONDS}::double precision / placed.many)))
    from placed where work.user_id = placed.user_id`.execute(db)
  return Number(result.numAffectedRows ?? 0n)
}
