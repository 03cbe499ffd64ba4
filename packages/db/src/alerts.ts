/**
 * `hangar.alerts`: what somebody should look at.
 *
 *   open ──the same again──▶ open, counted ──an operator saw it──▶ acknowledged ──it is over──▶ resolved
 *
 * One open row per kind and subject, however often it happens: who is told, and when, is decided from these rows.
 */
import { sql } from 'kysely'
import type { Database, Tx } from './database.ts'

export type AlertSeverity = 'info' | 'warning' | 'critical'

export type NewAlert = {
  kind: string
  /** What it is about: a user id, an app's name, a brake's name; empty for the whole fleet. */
  subject: string
  severity: AlertSeverity
  message: string
  details?: Record<string, unknown>
}

/** True when it is a new one; else the open one is counted up and says what is new. */
export async function raiseAlert(db: Database | Tx, alert: NewAlert): Promise<boolean> {
  const { rows } = await sql<{ isNew: boolean }>`
    insert into hangar.alerts as alert (kind, subject, severity, message, details)
    values (${alert.kind}, ${alert.subject}, ${alert.severity}, ${alert.message},
      ${JSON.stringify(alert.details ?? {})}::jsonb)
    on conflict (kind, subject) where resolved_at is null do update set
      times = alert.times + 1, last_at = hangar.now(), severity = excluded.severity,
      message = excluded.message, details = excluded.details
    returning times = 1 as is_new`.execute(db)
  return rows[0]?.isNew === true
}

/** It is over. Nothing happens where no such alert is open. */
export async function resolveAlert(db: Database | Tx, kind: string, subject: string): Promise<void> {
  await sql`
    update hangar.alerts set resolved_at = hangar.now()
    where kind = ${kind} and subject = ${subject} and resolved_at is null`.execute(db)
}
