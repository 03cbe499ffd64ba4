/**
 * A fleet that has been at work for two months, made in a few set-based statements: users with live apps, users without,
 * apps of former lives, what happened to each, what it cost, and a few of everything that somebody should look at.
 */
import pg from 'pg'

export type BigFleet = {
  /** Live apps, each of a user of its own. */
  apps: number
  /** Closed rows of former generations. */
  former: number
  /** Users without an app. */
  free: number
  events: number
}

/** `databaseUrl`: migrated, with the host's tables, and empty. Ends with ANALYZE, as autovacuum would. */
export async function makeBigFleet(
  databaseUrl: string,
  { apps, former, free, events }: BigFleet,
): Promise<void> {
  const client = new pg.Client({ connectionString: databaseUrl })
  await client.connect()
  try {
    // Without the triggers of the tables and of the foreign keys: what they check is so by the way it is made.
    await client.query("set session_replication_role = 'replica'; set synchronous_commit = off")
    await client.query(USERS, [apps + free, apps])
    await client.query(APPS, [apps])
    await client.query(FORMER, [former, apps])
    await client.query(WORK, [apps + free, apps])
    for (const statement of [HEARTBEATS, LEDGER]) await client.query(statement)
    await client.query(ODDITIES, [apps])
    await client.query(EVENTS, [events, apps])
    await client.query(AUDIT, [Math.ceil(events / 100), apps])
    await client.query('vacuum analyze')
  } finally {
    await client.end()
  }
}

/** The number of a user is in their id, so that every statement finds whom it is about. */
const ID = (n: string) => `('00000000-0000-4000-8000-' || lpad(to_hex(${n}), 12, '0'))::uuid`
const APP_ID = (n: string) => `('00000000-0000-4000-9000-' || lpad(to_hex(${n}), 12, '0'))::uuid`

const USERS = `
  with person as (select n, ${ID('n')} as id, 'user-' || n || '@example.test' as email from generate_series(1, $1::int) n),
  account as (insert into auth.users (id, email) select id, email from person),
  profile as (insert into user_profiles (id, email) select id, email from person),
  subscription as (
    insert into user_subscriptions (user_id, tier)
    select id, case when n > $2::int then 'free' when n % 4 = 0 then 'elite' else 'pro' end from person)
  insert into hangar.user_wants (user_id, wanted_version, source, enrolled_at, host_row_seen_at, updated_at)
  select id, 3, 'trigger', now() - interval '60 days', now() - interval '60 days', now() - interval '1 day' * (n % 60) from person`

const COLUMNS = `id, user_id, generation, fly_app_name, network, fly_machine_id, status, tier, region, image, cpu_kind, cpus,
  memory_mb, health_status, monthly_cost_estimate_usd, operation, created_at, deployed_at, updated_at, deleted_at,
  teardown_started_at, drift`

const APPS = `
  insert into user_fly_apps (${COLUMNS})
  select ${APP_ID('n')}, ${ID('n')}, 2, 'vyx-user-' || lpad(to_hex(n), 8, '0'), 'net-' || n, 'm' || n,
    case when n % 200 = 0 then 'provisioning' when n % 333 = 0 then 'error' when n % 251 = 0 then 'deprovisioning' else 'active' end,
    case when n % 4 = 0 then 'elite' else 'pro' end, (array['iad', 'fra', 'sin', 'lhr'])[1 + n % 4], 'screener:1', 'shared',
    2, case when n % 4 = 0 then 1024 else 512 end,
    case when n % 97 = 0 then 'unhealthy' when n % 50 = 0 then 'unknown' else 'healthy' end, 5 + n % 3, null,
    now() - interval '30 days' * n / $1::int, case when n % 200 > 0 then now() - interval '30 days' * n / $1::int end,
    now() - interval '1 minute' * (n % 1440), null, case when n % 251 = 0 then now() - interval '1 minute' end,
    case when n % 120 = 0 then '{"fields": [{"field": "image", "want": "a", "have": "b"}], "seenAt": "2026-01-01"}'::jsonb end
  from generate_series(1, $1::int) n`

