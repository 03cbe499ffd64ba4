/** Apps that know a master key of before, while it is replaced. */
import { sql } from 'kysely'
import type { Database, Tx } from './database.ts'
import { onlyRow } from './rows.ts'

/** Users of apps at rest whose Fly secrets were not written with this key, and whom nothing else is about to look at. */
export async function listOldSecrets(db: Database | Tx, keyId: string, limit: number): Promise<string[]> {
  const { rows } = await sql<{ userId: string }>`
    select app.user_id from public.user_fly_apps app
    left join hangar.user_wants want using (user_id)
    left join hangar.user_work work using (user_id)
    where app.deleted_at is null and app.status = 'active' and app.operation is null
      and app.secrets_key_id is distinct from ${keyId}
      and coalesce(want.wanted_version, 0) <= coalesce(work.done_version, 0)
    order by app.id limit ${limit}`.execute(db)
  return rows.map(({ userId }) => userId)
}

/** How many live apps still show a token of another key, or none: the old key has to be accepted while there are any. */
export async function countOnOtherKeys(db: Database | Tx, keyId: string): Promise<number> {
  const { rows } = await sql<{ count: number }>`
    select count(*) as count from public.user_fly_apps app
    left join hangar.app_heartbeats report on report.user_fly_app_id = app.id
    where app.deleted_at is null and report.token_key_id is distinct from ${keyId}`.execute(db)
  return onlyRow(rows).count
}
