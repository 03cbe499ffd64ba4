/** What should be against what is, over all users whom Hangar looks after, in a few counts. */
import { type Lane, LANES } from '@hangar/core'
import { sql } from 'kysely'
import { LATE_GRACE_MS } from './alert-conditions.ts'
import { inForce, once, waitsForLonger } from './app-filter.ts'
import type { Database, Tx } from './database.ts'
import { intervalMs } from './now.ts'
import { onlyRow } from './rows.ts'
import { desiredState, type EntitlementPolicy } from './sweep.ts'
import { CLOCK, dueSince, isDue, type LaneBacklog, laneOf, type LanePolicy } from './wants.ts'

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

export type PendingCounts = {
  /** Users for whom more is wanted than is done. */
  pending: number
  /** Of those, the ones whom nobody looks at for a while unless somebody acts. */
  parked: number
  lanes: LaneBacklog[]
}

/** The few for whom something is to be done are found first; what lane each is in is then looked up, one by one. */
export async function countPending(db: Database | Tx, policy: LanePolicy): Promise<PendingCounts> {
  type Row = { lane: Lane | null; users: number; parked: number; oldestDueMs: number | null }
  const { rows } = await sql<Row>`
    with pending as materialized (
      select want.user_id, coalesce(${waitsForLonger}, false) as waits, ${isDue} as is_due, clock.at - ${dueSince} as due_for
      from hangar.user_wants want
      left join hangar.user_work work using (user_id)
      cross join ${CLOCK}
      where want.wanted_version > coalesce(work.done_version, 0))
    select laned.lane, count(*) as users, count(*) filter (where waits) as parked,
      (extract(epoch from max(due_for)) * 1000)::double precision as oldest_due_ms
    from pending
    left join lateral (
      select ${laneOf(policy)} as lane
      from (select pending.user_id where is_due) who
      left join lateral (select tier, status from hangar.host_subscriptions where user_id = who.user_id limit 1) host on true
      left join lateral (select teardown_started_at from public.user_fly_apps
        where user_id = who.user_id and deleted_at is null limit 1) app on true
      left join lateral (select desired from hangar.user_overrides override
        where override.user_id = who.user_id and ${inForce} limit 1) override on true) laned on true
    group by laned.lane`.execute(db)
  const total = (of: 'users' | 'parked') => rows.reduce((sum, row) => sum + row[of], 0)
  const lanes = LANES.map((lane) => {
    const { users = 0, oldestDueMs = 0 } = rows.find((row) => row.lane === lane) ?? {}
    return { lane, dueCount: users, oldestDueMs: oldestDueMs ?? 0 }
  })
  return { pending: total('users'), parked: total('parked'), lanes }
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
