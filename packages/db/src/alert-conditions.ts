/**
 * Conditions that somebody should look at and that no piece of work notices by itself. Each is one statement: what is
 * found is raised, what is found again with other words is counted, and what is not found any more is resolved.
 */
import type { AlertKind, AlertSeverity } from '@hangar/core'
import { sql, type RawBuilder } from 'kysely'
import type { Database, Tx } from './database.ts'
import { intervalMs } from './now.ts'
import { onlyRow } from './rows.ts'
import { ALL_BACKENDS } from './shared-backends.ts'

export type Finding = {
  subject: string
  severity: AlertSeverity
  message: string
  details: Record<string, unknown>
}

export type ConditionResult = { found: number; raised: number; resolved: number }

/**
 * `most`: how many get an alert of their own, those that last longest first; of more there is one alert besides, without
 * a subject, because then the cause is not in them.
 */
type Condition = { kind: AlertKind; most: number; crowd: string }

/**
 * `found` has the columns subject, severity, message, details, since, and `fresh`: false where it is not enough for a
 * new alert, and too much for an open one to be called over.
 */
async function settle(
  db: Database | Tx,
  { kind, most, crowd }: Condition,
  found: RawBuilder<unknown>,
): Promise<ConditionResult> {
  const { rows } = await sql<ConditionResult>`
    with found as materialized (${found}),
    crowd as (select count(*) as total from found where fresh),
    raising as (
      (select subject, severity, message, details from found where fresh order by since, subject limit ${most})
      union all
      select '', 'critical', crowd.total || ' ' || ${crowd}::text, jsonb_build_object('total', crowd.total)
      from crowd where crowd.total > ${most}
    ), raised as (
      insert into hangar.alerts as alert (kind, subject, severity, message, details)
      select ${kind}, subject, severity, message, details from raising
      on conflict (kind, subject) where resolved_at is null do update set
        times = alert.times + 1, last_at = hangar.now(), severity = excluded.severity,
        message = excluded.message, details = excluded.details
      where (alert.severity, alert.message, alert.details)
        is distinct from (excluded.severity, excluded.message, excluded.details)
      returning alert.times
    ), resolved as (
      update hangar.alerts alert set resolved_at = hangar.now()
      where kind = ${kind} and resolved_at is null
        and not exists (select from found where found.subject = alert.subject)
        and not (alert.subject = '' and (select total from crowd) > ${most})
      returning alert.id
    )
    select (select total from crowd) as found, (select count(*) from raised where times = 1) as raised,
      (select count(*) from resolved) as resolved`.execute(db)
  return onlyRow(rows)
}

/** Raises what was found outside of the database, and resolves whatever else of this kind is open. */
export function settleFindings(
  db: Database | Tx,
  kind: AlertKind,
  findings: readonly Finding[],
): Promise<ConditionResult> {
  const most = Math.max(findings.length, 1)
  return settle(
    db,
    { kind, most, crowd: '' },
    sql`
    select found.*, hangar.now() as since, true as fresh
    from jsonb_to_recordset(${JSON.stringify(findings)}::jsonb)
      as found (subject text, severity text, message text, details jsonb)`,
  )
}

/** Attempts that failed in a row, beyond which somebody is told; by then the engine has given up for some minutes. */
const FAILURES = 3
/** What Fly or an app has to say may be a page long. */
const LONGEST_ERROR = 300

const failingApps = sql`public.user_fly_apps app where app.deleted_at is null and app.retry_count > 0`
const failure = sql`app.user_id::text as subject`
const appDetails = sql`jsonb_build_object('app', app.fly_app_name, 'attempts', app.retry_count,
  'error_code', app.error_code, 'error', left(app.error_message, ${LONGEST_ERROR}::int))`
const why = sql`app.retry_count || ' attempts: ' || coalesce(app.error_code, 'unknown') || ', '
  || coalesce(left(app.error_message, ${LONGEST_ERROR}::int), 'no message')`
/** One that failed now and then is not new; one that fails since it was told of is not over. */
const isFresh = sql`app.retry_count > ${FAILURES}::int as fresh`

/** Users who should have an app and for whom making one was given up. Also where not even a row could be reserved. */
export function settleFailedProvisions(db: Database | Tx, most: number): Promise<ConditionResult> {
  const crowd = 'users have no app, because making it failed again and again: the cause is not in them'
  return settle(
    db,
    { kind: 'provision_failed', most, crowd },
    sql`
    select ${failure}, 'critical' as severity, 'no app after ' || ${why} as message, ${appDetails} as details,
      app.created_at as since, ${isFresh}
    from ${failingApps} and app.teardown_started_at is null and app.deployed_at is null
    union all
    select work.user_id::text, 'critical',
      'no app after ' || work.failed_attempts || ' attempts: ' || coalesce(work.failed_reason, 'unknown'),
      jsonb_build_object('attempts', work.failed_attempts, 'error_code', work.failed_reason),
      want.updated_at, work.failed_attempts > ${FAILURES}::int
    from hangar.user_work work join hangar.user_wants want using (user_id)
    where work.failed_attempts > 0 and want.wanted_version > work.done_version and not exists (
      select from public.user_fly_apps app where app.user_id = work.user_id and app.deleted_at is null)`,
  )
}

