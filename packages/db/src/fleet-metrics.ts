/** What /metrics tells of the fleet: counts by a few words each, never by user. */
import { sql } from 'kysely'
import type { AlertSeverity, AppStatus, HealthStatus } from '@hangar/core'
import type { Database, Tx } from './database.ts'

export type AppCount = { status: AppStatus; healthStatus: HealthStatus; tier: string; count: number }

/** Live apps only: closed rows are kept for ever. */
export async function countApps(db: Database | Tx): Promise<AppCount[]> {
  const { rows } = await sql<AppCount>`
    select status, health_status, tier, count(*) as count
    from public.user_fly_apps where deleted_at is null
    group by status, health_status, tier`.execute(db)
  return rows
}

export type AlertCount = { kind: string; severity: AlertSeverity; count: number }

/** Open ones, whether or not somebody has acknowledged them. */
export async function countOpenAlerts(db: Database | Tx): Promise<AlertCount[]> {
  const { rows } = await sql<AlertCount>`
    select kind, severity, count(*) as count
    from hangar.alerts where resolved_at is null group by kind, severity`.execute(db)
  return rows
}
