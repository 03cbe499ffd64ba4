/** What the health sweep reads and writes. Health is an observation: it carries no fence and changes no state. */
import type { HealthStatus } from '@hangar/core'
import { sql } from 'kysely'
import type { Database, Tx } from './database.ts'
import { databaseNow } from './now.ts'

export type HealthSubject = {
  id: string
  userId: string
  flyAppName: string
  flyMachineId: string | null
  flyInstanceId: string | null
  region: string
  generation: number
  /** Names of what is on record as changed by hand. */
  driftFields: string[]
  healthStatus: HealthStatus
  healthFailures: number
  lastHealthCheck: Date | null
  launchedAt: Date | null
  /** Somebody is about to look at this user anyway. */
  pending: boolean
  lastHeartbeatAt: Date | null
  bootstrappedAt: Date | null
  /** At rest nobody has asked it to. */
  drainedAt: Date | null
  lastCycleAt: Date | null
  /** How many it says that it runs. */
  runningTraders: number
  /** The last three at most, the latest last. */
  restartedAt: Date[]
  now: Date
}

/** `repair`: looking again will not help, somebody has to act. */
export type HealthVerdict = { status: HealthStatus; reason: string; repair: boolean }

/** Those of these apps that are active and on which nothing is under way. */
export function listHealthSubjects(db: Database, appNames: readonly string[]): Promise<HealthSubject[]> {
  return healthSubjects(db)
    .where(sql<boolean>`app.fly_app_name = any (${[...appNames]}::text[])`)
    .execute()
}

/** The user's app, if it is active and nothing is under way on it. */
export async function findHealthSubject(db: Database, userId: string): Promise<HealthSubject | null> {
  const query = healthSubjects(db).where('app.userId', '=', userId)
  return (await query.executeTakeFirst()) ?? null
}

/** Active apps on which nothing is under way, and that have not been looked at since, in order of id. */
export function listUnseenSubjects(
  db: Database,
  { since, limit, afterId }: { since: Date; limit: number; afterId?: string | undefined },
): Promise<HealthSubject[]> {
  let query = healthSubjects(db).where(
    sql<boolean>`coalesce(app.last_health_check, '-infinity') < ${since}::timestamptz`,
  )
  if (afterId !== undefined) query = query.where('app.id', '>', afterId)
  return query.orderBy('app.id').limit(limit).execute()
}

function healthSubjects(db: Database) {
  return db
    .selectFrom('userFlyApps as app')
    .leftJoin('hangar.appHeartbeats as heartbeat', 'heartbeat.userFlyAppId', 'app.id')
    .select([
      'app.id',
      'app.userId',
      'app.flyAppName',
      'app.flyMachineId',
      'app.flyInstanceId',
      'app.region',
      'app.generation',
      'app.healthStatus',
      'app.healthFailures',
      'app.lastHealthCheck',
    ])
    .leftJoin('hangar.userWants as want', 'want.userId', 'app.userId')
    .leftJoin('hangar.userWork as work', 'work.userId', 'app.userId')
    .select(['app.launchedAt', 'heartbeat.lastHeartbeatAt', databaseNow.as('now')])
    .select(['heartbeat.bootstrappedAt', 'heartbeat.drainedAt', 'heartbeat.lastCycleAt'])
    .select(sql<number>`coalesce(cardinality(heartbeat.running_trader_ids), 0)`.as('runningTraders'))
    .select(sql<Date[]>`coalesce(heartbeat.restarted_at, '{}')`.as('restartedAt'))
    .select(
      sql<string[]>`array(select one->>'field' from jsonb_array_elements(app.drift->'fields') one)`.as(
        'driftFields',
      ),
    )
    .select(sql<boolean>`coalesce(want.wanted_version, 0) > coalesce(work.done_version, 0)`.as('pending'))
    .where('app.status', '=', 'active')
    .where('app.operation', 'is', null)
}

export type HealthLook = { subject: HealthSubject; verdict: HealthVerdict }

/**
 * Writes what one look at many apps found, in one statement: each verdict, and an event where it is a change for the
 * worse or the better. One that can tell nothing (`unknown`) leaves the count of failures as it is, and with it the last
 * verdict that could: the next one is a change against that. Nothing is written for an app that has moved on since it was listed. Rows are locked in the
 * order of their ids, so that two such looks at once cannot block each other.
 */
export async function recordHealth(db: Database, looks: readonly HealthLook[], actor: string): Promise<void> {
  if (looks.length === 0) return
  const found = looks.map(({ subject, verdict }) => ({
    id: subject.id,
    machine_id: subject.flyMachineId,
    status: verdict.status,
    reason: verdict.reason,
  }))
  await sql`
    with look as (
      select * from jsonb_to_recordset(${JSON.stringify(found)}::jsonb)
        as look (id uuid, machine_id text, status text, reason text)
    ), locked as (
      select app.id, app.health_status = 'unhealthy' or app.health_status = 'unknown' and app.health_failures > 0 as was_bad
      from public.user_fly_apps app join look using (id)
      where app.status = 'active' and app.operation is null
        and app.fly_machine_id is not distinct from look.machine_id
      order by app.id for no key update of app
    ), written as (
      update public.user_fly_apps app
      set health_status = look.status, last_health_check = hangar.now(),
        health_failures = case look.status when 'unhealthy' then app.health_failures + 1 when 'healthy' then 0
          else greatest(app.health_failures, was_bad::int) end
      from locked join look using (id) where app.id = locked.id
      returning app.id, app.user_id, app.fly_app_name, app.fly_machine_id, look.reason, look.status,
        case when look.status = 'unhealthy' and not was_bad then 'health_check_failed'
          when look.status = 'healthy' and was_bad then 'health_check_recovered' end as event_type
    )
    insert into public.user_fly_app_events (user_fly_app_id, user_id, event_type, status, message, metadata, actor)
    select id, user_id, event_type, case status when 'unhealthy' then 'failed' else 'success' end, reason,
      jsonb_build_object('app', fly_app_name, 'machine_id', fly_machine_id), ${actor}
    from written where event_type is not null`.execute(db)
}

/**
 * Users whose app was given up for want of a heartbeat and has sent one since: what they wait for has come, and the pause
 * until the next attempt may be hours long.
 */
export async function listRevived(db: Database | Tx, limit: number): Promise<string[]> {
  const { rows } = await sql<{ userId: string }>`
    select app.user_id
    from public.user_fly_apps app
    join hangar.app_heartbeats heartbeat on heartbeat.user_fly_app_id = app.id
    join hangar.user_work work on work.user_id = app.user_id
    where app.deleted_at is null and app.teardown_started_at is null
      and app.health_status <> 'healthy' and app.error_code = 'health_deadline'
      and work.failed_reason = 'health_deadline' and work.next_attempt_at > hangar.now()
      and heartbeat.machine_id = app.fly_machine_id and heartbeat.last_heartbeat_at > app.updated_at
    order by app.user_id limit ${limit}`.execute(db)
  return rows.map(({ userId }) => userId)
}

/** Ends the alerts of users whose app is healthy again, or who have none any more that is to stay. */
export async function resolveUnhealthyAlerts(db: Database | Tx): Promise<number> {
  const result = await sql`
    update hangar.alerts alert set resolved_at = hangar.now()
    where kind = 'app_unhealthy' and subject <> '' and resolved_at is null
      and not exists (
        select from public.user_fly_apps app
        where app.user_id::text = alert.subject and app.deleted_at is null and app.teardown_started_at is null
          and app.health_status <> 'healthy')`.execute(db)
  return Number(result.numAffectedRows ?? 0n)
}