/** Apps that nobody pays for and that could not be taken down: they are still there, and cost. */
export function settleFailedTeardowns(db: Database | Tx, most: number): Promise<ConditionResult> {
  const crowd = 'apps could not be taken down, and still cost: the cause is not in them'
  const operator =
    'clean up by hand: POST /v1/apps/{user_id}/force with skip_drain where it waits for the app, abandon where Fly does not let go of it'
  return settle(
    db,
    { kind: 'deprovision_failed', most, crowd },
    sql`
    select ${failure}, 'critical' as severity, 'not taken down after ' || ${why} as message,
      ${appDetails} || jsonb_build_object('operator', ${operator}::text) as details,
      app.teardown_started_at as since, ${isFresh}
    from ${failingApps} and app.teardown_started_at is not null`,
  )
}

/** Apps that are up, and on which a resize or a repair keeps failing. */
export function settleHighRetries(db: Database | Tx, most: number): Promise<ConditionResult> {
  const crowd = 'apps are up and the work on them fails again and again: the cause is not in them'
  return settle(
    db,
    { kind: 'retries_high', most, crowd },
    sql`
    select ${failure}, 'warning' as severity,
      coalesce(app.operation, 'work') || ' on an app that is up failed in ' || ${why} as message,
      ${appDetails} as details, app.updated_at as since, ${isFresh}
    from ${failingApps} and app.teardown_started_at is null and app.deployed_at is not null`,
  )
}

/** A shared backend hears of a move within 10 s, and a run takes seconds. */
const MOVE_LASTS_MS = 60_000

/** Users whose traders are on the way, and run nowhere meanwhile: who has not let them go, or until when they are held. */
export function settleStuckMoves(db: Database | Tx, most: number): Promise<ConditionResult> {
  const crowd = "users' traders are on the move and run nowhere: the cause is not in them"
  return settle(
    db,
    { kind: 'placement_stuck', most, crowd },
    sql`
    select place.user_id::text as subject, 'critical' as severity,
      'traders run nowhere since ' || to_char(place.since at time zone 'UTC', 'YYYY-MM-DD HH24:MI:SS') || ' UTC: '
        || case when place.held_until > hangar.now() then 'the machine before may still run them'
          when waits.names is not null then 'not released by ' || waits.names
          when cardinality(place.confirmed_by) = 0 then 'no shared backend has confirmed'
          else 'the app does not ask for them' end as message,
      jsonb_build_object('app', app.fly_app_name, 'machine_id', app.fly_machine_id, 'since', place.since,
        'held_until', place.held_until, 'confirmed_by', place.confirmed_by, 'not_released_by', waits.names) as details,
      place.since, true as fresh
    from hangar.trader_placement place
    join public.user_fly_apps app on app.id = place.user_fly_app_id
    cross join lateral (
      select string_agg(instance, ', ' order by instance) as names from hangar.shared_backends backend
      where backend.last_seen_at > hangar.now() - ${intervalMs(MOVE_LASTS_MS)}
        and backend.instance <> all (place.confirmed_by) and not ${ALL_BACKENDS} = any (place.confirmed_by)) waits
    where place.runs_on = 'moving' and place.since < hangar.now() - ${intervalMs(MOVE_LASTS_MS)}`,
  )
}

/** From being asked to an app, or to being given up, takes a few minutes at the most. */
const WAVE_LASTS_MS = 15 * 60_000
/** Of users who wait for the same; the page has all of them. */
const MOST_REASONS = 5

/**
 * Waves in which somebody was asked and nobody has come to an end since: what waits for a brake or for Fly is neither
 * done nor given up, and the next wave begins only after the last of this one.
 */
