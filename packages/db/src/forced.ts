/** `hangar.forced_actions`: what an operator forces on one generation. It ends with the generation. */
import type { ForcedAction } from '@hangar/core'
import { sql } from 'kysely'
import type { Database, Tx } from './database.ts'

export type ForcedRow = { action: ForcedAction; reason: string; actor: string; createdAt: Date }

export async function findForcedAction(db: Database | Tx, appId: string): Promise<ForcedRow | null> {
  const { rows } = await sql<ForcedRow>`
    select action, reason, actor, created_at from hangar.forced_actions
    where user_fly_app_id = ${appId}`.execute(db)
  return rows[0] ?? null
}

/** In the place of the one before, if there was one. The caller writes the audit row in the same transaction. */
export async function putForcedAction(
  tx: Tx,
  appId: string,
  { action, reason, actor }: Omit<ForcedRow, 'createdAt'>,
): Promise<void> {
  await sql`
    insert into hangar.forced_actions (user_fly_app_id, action, reason, actor)
    values (${appId}, ${action}, ${reason}, ${actor})
    on conflict (user_fly_app_id) do update set
      action = excluded.action, reason = excluded.reason, actor = excluded.actor, created_at = hangar.now()`.execute(
    tx,
  )
}
