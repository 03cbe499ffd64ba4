/**
 * `hangar.user_wants`: who may need work, and which version of their wants is the newest. Written by the host's
 * trigger, the API, health and the sweeps. Whoever holds a lease only reads it.
 */
import type { Lane, Policy } from '@hangar/core'
import { sql, type Selectable } from 'kysely'
import type { Database, Tx } from './database.ts'
import { onlyRow } from './rows.ts'
import type { Schema } from './schema.ts'

export type WantRow = Selectable<Schema['hangar.userWants']>
export type WantSource = 'webhook' | 'manual' | 'operator' | 'health' | 'sweep' | 'shim'

/**
 * Says that the user may need work, and returns the new wanted version. `enroll`: from now on the sweeps look after
 * this user too. A host row that is there is noted: should it vanish unseen later, that is "unknown", not "ended".
 */
export async function raiseWant(
  db: Database | Tx,
  userId: string,
  source: WantSource,
  options: { enroll?: boolean } = {},
): Promise<number> {
  const enrolledAt = options.enroll === true ? sql`hangar.now()` : sql`null::timestamptz`
  const { rows } = await sql<{ wantedVersion: number }>`
    insert into hangar.user_wants as want
      (user_id, wanted_version, source, enrolled_at, host_row_seen_at, updated_at)
    select ${userId}::uuid, 1, ${source}, ${enrolledAt},
      (select hangar.now() from hangar.host_subscriptions where user_id = ${userId} limit 1), hangar.now()
    on conflict (user_id) do update set
      wanted_version = want.wanted_version + 1,
      source = excluded.source,
      enrolled_at = coalesce(want.enrolled_at, excluded.enrolled_at),
      host_row_seen_at = coalesce(excluded.host_row_seen_at, want.host_row_seen_at),
      updated_at = excluded.updated_at
    returning wanted_version`.execute(db)
  return onlyRow(rows).wantedVersion
}

export async function findWant(db: Database | Tx, userId: string): Promise<WantRow | null> {
  const row = await db
    .selectFrom('hangar.userWants')
    .selectAll()
    .where('userId', '=', userId)
    .executeTakeFirst()
  return row ?? null
}

export type LanePolicy = Pick<Policy, 'paidTiers' | 'payingStatuses'>

/** The time, once for a statement: `hangar.now()` is not cheap, and without the offset it is called for each row. */
export const CLOCK = sql`(select hangar.now() as at offset 0) clock`

/** Due: never tried, or its pause is over, or something newer is wanted than what the last holder saw; and nobody holds it. */
export const isDue = sql`(want.wanted_version > coalesce(work.done_version, 0)
    and (work.lease_expires_at is null or work.lease_expires_at <= clock.at)
    and (work.next_attempt_at is null or work.next_attempt_at <= clock.at
      or want.wanted_version > work.planned_version))`

const dueWants = sql`
  from hangar.user_wants want
  left join hangar.user_work work using (user_id)
  cross join ${CLOCK}
  where ${isDue}`

/** Since when somebody who is due has been. */
export const dueSince = sql`greatest(want.updated_at,
      case when work.next_attempt_at <= clock.at then work.next_attempt_at end)`

/** The lane that is to look at a user. It is only a guess at the work. */
export const laneOf = ({ paidTiers, payingStatuses }: LanePolicy) => sql`case
        when app.teardown_started_at is not null or override.desired = 'off' then 'deprovision'
        when override.desired = 'on' then 'provision'
        when lower(host.tier) = any (${[...paidTiers]}::text[])
          and (host.status is null or lower(host.status) = any (${[...payingStatuses]}::text[])) then 'provision'
        else 'deprovision'
      end`

/** The users who are due, each with the lane that is to look at them. */
const laned = (policy: LanePolicy) => sql`
  due as (
    select want.user_id, want.updated_at, ${dueSince} as since
    ${dueWants}
  ), laned as (
    select due.user_id, due.updated_at, due.since, ${laneOf(policy)} as lane
    from due
    left join hangar.host_subscriptions host using (user_id)
    left join public.user_fly_apps app on app.user_id = due.user_id and app.deleted_at is null
    left join hangar.user_overrides override on override.user_id = due.user_id and override.ended_at is null
      and (override.expires_at is null or override.expires_at > hangar.now())
  )`

/**
 * Users with work that is due, those who have waited longest first, `limit` in each lane: a crowd of downgrades never
 * keeps an upgrade waiting.
 */
export async function listUsersToWake(
  db: Database | Tx,
  { limit, ...policy }: LanePolicy & { limit: number },
): Promise<{ userId: string; lane: Lane }[]> {
  const { rows } = await sql<{ userId: string; lane: Lane }>`
    with ${laned(policy)}, ranked as (
      select *, row_number() over (partition by lane order by updated_at, user_id) as place from laned
    )
    select user_id, lane from ranked where place <= ${limit} order by updated_at, user_id`.execute(db)
  return rows
}

export type LaneBacklog = { lane: Lane; dueCount: number; oldestDueMs: number }

/** The same as counts: how many wait for each lane, and for how long the one who has waited longest. Busy lanes only. */
export async function measureLanes(db: Database | Tx, policy: LanePolicy): Promise<LaneBacklog[]> {
  const { rows } = await sql<LaneBacklog>`
    with ${laned(policy)}
    select lane, count(*) as due_count,
      (extract(epoch from hangar.now() - min(since)) * 1000)::double precision as oldest_due_ms
    from laned group by lane`.execute(db)
  return rows
}

/** How many users are due, and for how long the one who has waited longest: the lag of the workers, in one number. */
export async function measureBacklog(db: Database | Tx): Promise<{ dueCount: number; oldestDueMs: number }> {
  const { rows } = await sql<{ dueCount: number; oldestDueMs: number }>`
    select count(*) as due_count,
      coalesce(extract(epoch from max(clock.at - greatest(want.updated_at,
        case when work.next_attempt_at <= clock.at then work.next_attempt_at end, work.lease_expires_at)))
        * 1000, 0)::double precision
        as oldest_due_ms
    ${dueWants}`.execute(db)
  return onlyRow(rows)
}
