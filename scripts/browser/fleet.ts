/**
 * A fleet for the page to show, written straight into the tables: no worker has to make ten thousand apps for it. Worker
 * and scheduler have to be stopped, or they would find out that none of these apps is on Fly.
 */
import { runSql } from '@hangar/testkit/local'
import type { Stack } from '../stack/stack.ts'

export async function stopWork(stack: Stack): Promise<void> {
  await Promise.all([stack.services.get('worker')?.stop(), stack.services.get('scheduler')?.stop()])
}

/** Every fiftieth fails, every thirtieth is unhealthy; all have been looked at. Their mails are `user-<n>@fleet.test`. */
const appsSql = (count: number) => `
  with one as (
    select n, gen_random_uuid() as id, case when n % 4 = 0 then 'elite' else 'pro' end as tier,
      case when n % 50 = 0 then 'error' when n % 41 = 0 then 'provisioning' else 'active' end as status,
      (array['iad', 'fra', 'nrt', 'syd'])[1 + n % 4] as region,
      now() - interval '37 minutes' * n as at
    from generate_series(1, ${count}) n
  ), account as (
    insert into auth.users (id, email) select id, 'user-' || n || '@fleet.test' from one
  ), profile as (
    insert into user_profiles (id, email) select id, 'user-' || n || '@fleet.test' from one
  ), subscription as (
    insert into user_subscriptions (user_id, tier, status) select id, tier, 'active' from one
  ), want as (
    insert into hangar.user_wants (user_id, wanted_version, enrolled_at) select id, 1, at from one
  ), work as (
    insert into hangar.user_work (user_id, done_version, planned_version) select id, 1, 1 from one
  ), app as (
    insert into user_fly_apps (user_id, generation, fly_app_name, network, fly_machine_id, status, tier, region, image,
      cpu_kind, cpus, memory_mb, health_status, monthly_cost_estimate_usd, error_code, error_message,
      created_at, deployed_at, updated_at)
    select id, 1, 'vyx-user-' || lpad(to_hex(n), 8, '0'), 'vyx-user-' || lpad(to_hex(n), 8, '0'), 'm' || n, status, tier,
      region, 'screener:1', 'shared', 2, case tier when 'elite' then 1024 else 512 end,
      case when n % 30 = 0 then 'unhealthy' else 'healthy' end, case tier when 'elite' then 7 else 6 end,
      case when n % 50 = 0 then 'fly_timeout' end, case when n % 50 = 0 then 'Fly did not answer in time.' end,
      at, at, at
    from one returning id, user_id
  )
  insert into user_fly_app_events (user_fly_app_id, user_id, event_type, status, actor)
  select id, user_id, 'provision_completed', 'success', 'worker-1' from app`

/** What the running ones have cost, and when each sweep last ended. */
const LEDGER = `
  insert into hangar.cost_intervals (user_fly_app_id, user_id, state, tier, region, cpu_kind, cpus, memory_mb, price_model,
    usd_per_second, started_at)
  select id, user_id, 'running', tier, region, cpu_kind, cpus, memory_mb, 'demo',
    monthly_cost_estimate_usd / (30 * 86400), created_at
  from user_fly_apps app where status = 'active'
    -- By its mail: one in 32 of the stack's own apps has a name that looks like these, and an open interval already.
    and exists (select from auth.users where id = app.user_id and email like '%@fleet.test');
  insert into hangar.sweeps (name, every_ms, expected_since, completed_at)
  select name, every_ms, now(), now() - interval '1 second' * (every_ms / 4000)
  from (values ('guards', 15000), ('alerts', 60000), ('differences', 60000), ('stuck', 60000), ('orphans', 300000),
    ('health', 300000), ('cost', 3600000)) sweep (name, every_ms)
  on conflict (name) do update set completed_at = excluded.completed_at, every_ms = excluded.every_ms`

const SURROUNDINGS = `
  insert into hangar.alerts (kind, subject, severity, message, details, times) values
    ('stuck', (select user_id::text from user_fly_apps where status = 'error' limit 1), 'critical',
     'An app is longer in one state than is usual.', '{"engine": "tries again in 5 minutes", "operator": "retry now"}', 3),
    ('budget', '', 'warning', 'Half of the month''s budget is used.', '{}', 1);
  insert into hangar.orphans (app_name, kind, network, machines, monthly_cost_usd) values
    ('vyx-user-lost0001', 'dead_row', 'vyx-user-lost0001',
     '[{"id": "m-lost", "state": "started", "region": "iad", "guest": {"cpuKind": "shared", "cpus": 2, "memoryMb": 512}}]', 6)`

export async function fillFleet(databaseUrl: string, count: number): Promise<void> {
  // No trigger: nobody has to be woken for what is done already.
  await runSql(
    databaseUrl,
    ["set session_replication_role = 'replica'", appsSql(count), LEDGER, SURROUNDINGS].join(';'),
  )
  await runSql(databaseUrl, 'analyze')
}
