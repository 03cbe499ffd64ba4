/** What the trigger's webhook needs of the project: pg_net to send it, and the secret it is signed with in the Vault. */
import { sql } from 'kysely'
import type { Database } from './database.ts'
import { onlyRow } from './rows.ts'

/** `made` now; `there` before; `missing`: this server does not have it. */
export async function ensurePgNet(db: Database): Promise<'made' | 'there' | 'missing'> {
  const { rows } = await sql<{ there: boolean; available: boolean }>`
    select to_regprocedure('net.http_post(text, jsonb, jsonb, jsonb, integer)') is not null as there,
      exists (select from pg_available_extensions where name = 'pg_net') as available`.execute(db)
  const { there, available } = onlyRow(rows)
  if (there || !available) return there ? 'there' : 'missing'
  await sql`create extension if not exists pg_net`.execute(db)
  return 'made'
}

/**
 * Puts the first of these into the Vault under this name, or in the place of another that is there. One that is among
 * them stays: while one replaces another both hold, and it is the rotation that says when to sign with which.
 */
export async function putWebhookSecret(
  db: Database,
  name: string,
  secrets: readonly string[],
): Promise<'made' | 'changed' | 'there' | 'missing'> {
  const [secret] = secrets
  const { rows } = await sql<{ there: boolean }>`
    select to_regclass('vault.decrypted_secrets') is not null as there`.execute(db)
  if (!onlyRow(rows).there) return 'missing'
  const { rows: kept } = await sql<{ id: string; same: boolean }>`
    select id, decrypted_secret = any (${secrets}) as same from vault.decrypted_secrets where name = ${name}`.execute(
    db,
  )
  const [before] = kept
  if (before?.same) return 'there'
  if (before) {
    await sql`select vault.update_secret(${before.id}, ${secret})`.execute(db)
    return 'changed'
  }
  await sql`select vault.create_secret(${secret}, ${name}, 'signs the webhook of tier changes')`.execute(db)
  return 'made'
}

/** Whether the Vault has a secret of this name; false where there is no Vault. */
export async function hasWebhookSecret(db: Database, name: string): Promise<boolean> {
  const { rows } = await sql<{ there: boolean }>`
    select to_regclass('vault.decrypted_secrets') is not null as there`.execute(db)
  if (!onlyRow(rows).there) return false
  const { rows: kept } = await sql`select from vault.decrypted_secrets where name = ${name}`.execute(db)
  return kept.length > 0
}
