/**
 * What users are told of their own app, in the host product's table of notifications, where the mapping names one.
 *
 * The host's row and the receipt for it (`hangar.user_notices`) are written in one statement: a notice is there exactly
 * once for each generation and kind, or not yet.
 */
import { sql } from 'kysely'
import pg from 'pg'
import type { Database, Tx } from './database.ts'
import { columnName, tableName } from './host-names.ts'
import type { HostMapping } from './install-host.ts'

export type UserNoticeKind = 'provisioned' | 'deprovisioned'
export type DueNotice = { appId: string; userId: string; kind: UserNoticeKind }
export type NoticeText = { kind: string; title: string; body: string }

/** A notice that could not be written for so long would only confuse. */
const NOTICE_LASTS = '1 day'

/**
 * Whose app has come up, or has gone and is not followed by another, since notices are on; oldest first. Left out are
 * users that the host has deleted.
 */
export async function listDueNotices(db: Database | Tx, limit: number): Promise<DueNotice[]> {
  const { rows } = await sql<DueNotice>`
    with since as (
      select greatest(notifying_since, hangar.now() - ${NOTICE_LASTS}::interval) as at
      from hangar.host_mapping where notifying_since is not null
    ), happened as (
      select app.id, app.user_id, 'provisioned' as kind, app.deployed_at as at
      from public.user_fly_apps app, since where app.deployed_at > since.at
      union all
      select app.id, app.user_id, 'deprovisioned', app.deleted_at
      from public.user_fly_apps app, since
      where app.deleted_at > since.at and app.deployed_at is not null and not exists (
        select from public.user_fly_apps later
        where later.user_id = app.user_id and later.generation > app.generation)
    )
    select happened.id as app_id, happened.user_id, happened.kind
    from happened join hangar.host_users host on host.user_id = happened.user_id
    where not exists (
      select from hangar.user_notices notice
      where notice.user_fly_app_id = happened.id and notice.kind = happened.kind)
    order by happened.at, happened.kind desc limit ${limit}`.execute(db)
  return rows
}

/** What says nothing about the notice: the server is going down, too busy, or two statements were in each other's way. */
const NOBODYS_FAULT = /^(08|40|53|57|58|XX)/

/**
 *   told     the user has it
 *   before   somebody else told them
 *   refused  the host's table did not take it, and nothing was written
 */
export type NoticeResult = { kind: 'told' | 'before' } | { kind: 'refused'; message: string }

export async function insertUserNotice(
  db: Database,
  host: NonNullable<HostMapping['notifications']>,
  { appId, userId, kind }: DueNotice,
  text: NoticeText,
): Promise<NoticeResult> {
  const columns = [
    { name: host.user_id, value: sql`${userId}::uuid` },
    { name: host.title, value: sql`${text.title}::text` },
    { name: host.body, value: sql`${text.body}::text` },
    { name: host.kind, value: sql`${text.kind}::text` },
    { name: host.created_at, value: sql`hangar.now()` },
  ].flatMap(({ name, value }) => (name === undefined ? [] : [{ name: columnName(name), value }]))
  try {
    const result = await sql`
      with fresh as (
        insert into hangar.user_notices (user_fly_app_id, kind) values (${appId}, ${kind})
        on conflict do nothing returning kind
      )
      insert into ${tableName(host.table)} (${sql.join(columns.map(({ name }) => name))})
      select ${sql.join(columns.map(({ value }) => value))} from fresh`.execute(db)
    return { kind: result.numAffectedRows === 1n ? 'told' : 'before' }
  } catch (error) {
    if (!(error instanceof pg.DatabaseError) || NOBODYS_FAULT.test(error.code ?? '')) throw error
    return { kind: 'refused', message: `${error.code ?? ''} ${error.message}` }
  }
}
