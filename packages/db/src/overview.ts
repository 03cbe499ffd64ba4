/** What should be against what is, over all users whom Hangar looks after, in a few counts. */
import { sql } from 'kysely'
import { LATE_GRACE_MS } from './alert-conditions.ts'
import { inForce, once, waitsForLonger } from './app-filter.ts'
import type { Database, Tx } from './database.ts'
import { intervalMs } from './now.ts'
import { onlyRow } from './rows.ts'
import { desiredState, type EntitlementPolicy } from './sweep.ts'

export type DesiredCounts = {
  entitled: number
  notEntitled: number
  /** Paused by an operator, or nobody can say. */
  unknown: number
  /** Entitled, and there is no app. */
  missing: number
  /** Not entitled, and there is one. */
  surplus: number
}

type Kind = { state: 'on' | 'off' | 'paused' | null; hasApp: boolean }

/** However many users there are, of kinds there are few: those are what is told apart in SQL. */
export async function countDesired(db: Database | Tx, policy: EntitlementPolicy): Promise<DesiredCounts> {
  const { rows } = await sql<Kind & { users: number }>`
    with person as (
      select ${desiredState(policy)} as state, app.id is not null as has_app
      from hangar.user_wants want
      left join hangar.host_subscriptions host using (user_id)
      left join hangar.user_overrides override on override.user_id = want.user_id and ${inForce}
      left join public.user_fly_apps app on app.user_id = want.user_id and app.deleted_at is null
      where want.enrolled_at is not null)
    select state, has_app, count(*) as users from person group by state, has_app`.execute(db)
  const sum = (is: (kind: Kind) => boolean) => rows.filter(is).reduce((total, { users }) => total + users, 0)
  return {
    entitled: sum(({ state }) => state === 'on'),
    notEntitled: sum(({ state }) => state === 'off'),
    unknown: sum(({ state }) => state === null || state === 'paused'),
    missing: sum(({ state, hasApp }) => state === 'on' && !hasApp),
    surplus: sum(({ state, hasApp }) => state === 'off' && hasApp),
  }
}

/** Users for whom more is wanted than is done, and of those the ones whom nobody looks at for a while unless somebody acts. */
export async function countPending(db: Database | Tx): Promise<{ pending: number; parked: number }> {
  const { rows } = await sql<{ pending: number; parked: number }>`
    select count(*) as pending, count(*) filter (where ${waitsForLonger}) as parked
    from hangar.user_wants want left join hangar.user_work work using (user_id)
    where want.wanted_version > coalesce(work.done_version, 0)`.execute(db)
  return onlyRow(rows)
}

export type SweepState = { name: string; everyMs: number; completedAt: Date | null; late: boolean }

/** Each sweep that a scheduler has asked for. Late by the same rule as the alert. */
export async function listSweeps(db: Database | Tx): Promise<SweepState[]> {
  const { rows } = await sql<SweepState>`
    select name, every_ms, completed_at, coalesce(greatest(completed_at, expected_since)
      + make_interval(secs => 2 * every_ms / 1000.0) + ${intervalMs(LATE_GRACE_MS)} < ${once}, false) as late
    from hangar.sweeps where every_ms is not null order by name`.execute(db)
  return rows
}

export type AlertCounts = {
  critical: number
  warning: number
  info: number
  unacknowledged: number
  stuck: number
}

/** Open ones. `stuck` counts the users who have such an alert. */
export async function summarizeAlerts(db: Database | Tx): Promise<AlertCounts> {
  const { rows } = await sql<AlertCounts>`
    select count(*) filter (where severity = 'critical') as critical,
      count(*) filter (where severity = 'warning') as warning, count(*) filter (where severity = 'info') as info,
      count(*) filter (where acknowledged_at is null) as unacknowledged,
      count(*) filter (where kind = 'stuck' and subject <> '') as stuck
    from hangar.alerts where resolved_at is null`.execute(db)
  return onlyRow(rows)
}