const FORMER = `
  insert into user_fly_apps (${COLUMNS})
  select ${APP_ID('1000000 + n')}, ${ID('1 + n % $2::int')}, 1000 + n, 'vyx-user-old-' || n, 'net-old-' || n, null, 'deleted', 'pro',
    'iad', 'screener:1', 'shared', 2, 512, 'unknown', 5, null, now() - interval '60 days' + interval '20 days' * n / $1::int,
    now() - interval '59 days', now() - interval '35 days', now() - interval '35 days', now() - interval '35 days', null
  from generate_series(1, greatest($1::int, 1)) n where $1::int > 0`

const WORK = `
  insert into hangar.user_work (user_id, done_version, planned_version, failed_attempts, failed_version, next_attempt_at,
    parked_reason, failed_reason)
  select ${ID('n')}, case when waits then 2 else 3 end, 3, case when failed then 5 else 0 end, 3,
    case when waits then now() + interval '1 hour' end,
    case when waits and not failed then 'held by the brake operator' end, case when failed then 'fly_unavailable' end
  from generate_series(1, $1::int) n
  cross join lateral (select n <= $2::int and n % 150 = 0 as waits, n <= $2::int and n % 300 = 0 as failed) is_so`

const HEARTBEATS = `
  insert into hangar.app_heartbeats (user_fly_app_id, user_id, machine_id, bootstrapped_at, last_heartbeat_at)
  select id, user_id, fly_machine_id, deployed_at, now() from user_fly_apps where deleted_at is null`

/** Each live app: one interval that is over, and one that goes on. Each former one: what it was. */
const LEDGER = `
  insert into hangar.cost_intervals (user_fly_app_id, user_id, region, cpu_kind, cpus, memory_mb, price_model, usd_per_second,
    started_at, ended_at, state, tier)
  select id, user_id, region, cpu_kind, cpus, memory_mb, 'product', 0.000003, began, ended, 'running', tier
  from user_fly_apps cross join lateral (values
    (created_at, coalesce(deleted_at, created_at + interval '1 hour')),
    (created_at + interval '1 hour', null)) as part (began, ended)
  where deleted_at is null or ended is not null`

const ODDITIES = `
  with override as (
    insert into hangar.user_overrides (user_id, desired, reason, actor)
    select ${ID('n')}, 'on', 'a trial', 'user:1' from generate_series(1, $1::int, 100) n),
  alert as (
    insert into hangar.alerts (kind, subject, severity, message)
    select 'stuck', ${ID('n')}::text, 'critical', 'stuck' from generate_series(1, $1::int, 200) n),
  old as (
    insert into hangar.alerts (kind, subject, severity, message, resolved_at)
    select 'app_unhealthy', ${ID('1 + n % $1::int')}::text, 'warning', 'over', now() from generate_series(1, $1::int * 2) n)
  insert into hangar.sweeps (name, every_ms, expected_since, completed_at)
  select name, 60000, now() - interval '1 day', now() from unnest(array['health', 'differences', 'cost', 'orphans']) name`

const TYPES = `array['provision_started', 'provision_app_created', 'provision_secrets_set', 'provision_machine_created',
  'provision_machine_started', 'provision_healthy', 'provision_completed', 'health_check_failed', 'health_check_recovered',
  'provision_retried']`

const EVENTS = `
  insert into user_fly_app_events (user_fly_app_id, user_id, event_type, status, message, metadata, actor, created_at)
  select ${APP_ID('1 + n % $2::int')}, ${ID('1 + n % $2::int')}, (${TYPES})[1 + (n / $2::int) % 10],
    case (n / $2::int) % 10 when 0 then 'started' when 7 then 'failed' when 9 then 'failed' else 'success' end, 'message ' || n,
    jsonb_build_object('fence', n % 50, 'attempt', 1, 'app', 'vyx-user-' || n), 'worker-1',
    now() - interval '60 days' + interval '60 days' * n / $1::int
  from generate_series(1, $1::int) n`

const AUDIT = `
  insert into hangar.audit_log (actor, action, user_id, reason, created_at)
  select 'user:' || n % 20, (array['app.retry', 'app.force', 'override.set', 'brake.release'])[1 + n % 4],
    ${ID('1 + n % $2::int')}, 'a reason', now() - interval '60 days' + interval '60 days' * n / $1::int
  from generate_series(1, $1::int) n`
