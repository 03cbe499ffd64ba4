/**
 * Users whom a passing state has held for longer than it may, and how that is made good where nothing else would.
 * Left out is what waits because somebody said so: a brake (which has an alert of its own) or an operator's pause.
 */
import { BRAKE_NAMES, heldReason, type StuckState } from '@hangar/core'
import { sql } from 'kysely'
import type { Database, Tx } from './database.ts'

/** In milliseconds since the state began. */
export type Deadlines = Readonly<Record<StuckState, number>>

export type StuckUser = {
  userId: string
  state: StuckState
  since: Date
  stuckMs: number
  flyAppName: string | null
  errorCode: string | null
  waitsFor: string | null
  failedAttempts: number
  nextAttemptAt: Date | null
}

/** The longest stuck first, `limit` at most, and how many there are in all. */
export async function listStuck(
  db: Database | Tx,
  { deadlines, limit }: { deadlines: Deadlines; limit: number },
): Promise<{ users: StuckUser[]; total: number }> {
  const { rows } = await sql<StuckUser & { total: number }>`
    ${stuckUsers(deadlines)}
    select stuck.*, count(*) over () as total from stuck order by since, user_id limit ${limit}`.execute(db)
  return { users: rows, total: rows[0]?.total ?? 0 }
}

/**
 * Those of them that everybody has forgotten (nothing is wanted, so nobody is going to look), in order of id and page by
 * page: however many are stuck for longer, and whether or not these have an alert of their own.
 */
export async function listForgotten(
  db: Database | Tx,
  { deadlines, limit, afterId }: { deadlines: Deadlines; limit: number; afterId?: string | undefined },
): Promise<string[]> {
  const { rows } = await sql<{ userId: string }>`
    ${stuckUsers(deadlines)}
    select user_id from stuck
    where forgotten and user_id > ${afterId ?? '00000000-0000-0000-0000-000000000000'}::uuid
    order by user_id limit ${limit}`.execute(db)
  return rows.map(({ userId }) => userId)
}

/** Ends the alerts of those who are not stuck any more; those of the whole fleet are left. */
export async function resolveStuckAlerts(db: Database | Tx, deadlines: Deadlines): Promise<number> {
  const result = await sql`
    ${stuckUsers(deadlines)}
    update hangar.alerts alert set resolved_at = hangar.now()
    where kind = 'stuck' and subject <> '' and resolved_at is null
      and not exists (select from stuck where stuck.user_id::text = alert.subject)`.execute(db)
  return Number(result.numAffectedRows ?? 0n)
}

/** Ends overrides that have expired, and says whose: nothing else tells the engine that one is over. */
export async function endExpiredOverrides(tx: Tx, limit: number): Promise<{ id: number; userId: string }[]> {
  const { rows } = await sql<{ id: number; userId: string }>`
    update hangar.user_overrides set ended_at = expires_at
    where id in (
      select id from hangar.user_overrides where ended_at is null and expires_at <= hangar.now()
      order by expires_at limit ${limit} for update skip locked)
    returning id, user_id`.execute(tx)
  return rows
}

function stuckUsers(deadlines: Deadlines) {
  return sql`
    with under_way as (
      select app.user_id, app.fly_app_name, app.error_code,
        case when app.status = 'error' then 'error' when app.teardown_started_at is not null then 'deprovisioning'
          else coalesce(app.operation, 'provisioning') end as state,
        coalesce(app.teardown_started_at, case when app.operation is null then app.created_at else (
          select max(event.created_at) from public.user_fly_app_events event
          where event.user_fly_app_id = app.id and event.event_type = app.operation || '_started') end,
          app.updated_at) as since
      from public.user_fly_apps app
      where app.deleted_at is null and (app.status <> 'active' or app.operation is not null)
    ), silent as (
      select app.user_id, app.fly_app_name, app.error_code, 'silent' as state,
        greatest(heartbeat.last_heartbeat_at, app.launched_at) as since
      from public.user_fly_apps app join hangar.app_heartbeats heartbeat on heartbeat.user_fly_app_id = app.id
      where app.deleted_at is null and app.status = 'active' and app.operation is null
        and app.health_status = 'unhealthy' and heartbeat.last_heartbeat_at is not null
    ), waiting as (
      select want.user_id, null::text, null::text,
        case when work.lease_expires_at <= hangar.now() then 'lease' else 'wanted' end as state,
        coalesce(case when work.lease_expires_at <= hangar.now() then work.lease_expires_at end,
          want.updated_at) as since
      from hangar.user_wants want left join hangar.user_work work using (user_id)
      where want.wanted_version > coalesce(work.done_version, 0)
    ), passing as (
      select * from under_way union all select * from silent union all select * from waiting
    ), stuck as (
      select distinct on (passing.user_id) passing.user_id, passing.state, passing.since,
        extract(epoch from hangar.now() - passing.since)::double precision * 1000 as stuck_ms,
        passing.fly_app_name, passing.error_code,
        coalesce(work.parked_reason, work.failed_reason) as waits_for,
        coalesce(work.failed_attempts, 0) as failed_attempts, work.next_attempt_at,
        -- Of a silent app the engine knows all there is to know: looking again would change nothing.
        passing.state <> 'silent' and coalesce(want.wanted_version, 0) <= coalesce(work.done_version, 0)
          and (work.lease_expires_at is null or work.lease_expires_at <= hangar.now()) as forgotten
      from passing
      left join hangar.user_work work using (user_id)
      left join hangar.user_wants want using (user_id)
      where passing.since <= hangar.now() - make_interval(secs =>
          (${JSON.stringify(deadlines)}::jsonb ->> passing.state)::double precision / 1000)
        and not coalesce(work.parked_reason = any (${BRAKE_NAMES.map(heldReason)}::text[]), false)
        and not exists (
          select from hangar.user_overrides held where held.user_id = passing.user_id and held.desired = 'paused'
            and held.ended_at is null and (held.expires_at is null or held.expires_at > hangar.now()))
      -- What is known of the app says more than that work is wanted.
      order by passing.user_id, passing.fly_app_name nulls last, passing.since
    )`
}
