-- Why: what apps report, what they cost, how fast Fly may be asked, and who did what.
-- Locks: nothing that exists before (the references to user_fly_apps lock it for a moment, while it is new).
-- Grants: none to PUBLIC, anon, authenticated or service_role; the schema is not exposed.

-- One row per app generation, written by the API only.
create table hangar.app_heartbeats (
  user_fly_app_id uuid primary key
    constraint app_heartbeats_app_fkey references public.user_fly_apps (id),
  user_id uuid not null,
  machine_id text,
  bootstrapped_at timestamptz,
  last_heartbeat_at timestamptz,
  -- The host's trader ids, as text: the host decides what they are.
  running_trader_ids text[] not null default '{}',
  last_cycle_at timestamptz,
  buffered_signals integer,
  memory_mb integer,
  version text,
  drained_at timestamptz,
  -- {"signalsFlushed", "executionsFlushed", "lost"}
  drained jsonb
);

-- What an app cost from one moment to another, at the price known then. Money is numeric.
create table hangar.cost_intervals (
  id bigint generated always as identity primary key,
  user_fly_app_id uuid not null
    constraint cost_intervals_app_fkey references public.user_fly_apps (id),
  user_id uuid not null,
  region text not null,
  cpu_kind text not null,
  cpus integer not null,
  memory_mb integer not null,
  price_model text not null,
  usd_per_second numeric(18, 12) not null
    constraint cost_intervals_price_is_not_negative check (usd_per_second >= 0),
  started_at timestamptz not null,
  ended_at timestamptz,
  constraint cost_intervals_ends_after_start check (ended_at >= started_at)
);
create unique index cost_intervals_one_open_per_app on hangar.cost_intervals (user_fly_app_id)
  where ended_at is null;
create index cost_intervals_by_app on hangar.cost_intervals (user_fly_app_id, started_at);

-- Token buckets shared by all workers.
create table hangar.permits (
  name text primary key,
  tokens numeric not null,
  capacity numeric not null constraint permits_capacity_holds_one check (capacity >= 1),
  refill_per_second numeric not null constraint permits_refill_is_positive check (refill_per_second > 0),
  refilled_at timestamptz not null default hangar.now(),
  constraint permits_tokens_fit check (tokens between 0 and capacity)
);
-- Fly allows an organisation 100 app deletions a minute.
insert into hangar.permits (name, tokens, capacity, refill_per_second)
values ('fly_app_delete', 100, 100, 100.0 / 60);

-- Each mutation by a person or a key. Append-only.
create table hangar.audit_log (
  id bigint generated always as identity primary key,
  actor text not null,
  action text not null,
  user_id uuid,
  reason text,
  request_id text,
  before jsonb,
  after jsonb,
  created_at timestamptz not null default hangar.now()
);
create index audit_log_by_user on hangar.audit_log (user_id, id);
create trigger append_only before update or delete on hangar.audit_log
  for each row execute function hangar.refuse_change();
create trigger append_only_on_truncate before truncate on hangar.audit_log
  for each statement execute function hangar.refuse_change();

revoke all on all tables in schema hangar from public;
revoke all on all sequences in schema hangar from public;
select hangar.apply_client_grants();