export function settleWaitingWaves(db: Database | Tx, most: number): Promise<ConditionResult> {
  const crowd = 'migrations have had no end for a while: the cause is not in them'
  return settle(
    db,
    { kind: 'migration_waits', most, crowd },
    sql`
    select bulk.id::text as subject, 'warning' as severity,
      'migration ' || bulk.id || ' has had no end in wave ' || bulk.wave || ' since '
        || to_char(wave.since at time zone 'UTC', 'YYYY-MM-DD HH24:MI:SS') || ' UTC: ' || wave.asked
        || ' of it are at it, for ' || coalesce(reasons.told, 'no reason that is known')
        || ', and ' || rest.waiting || ' users have yet to be asked' as message,
      jsonb_build_object('bulkId', bulk.id, 'wave', bulk.wave, 'asked', wave.asked, 'waiting', rest.waiting,
        'since', wave.since, 'reasons', reasons.told) as details,
      wave.since, true as fresh
    from hangar.bulks bulk
    cross join lateral (
      select count(*) filter (where state = 'asked') as asked,
        greatest(max(ended_at), min(asked_at) filter (where state = 'asked')) as since
      from hangar.bulk_items item
      where item.bulk_id = bulk.id and item.place > (bulk.wave - 1) * bulk.wave_size
        and item.place <= bulk.wave * bulk.wave_size) wave
    cross join lateral (
      select count(*) as waiting from hangar.bulk_items item
      where item.bulk_id = bulk.id and item.state = 'waiting') rest
    cross join lateral (
      select string_agg(reason || ' (' || users || ')', ', ' order by users desc, reason) as told
      from (
        select coalesce(work.parked_reason, work.failed_reason) as reason, count(*) as users
        from hangar.bulk_items item join hangar.user_work work on work.user_id = item.user_id
        where item.bulk_id = bulk.id and item.state = 'asked'
        group by 1 having coalesce(work.parked_reason, work.failed_reason) is not null
        order by users desc, reason limit ${MOST_REASONS}) common) reasons
    where bulk.state = 'running' and bulk.wave is not null and wave.asked > 0
      and wave.since < hangar.now() - ${intervalMs(WAVE_LASTS_MS)}`,
  )
}

/** On top of two intervals: what a sweep itself and the restart of a worker may take. */
export const LATE_GRACE_MS = 60_000

/** Of the sweeps that this version knows. One of which no scheduler has said how often it runs is never late. */
export function settleLateSweeps(db: Database | Tx, names: readonly string[]): Promise<ConditionResult> {
  return settle(
    db,
    { kind: 'sweep_late', most: names.length, crowd: '' },
    sql`
    select name as subject, 'warning' as severity,
      'the sweep ' || name || ' has not completed for ' || round(extract(epoch from hangar.now() - since))
        || ' s; it should every ' || round(every_ms / 1000.0) || ' s' as message,
      jsonb_build_object('completed_at', completed_at, 'every_ms', every_ms) as details, since, true as fresh
    from (
      select *, greatest(completed_at, expected_since) as since from hangar.sweeps
      where name = any (${[...names]}::text[]) and every_ms is not null
    ) sweep
    where since + make_interval(secs => 2 * every_ms / 1000.0) + ${intervalMs(LATE_GRACE_MS)} < hangar.now()`,
  )
}

/** So many tier changes without a webhook are no chance. */
const SILENT_CHANGES = 3
/** A webhook takes seconds to come, and its arrival is noted to within some seconds. */
const ARRIVAL_SLACK_MS = 60_000
/** Older changes say nothing of today. */
const LOOKED_BACK = '1 day'

/**
 * Tier changes that the trigger has recorded since a webhook last came in. Wants that something else has raised since
 * are not counted, so it may be more. Nothing is said where no webhook is set up and none ever came. That changes grow
 * old or become few ends nothing: only a webhook that arrives does.
 */
export function settleWebhookSilence(db: Database | Tx): Promise<ConditionResult> {
  return settle(
    db,
    { kind: 'webhook_silence', most: 1, crowd: '' },
    sql`
    with heard as (
      select (select last_at from hangar.webhook_arrivals) as last_at, host.installed_at
      from hangar.host_mapping host
      where host.mapping ? 'webhook' or exists (select from hangar.webhook_arrivals)
    )
    select '' as subject, 'warning' as severity,
      count(*) || ' tier changes since ' || coalesce('the last webhook at ' || to_char(heard.last_at at time zone
        'UTC', 'YYYY-MM-DD HH24:MI:SS') || ' UTC', 'the webhook was set up')
        || ', and no webhook: the relay finds them, up to a second later' as message,
      jsonb_build_object('changes', count(*), 'last_webhook_at', heard.last_at) as details,
      min(want.updated_at) as since, true as fresh
    from heard
    join hangar.user_wants want on want.source = 'trigger'
      and want.updated_at > coalesce(heard.last_at, heard.installed_at) + ${intervalMs(ARRIVAL_SLACK_MS)}
      and want.updated_at between hangar.now() - ${LOOKED_BACK}::interval
        and hangar.now() - ${intervalMs(ARRIVAL_SLACK_MS)}
    group by heard.last_at
    having count(*) >= ${SILENT_CHANGES}
    union all
    select alert.subject, alert.severity, alert.message, alert.details, alert.first_at, false
    from hangar.alerts alert join heard on heard.last_at is null or heard.last_at <= alert.first_at
    where alert.kind = 'webhook_silence' and alert.resolved_at is null`,
  )
}
