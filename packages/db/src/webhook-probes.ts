/**
 * `hangar.webhook_probes`: webhooks of no user, sent by the database on the way of a tier change, to see that they arrive:
 * Vault, signature, pg_net, the network, and the API's own door.
 */
import { sql } from 'kysely'
import type { Database, Tx } from './database.ts'
import { onlyRow } from './rows.ts'

/** `id` null: the database can send none. */
export type WebhookProbe = { id: string | null; hasSecret: boolean }

export async function sendWebhookProbe(db: Database): Promise<WebhookProbe> {
  const { rows } = await sql<WebhookProbe>`select id, has_secret from hangar.probe_webhook()`.execute(db)
  return onlyRow(rows)
}

/** False where none of this id was sent, or it had arrived before. */
export async function recordProbeArrival(db: Database | Tx, id: string): Promise<boolean> {
  const result = await sql`
    update hangar.webhook_probes set arrived_at = hangar.now() where id = ${id} and arrived_at is null`.execute(
    db,
  )
  return result.numAffectedRows === 1n
}

export async function hasProbeArrived(db: Database | Tx, id: string): Promise<boolean> {
  const { rows } = await sql<{ arrived: boolean }>`
    select arrived_at is not null as arrived from hangar.webhook_probes where id = ${id}`.execute(db)
  return rows[0]?.arrived ?? false
}
