/**
 * What has changed since somebody last looked, exactly once each. Ids and times tell nothing of that: a row may become
 * visible long after one with a higher id. So each row says which transaction wrote it, and a cursor is the snapshot of
 * PostgreSQL's that the look before was made with: what has changed is what this look sees and that one could not.
 */
import { type RawBuilder, sql } from 'kysely'
import type { Database } from './database.ts'
import { EPOCH } from './placement.ts'
import { onlyRow } from './rows.ts'

export type ChangeKind = 'app' | 'alert' | 'bulk' | 'audit'

export type Change = {
  kind: ChangeKind
  /** The transaction that wrote it. */
  writtenIn: bigint
  at: Date
  /** As it is told, in the API's names. */
  data: Record<string, unknown>
}

export type ChangeSlice = {
  /** For the next look. */
  cursor: string
  /** What was seen. */
  snapshot: Snapshot
  /** In the order of their times. */
  changes: Change[]
  /** The cursor is of another database or from the future, is no cursor, or too much has changed: nothing is told. */
  isReset: boolean
}

/** A moment in the order of commits: below `horizon` all is over, from `end` on nothing was, between them `open` was not. */
export type Snapshot = { horizon: bigint; end: bigint; open: ReadonlySet<bigint> }

/** More than a page can follow one by one: it is better read anew. */
const MOST_CHANGES = 1_000

/** Whether what this transaction wrote was seen in that look, if it was committed. */
export function isVisibleIn({ horizon, end, open }: Snapshot, writtenIn: bigint): boolean {
  return writtenIn < horizon || (writtenIn < end && !open.has(writtenIn))
}

/** Without a cursor: nothing, and where to go on from. */
export async function readChanges(
  db: Database,
  after: string | undefined,
  most = MOST_CHANGES,
): Promise<ChangeSlice> {
  const from = after === undefined ? null : parseCursor(after)
  const rows = onlyRow((await lookAt(from, most).execute(db)).rows)
  const cursor = `${rows.epoch}.${rows.seen}`
  const snapshot = parseSnapshot(rows.seen)
  const lists = (['app', 'audit', 'alert', 'bulk'] as const).map((kind) => ({ kind, list: rows[kind] }))
  const isForeign = from !== null && (from.epoch !== rows.epoch || from.snapshot.end > snapshot.end)
  const isReset =
    (after !== undefined && from === null) || isForeign || lists.some(({ list }) => list.length > most)
  const changes = isReset ? [] : lists.flatMap(({ kind, list }) => list.map((row) => toChange(kind, row)))
  changes.sort((a, b) => a.at.getTime() - b.at.getTime())
  return { cursor, snapshot, changes, isReset }
}

type Row = { written_in: string; at: string } & Record<string, unknown>
type Look = { seen: string; epoch: string } & Record<ChangeKind, Row[]>
type Cursor = { epoch: string; snapshot: Snapshot }

function toChange(kind: ChangeKind, { written_in: writtenIn, ...data }: Row): Change {
  const at = new Date(data.at)
  return { kind, writtenIn: BigInt(writtenIn), at, data: { ...data, at: at.toISOString() } }
}

/** One statement, so that all of it is seen at one moment. */
function lookAt(from: Cursor | null, most: number): RawBuilder<Look> {
  const list = (columns: RawBuilder<unknown>, rows: RawBuilder<unknown>) =>
    from === null
      ? sql`'[]'::jsonb`
      : sql`(select coalesce(jsonb_agg(change order by change.id), '[]') from (
          select one.changed_in::text as written_in, one.id, ${columns} from (${newOf(rows, from.snapshot, most)}) one) change)`
  return sql<Look>`
    select pg_current_snapshot()::text as seen, ${EPOCH} as epoch,
      ${list(
        sql`one.created_at as at, one.user_id, one.user_fly_app_id as app_id, one.event_type, one.message,
          (select status from public.user_fly_apps app where app.id = one.user_fly_app_id) as status,
          (select health_status from public.user_fly_apps app where app.id = one.user_fly_app_id) as health_status`,
        sql`public.user_fly_app_events`,
      )} as app,
      ${list(sql`one.created_at as at, one.actor, one.action, one.user_id, one.reason`, sql`hangar.audit_log`)} as audit,
      ${list(
        sql`coalesce(one.resolved_at, greatest(one.last_at, one.acknowledged_at)) as at, one.kind, one.subject,
          one.severity, one.message, one.times, case when one.resolved_at is not null then 'resolved'
            when one.acknowledged_at is not null then 'acknowledged' else 'open' end as state`,
        sql`hangar.alerts`,
      )} as alert,
      ${list(sql`one.updated_at as at, one.state`, sql`hangar.bulks`)} as bulk`
}

/** What the snapshot did not show: begun since, or under way then. Each half is found by an index. */
function newOf(table: RawBuilder<unknown>, { end, open }: Snapshot, most: number): RawBuilder<unknown> {
  const limit = sql`order by changed_in, id limit ${most + 1}`
  const since = sql`(select * from ${table} where changed_in >= ${String(end)}::text::xid8 ${limit})`
  if (open.size === 0) return since
  const were = [...open].map(String)
  return sql`${since} union all (
    select * from ${table} where changed_in is not null and changed_in = any (${were}::text[]::xid8[]) ${limit})`
}

const CURSOR = /^([0-9a-f]{12})\.(\d{1,20}:\d{1,20}:(?:\d{1,20}(?:,\d{1,20})*)?)$/
const MOST_OPEN = 2_000
const XID_MAX = 2n ** 64n - 1n

/** Null for what is none of ours. */
function parseCursor(text: string): Cursor | null {
  const [, epoch, seen] = CURSOR.exec(text) ?? []
  if (epoch === undefined || seen === undefined) return null
  const snapshot = parseSnapshot(seen)
  if (snapshot.end > XID_MAX || snapshot.open.size > MOST_OPEN) return null
  return [...snapshot.open].every((xid) => xid <= XID_MAX) ? { epoch, snapshot } : null
}

/** `xmin:xmax:xip,…`, as PostgreSQL writes it. */
function parseSnapshot(text: string): Snapshot {
  const [horizon = '', end = '', open = ''] = text.split(':')
  return {
    horizon: BigInt(horizon),
    end: BigInt(end),
    open: new Set(open === '' ? [] : open.split(',').map(BigInt)),
  }
}
