-- Why: the two tables that the product knows: each generation of a user's app, and what happened to it.
-- Locks: nothing that exists before. No foreign key leads to a table of the host, so no lock of ours ever
--   waits for a host transaction, and a user deleted by the host leaves the history behind.
-- Grants: row-level security is on; service_role reads, anon and authenticated get nothing. Hangar's services
--   come as the owner, or as a role that hangar.grant_service() was called for.

create table public.user_fly_apps (
  id uuid primary key default gen_random_uuid(),
  user_id uuid not null,
  generation integer not null constraint user_fly_apps_generation_is_positive check (generation > 0),
  -- Unique for ever, deleted rows included: a name, once ours, is never taken for another generation.
  fly_app_name text not null constraint user_fly_apps_fly_app_name_key unique,
  network text not null,
  fly_machine_id text,
  fly_instance_id text,
  status text not null default 'provisioning' constraint user_fly_apps_status_is_known
    check (status in ('provisioning', 'active', 'deprovisioning', 'deleted', 'error')),
  tier text not null,
  region text not null,
  image text not null,
  cpu_kind text not null constraint user_fly_apps_cpu_kind_is_known check (cpu_kind in ('shared', 'performance')),
  cpus integer not null constraint user_fly_apps_cpus_is_positive check (cpus > 0),
  memory_mb integer not null constraint user_fly_apps_memory_mb_is_positive check (memory_mb > 0),
  health_status text not null default 'unknown' constraint user_fly_apps_health_status_is_known
    check (health_status in ('healthy', 'unhealthy', 'unknown')),
  last_health_check timestamptz,
  health_failures integer not null default 0,
  monthly_cost_estimate_usd numeric(12, 2),
  final_cost_usd numeric(14, 6),
  error_message text,
  error_code text,
  retry_count integer not null default 0,
  -- Work under way on an active app; null at rest. Provisioning and teardown are told by status.
  operation text constraint user_fly_apps_operation_is_known check (operation in ('resize', 'repair')),
  secrets_version bigint,
  -- When Fly was last told to launch the machine: an older heartbeat says nothing of it.
  launched_at timestamptz,
  -- When the machine was first seen started; the wait for health counts from here.
  started_at timestamptz,
  drain_started_at timestamptz,
  -- Once set, this generation is finished, never revived.
  teardown_started_at timestamptz,
  created_at timestamptz not null default hangar.now(),
  deployed_at timestamptz,
  updated_at timestamptz not null default hangar.now(),
  deleted_at timestamptz,
  constraint user_fly_apps_user_id_generation_key unique (user_id, generation),
  constraint user_fly_apps_deleted_means_deleted_at check ((status = 'deleted') = (deleted_at is not null))
);
comment on table public.user_fly_apps is 'One row per generation of a user''s Fly app. Rows are never deleted.';

-- At most one live app per user: an index, not a convention.
create unique index user_fly_apps_one_live_per_user on public.user_fly_apps (user_id) where deleted_at is null;

create table public.user_fly_app_events (
  id bigint generated always as identity primary key,
  -- Null when something happened to a user who has no row.
  user_fly_app_id uuid constraint user_fly_app_events_app_fkey references public.user_fly_apps (id),
  user_id uuid not null,
  -- <operation>_started|completed|failed|retried|superseded, <operation>_<step>, and what happens outside of one.
  event_type text not null constraint user_fly_app_events_event_type_is_known check (
    event_type ~ '^(provision|deprovision|resize|repair)_[a-z_]+$'
    or event_type in ('app_missing', 'machine_restarted', 'health_check_failed', 'health_check_recovered')),
  status text not null constraint user_fly_app_events_status_is_known
    check (status in ('started', 'success', 'failed', 'skipped')),
  message text,
  metadata jsonb not null default '{}' constraint user_fly_app_events_metadata_is_object
    check (jsonb_typeof(metadata) = 'object'),
  actor text not null,
  created_at timestamptz not null default hangar.now()
);
comment on table public.user_fly_app_events is 'What happened, in order of id. Append-only.';

create index user_fly_app_events_by_user on public.user_fly_app_events (user_id, id);
create index user_fly_app_events_by_app on public.user_fly_app_events (user_fly_app_id, id);
create index user_fly_app_events_by_time on public.user_fly_app_events (created_at);

create trigger rows_are_kept before delete on public.user_fly_apps
  for each row execute function hangar.refuse_change();
create trigger rows_are_kept_on_truncate before truncate on public.user_fly_apps
  for each statement execute function hangar.refuse_change();
create trigger append_only before update or delete on public.user_fly_app_events
  for each row execute function hangar.refuse_change();
create trigger append_only_on_truncate before truncate on public.user_fly_app_events
  for each statement execute function hangar.refuse_change();

alter table public.user_fly_apps enable row level security;
alter table public.user_fly_app_events enable row level security;
revoke all on public.user_fly_apps, public.user_fly_app_events from public;
select hangar.apply_client_grants();
