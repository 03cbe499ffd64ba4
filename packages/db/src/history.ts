/** What happened: in the whole fleet, and to one user in one line of time. */
import { type RawBuilder, sql } from 'kysely'
import type { AuditRow } from './audit.ts'
import type { Database, Tx } from './database.ts'
import type { EventRow } from './events.ts'
import { PLANNED_ANEW } from './prepared.ts'
import type { EventStatus } from './schema.ts'

const plannedAnew = sql.raw(PLANNED_ANEW)

const EVENT_COLUMNS = sql`id, user_fly_app_id, user_id, event_type, status, message, metadata, actor, created_at`

/** More than the time by which an event's id and its time can tell different stories of what came first. */
const CLOCK_SLACK = sql`interval '1 minute'`

export type EventFilter = {
  type?: readonly string[] | undefined
  status?: readonly EventStatus[] | undefined
  userId?: string | undefined
  since?: Date | undefined
  limit: number
  beforeId?: number | undefined
}

/** Of the whole fleet, newest first. */
export async function listFleetEvents(db: Database | Tx, filter: EventFilter): Promise<EventRow[]> {
  const { type, status, userId, since, limit, beforeId } = filter
  const wheres = [
    beforeId === undefined ? sql`true` : sql`id < ${beforeId}`,
    userId === undefined ? sql`true` : sql`user_id = ${userId}::uuid`,
    type === undefined ? sql`true` : oneOf(sql`event_type`, type),
    status === undefined ? sql`true` : statusIn(status),
    // Where the first of them is, an index says; without that, the last page would look through all of history.
    since === undefined
      ? sql`true`
      : sql`created_at >= ${since} and id >= coalesce((
          select id from public.user_fly_app_events where created_at >= ${since}::timestamptz - ${CLOCK_SLACK}
          order by created_at limit 1), ${Number.MAX_SAFE_INTEGER})`,
  ]
  const { rows } = await sql<EventRow>`${plannedAnew}
    select ${EVENT_COLUMNS} from public.user_fly_app_events where ${sql.join(wheres, sql` and `)}
    order by id desc limit ${limit}`.execute(db)
  return rows
}

function oneOf(column: RawBuilder<unknown>, words: readonly string[]): RawBuilder<boolean> {
  const [only] = words
  return words.length === 1 ? sql`${column} = ${only}` : sql`${column} = any (${[...words]}::text[])`
}

/** Written out, so that it is seen which partial index has them. */
function statusIn(words: readonly EventStatus[]): RawBuilder<boolean> {
  return sql`status in (${sql.join(words.map((word) => sql.lit(word)))})`
}

export type AuditFilter = {
  actor?: string | undefined
  action?: readonly string[] | undefined
  userId?: string | undefined
  since?: Date | undefined
  limit: number
  beforeId?: number | undefined
}

/** What people and keys have done, newest first. */
export async function listAuditLog(
  db: Database | Tx,
  filter: AuditFilter,
): Promise<Omit<AuditRow, 'changedIn'>[]> {
  const { actor, action, userId, since, limit, beforeId } = filter
  const wheres = [
    beforeId === undefined ? sql`true` : sql`id < ${beforeId}`,
    actor === undefined ? sql`true` : sql`actor = ${actor}`,
    action === undefined ? sql`true` : oneOf(sql`action`, action),
    userId === undefined ? sql`true` : sql`user_id = ${userId}::uuid`,
    since === undefined ? sql`true` : sql`created_at >= ${since}`,
  ]
  const { rows } = await sql<Omit<AuditRow, 'changedIn'>>`${plannedAnew}
    select id, actor, action, user_id, reason, request_id, before, after, created_at
    from hangar.audit_log where ${sql.join(wheres, sql` and `)} order by id desc limit ${limit}`.execute(db)
  return rows
}

/** `want`: the user's wants were raised, last by this source. `act`: a person or a key. `event`: the engine, a sweep, an app. */
export type TimelineKind = 'want' | 'act' | 'event'

export type TimelineRow = {
  kind: TimelineKind
  /** Of its own table; 0 for the want. */
  id: number
  at: Date
  /** The event's type, the act's name, or the want's source. */
  name: string
  status: EventStatus | null
  message: string | null
  actor: string
  appId: string | null
  details: Record<string, unknown>
  /** Its place in the line, exactly. */
  place: string
}

export type TimelinePage = {
  userId: string
  limit: number
  before?: { place: string; kind: string; id: number } | undefined
}

/** Newest first: what the user's tables say, in one order. Of wants only the last is known, and how many there were. */
export async function listTimeline(
  db: Database | Tx,
  { userId, limit, before }: TimelinePage,
): Promise<TimelineRow[]> {
  const rest = before
    ? sql`where (at, kind, id) < (${before.place}::timestamptz, ${before.kind}, ${before.id}::bigint)`
    : sql``
  const { rows } = await sql<TimelineRow>`
    with line as (
      select 'event' as kind, id, created_at as at, event_type as name, status, message, actor, user_fly_app_id as app_id,
        metadata as details
      from public.user_fly_app_events where user_id = ${userId}
      union all
      select 'act', id, created_at, action, null, reason, actor, null,
        jsonb_strip_nulls(jsonb_build_object('request_id', request_id, 'before', before, 'after', after))
      from hangar.audit_log where user_id = ${userId}
      union all
      select 'want', 0, updated_at, coalesce(source, 'unknown'), null, null, coalesce(source, 'unknown'), null,
        jsonb_strip_nulls(jsonb_build_object('wanted_version', wanted_version, 'enrolled_at', enrolled_at,
          'host_row_seen_at', host_row_seen_at, 'host_row_deleted_at', host_row_deleted_at))
      from hangar.user_wants where user_id = ${userId})
    select line.*, at::text as place from line ${rest}
    order by at desc, kind desc, id desc limit ${limit}`.execute(db)
  return rows
}

export type HealthChange = { at: Date; eventType: string; message: string | null }

/** The last change of health before the span, and all in it, oldest first. */
export async function listHealthChanges(
  db: Database | Tx,
  userId: string,
  since: Date,
  types: readonly string[],
): Promise<HealthChange[]> {
  const own = sql`user_id = ${userId} and event_type = any (${[...types]}::text[])`
  const { rows } = await sql<HealthChange>`
    select at, event_type, message from (
      (select id, created_at as at, event_type, message from public.user_fly_app_events
        where ${own} and created_at < ${since} order by id desc limit 1)
      union all
      select id, created_at, event_type, message from public.user_fly_app_events where ${own} and created_at >= ${since}
    ) change order by id`.execute(db)
  return rows
}
