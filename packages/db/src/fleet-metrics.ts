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

export type SweepTime = { name: string; everySeconds: number; lastSeconds: number }

/** When each sweep last came to its end, as a Unix time: before the first, since when it is expected to. */
export async function readSweepTimes(db: Database | Tx): Promise<SweepTime[]> {
  const { rows } = await sql<SweepTime>`
    select name, (every_ms / 1000.0)::double precision as every_seconds,
      extract(epoch from greatest(completed_at, expected_since))::double precision as last_seconds
    from hangar.sweeps where every_ms is not null and expected_since is not null`.execute(db)
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
