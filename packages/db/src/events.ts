/** `public.user_fly_app_events`: what happened, append-only, in order of id. */
import { sql, type Selectable } from 'kysely'
import type { Database, Tx } from './database.ts'
import { onlyRow } from './rows.ts'
import type { EventStatus, Schema } from './schema.ts'

/** As it is told; which transaction wrote it is the stream's business (changes.ts). */
export type EventRow = Omit<Selectable<Schema['userFlyAppEvents']>, 'changedIn'>

export type NewEvent = {
  /** Null when something happened to a user who has no row. */
  userFlyAppId: string | null
  userId: string
  /** `<operation>_<what>`, or one of the few that stand outside of an operation; a CHECK knows them. */
  eventType: string
  status: EventStatus
  message?: string | null
  /** Never a secret: events are read by the product. */
  metadata?: Record<string, unknown>
  /** Who did it: a worker's name, an operator, a key. */
  actor: string
}

export function insertEvent(db: Database | Tx, { metadata = {}, ...event }: NewEvent): Promise<EventRow> {
  return db
    .insertInto('userFlyAppEvents')
    .values({ ...event, metadata: JSON.stringify(metadata) })
    .returningAll()
    .executeTakeFirstOrThrow()
}

/** Newest first; the next page begins before the last id of this one. */
export function listEvents(
  db: Database | Tx,
  page: { limit: number; userId?: string; appId?: string; beforeId?: number },
): Promise<EventRow[]> {
  let query = db.selectFrom('userFlyAppEvents').selectAll()
  if (page.userId !== undefined) query = query.where('userId', '=', page.userId)
  if (page.appId !== undefined) query = query.where('userFlyAppId', '=', page.appId)
  if (page.beforeId !== undefined) query = query.where('id', '<', page.beforeId)
  return query.orderBy('id', 'desc').limit(page.limit).execute()
}

/**
 * How far history has come. Events are never deleted and an id once seen stays, so this never falls, but in a database
 * that was put back to an earlier state. (The sequence would not do: it runs ahead of the rows after a crash.)
 */
export async function findLastEventId(db: Database | Tx): Promise<number> {
  const row = await db
    .selectFrom('userFlyAppEvents')
    .select('id')
    .orderBy('id', 'desc')
    .limit(1)
    .executeTakeFirst()
  return row?.id ?? 0
}

/** Whether this app had such an event in the last so many milliseconds. */
export async function hasEventWithin(
  db: Database | Tx,
  appId: string,
  eventType: string,
  withinMs: number,
): Promise<boolean> {
  const row = await db
    .selectFrom('userFlyAppEvents')
    .select('id')
    .where('userFlyAppId', '=', appId)
    .where('eventType', '=', eventType)
    .where('createdAt', '>', sql<Date>`hangar.now() - make_interval(secs => ${withinMs / 1_000})`)
    .limit(1)
    .executeTakeFirst()
  return row !== undefined
}

/** Whether this app had such an event at `since` or later: what a step that may run twice asks before it writes. */
export async function hasEventSince(
  db: Database | Tx,
  appId: string,
  eventType: string,
  since: Date,
): Promise<boolean> {
  const row = await db
    .selectFrom('userFlyAppEvents')
    .select('id')
    .where('userFlyAppId', '=', appId)
    .where('eventType', '=', eventType)
    .where('createdAt', '>=', since)
    .limit(1)
    .executeTakeFirst()
  return row !== undefined
}

/**
 * How often this app had such an event at `since` or later, and how long ago the first and the last of them were; only
 * those of one machine, where it is given.
 */
export async function summarizeEvents(
  db: Database | Tx,
  appId: string,
  eventType: string,
  since: Date,
  machineId?: string,
): Promise<{ times: number; sinceFirstMs: number; sinceLastMs: number }> {
  const ofMachine = machineId === undefined ? sql`` : sql`and metadata ->> 'machine_id' = ${machineId}`
  const { rows } = await sql<{ times: number; sinceFirstMs: number; sinceLastMs: number }>`
    select count(*)::int as times,
      coalesce(extract(epoch from hangar.now() - min(created_at)), 0)::double precision * 1000 as since_first_ms,
      coalesce(extract(epoch from hangar.now() - max(created_at)), 0)::double precision * 1000 as since_last_ms
    from public.user_fly_app_events
    where user_fly_app_id = ${appId} and event_type = ${eventType} and created_at >= ${since}
      ${ofMachine}`.execute(db)
  return onlyRow(rows)
}
