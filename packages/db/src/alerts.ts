/**
 * `hangar.alerts`: what somebody should look at.
 *
 *   open ──the same again──▶ open, counted ──an operator saw it──▶ acknowledged ──it is over──▶ resolved
 *
 * One open row per kind and subject, however often it happens: who is told, and when, is decided from these rows.
 */
import type { AlertKind, AlertSeverity } from '@hangar/core'
import { sql } from 'kysely'
import type { Database, Tx } from './database.ts'
import { intervalMs } from './now.ts'

export type NewAlert = {
  kind: AlertKind
  /** What it is about: a user id, an app's name, a brake's name; empty for the whole fleet. */
  subject: string
  severity: AlertSeverity
  message: string
  details?: Record<string, unknown>
}

export type AlertRow = {
  id: number
  kind: string
  subject: string
  severity: AlertSeverity
  message: string
  details: Record<string, unknown>
  firstAt: Date
  lastAt: Date
  times: number
  acknowledgedAt: Date | null
  acknowledgedBy: string | null
  resolvedAt: Date | null
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
export async function resolveAlert(db: Database | Tx, kind: AlertKind, subject: string): Promise<void> {
  await sql`
    update hangar.alerts set resolved_at = hangar.now()
    where kind = ${kind} and subject = ${subject} and resolved_at is null`.execute(db)
}

/** A fact that nothing ends is over once everybody has had the time to hear of it. */
export async function resolveOldFacts(
  db: Database | Tx,
  kind: AlertKind,
  olderThanMs: number,
): Promise<number> {
  const { numAffectedRows } = await sql`
    update hangar.alerts set resolved_at = hangar.now()
    where kind = ${kind} and resolved_at is null and last_at < hangar.now() - ${intervalMs(olderThanMs)}`.execute(
    db,
  )
  return Number(numAffectedRows ?? 0n)
}

/** What is left out does not matter. */
export type AlertFilter = {
  severity?: AlertSeverity | undefined
  kind?: string | undefined
  subject?: string | undefined
  acknowledged?: boolean | undefined
}

/** Newest first. */
export async function listAlerts(
  db: Database | Tx,
  page: { limit: number; beforeId?: number; openOnly?: boolean } & AlertFilter,
): Promise<AlertRow[]> {
  const { severity, kind, subject, acknowledged } = page
  const { rows } = await sql<AlertRow>`
    select * from hangar.alerts
    where id < ${page.beforeId ?? Number.MAX_SAFE_INTEGER} and (resolved_at is null or not ${page.openOnly === true})
      and ${severity === undefined ? sql`true` : sql`severity = ${severity}`}
      and ${kind === undefined ? sql`true` : sql`kind = ${kind}`}
      and ${subject === undefined ? sql`true` : sql`subject = ${subject}`}
      and ${acknowledged === undefined ? sql`true` : sql`(acknowledged_at is not null) = ${acknowledged}`}
    order by id desc limit ${page.limit}`.execute(db)
  return rows
}

/** An operator has seen it; who saw it first stands. `isNew`: it was this one. Null: there is no such alert. */
export async function acknowledgeAlert(
  tx: Tx,
  id: number,
  actor: string,
): Promise<{ alert: AlertRow; isNew: boolean } | null> {
  const { rows: changed } = await sql<AlertRow>`
    update hangar.alerts set acknowledged_at = hangar.now(), acknowledged_by = ${actor}
    where id = ${id} and acknowledged_at is null returning *`.execute(tx)
  if (changed[0]) return { alert: changed[0], isNew: true }
  const { rows } = await sql<AlertRow>`select * from hangar.alerts where id = ${id}`.execute(tx)
  return rows[0] ? { alert: rows[0], isNew: false } : null
}
