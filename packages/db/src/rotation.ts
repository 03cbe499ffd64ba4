/** Apps that know a master key of before, while it is replaced. */
import { sql } from 'kysely'
import type { Database, Tx } from './database.ts'
import { onlyRow } from './rows.ts'

/**
 * Users of apps at rest whose Fly secrets were not written with this key, and whom nothing else is about to look at. Those
 * that nobody has looked at for longest come first: whoever cannot be rewritten now holds up nobody behind.
 */
export async function listOldSecrets(db: Database | Tx, keyId: string, limit: number): Promise<string[]> {
  const { rows } = await sql<{ userId: string }>`
    select app.user_id from public.user_fly_apps app
    left join hangar.user_wants want using (user_id)
    left join hangar.user_work work using (user_id)
    where app.deleted_at is null and app.status = 'active' and app.operation is null
      and app.secrets_key_id is distinct from ${keyId}
      and coalesce(want.wanted_version, 0) <= coalesce(work.done_version, 0)
    order by work.updated_at nulls first, app.id limit ${limit}`.execute(db)
  return rows.map(({ userId }) => userId)
}

/**
 * Live apps that a master key other than this one still has a hand in, and that has to be accepted as long: `tokens`, by
 * the one an app showed last (or none yet); `secrets`, by the one its secrets on Fly were made with.
 */
export async function countOnOldKeys(
  db: Database | Tx,
  keyId: string,
): Promise<{ tokens: number; secrets: number }> {
  const { rows } = await sql<{ tokens: number; secrets: number }>`
    select count(*) filter (where report.token_key_id is distinct from ${keyId}) as tokens,
      count(*) filter (where app.secrets_key_id is distinct from ${keyId}) as secrets
    from public.user_fly_apps app
    left join hangar.app_heartbeats report on report.user_fly_app_id = app.id
    where app.deleted_at is null`.execute(db)
  return onlyRow(rows)
}

/** Live apps that know a key which is none of these: what they send is refused, or will be once they start anew. */
export async function countOnRefusedKeys(db: Database | Tx, accepted: readonly string[]): Promise<number> {
  const keys = [...accepted]
  const { rows } = await sql<{ apps: number }>`
    select count(*)::int as apps from public.user_fly_apps app
    left join hangar.app_heartbeats report on report.user_fly_app_id = app.id
    where app.deleted_at is null
      and (app.secrets_key_id <> all (${keys}::text[]) or report.token_key_id <> all (${keys}::text[]))`.execute(
    db,
  )
  return onlyRow(rows).apps
}
