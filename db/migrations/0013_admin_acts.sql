-- Why: acts on many users at once, each with its own end, paced and resumable, whatever becomes of Redis or a worker;
--   and requests that may be sent twice and are carried out once.
-- Locks: nothing that exists before. Three small tables of ours and their indexes are new.
-- Grants: none to PUBLIC, anon, authenticated or service_role. grant_service() lets Hangar's own role delete old keys and
--   the answers of old dry runs; where there is such a role, it needs hangar.grant_service() again.

-- One act on many users. Written by the API (made, paused, resumed, cancelled) and by the worker that carries it out.
--   running ⇄ paused ─▶ done       every item has come to its end
--      └────────┴─────▶ cancelled  those who waited are left out; those who were asked are followed to their end
create table hangar.bulks (
  id bigint generated always as identity primary key,
  action text not null constraint bulks_action_is_known check (
    action in ('retry', 'provision', 'deprovision', 'check_health')),
  -- Against the subscription: each item writes an override.
  force boolean not null default false,
  reason text not null constraint bulks_reason_is_given check (btrim(reason) <> ''),
  actor text not null,
  request_id text,
  per_minute integer not null constraint bulks_per_minute_is_sane check (per_minute between 1 and 6000),
  -- The counted burst that was approved together with it; what is left of it ends with the bulk.
  burst_approval_id bigint constraint bulks_burst_approval_fkey references hangar.burst_approvals (id),
  state text not null default 'running' constraint bulks_state_is_known check (
    state in ('running', 'paused', 'done', 'cancelled')),
  -- The pace: nobody is asked before. Each who is asked moves it on, so that it holds over any number of workers.
  next_ask_at timestamptz not null default hangar.now(),
  -- The brake because of which nobody is asked now.
  held_by text,
  -- When a worker last looked at it. One that nobody looks at is woken by the relay.
  looked_at timestamptz,
  created_at timestamptz not null default hangar.now(),
  updated_at timestamptz not null default hangar.now(),
  -- Nobody waits and nobody is followed any more.
  ended_at timestamptz,
  -- Which transaction changed it last, for who follows changes.
  changed_in xid8,
  constraint bulks_done_means_ended check (state <> 'done' or ended_at is not null)
);
-- Few at any time: what the relay reads each second.
create index bulks_under_way on hangar.bulks (id) where ended_at is null;
create index bulks_by_update on hangar.bulks (updated_at);
create index bulks_by_change on hangar.bulks (changed_in, id) where changed_in is not null;
create trigger stamp_change before insert or update on hangar.bulks
  for each row execute function hangar.stamp_change();

-- What becomes of each user in it.
--   waiting ─ asked in one transaction with what it asks for ─▶ asked ─ as the engine ends ─▶ done | failed
--      └────── not to be asked (any more): code and detail say why ─▶ skipped
create table hangar.bulk_items (
  bulk_id bigint not null constraint bulk_items_bulk_fkey references hangar.bulks (id),
  place integer not null,
  user_id uuid not null,
  state text not null default 'waiting' constraint bulk_items_state_is_known check (
    state in ('waiting', 'asked', 'done', 'failed', 'skipped')),
  code text,
  detail text,
  -- What was wanted of the engine: it has ended when that is done, or when the engine gives it up.
  wanted_version bigint,
  -- waiting: it could not be asked just now, and so many times before; the others come first. asked: when whoever was to
  -- look at the app is asked once more.
  not_before timestamptz,
  tries integer not null default 0,
  asked_at timestamptz,
  ended_at timestamptz,
  primary key (bulk_id, place),
  constraint bulk_items_once_per_user unique (bulk_id, user_id),
  constraint bulk_items_ended_means_ended_at check ((state in ('done', 'failed', 'skipped')) = (ended_at is not null)),
  constraint bulk_items_asked_says_for_what check (state <> 'asked' or (wanted_version is not null and asked_at is not null))
);
create index bulk_items_by_state on hangar.bulk_items (bulk_id, state, place);

-- Answers to requests that bore an Idempotency-Key, for a day.
create table hangar.idempotency_keys (
  actor text not null,
  key text not null,
  -- sha256 of method, address and body: the same key with another request is a mistake of the caller's.
  fingerprint text not null,
  -- Who carries it out, by an id of our own: the request's may be the caller's, and the same for many. It is another one
  -- with each claim, so that whoever was overtaken can commit nothing any more.
  claim_id uuid not null default gen_random_uuid(),
  request_id text not null,
  -- Until when nobody else may.
  locked_until timestamptz not null,
  -- Written in the transaction of the change itself: what is known of a process that died with it in hand.
  carried_out boolean not null default false,
  created_at timestamptz not null default hangar.now(),
  -- The answer, once there is one.
  status integer,
  headers jsonb,
  body text,
  primary key (actor, key)
);
create index idempotency_keys_by_time on hangar.idempotency_keys (created_at);

-- As in 0011, and what else is forgotten once it is old: keys, and the answers of dry runs.
create or replace function hangar.grant_service(service_role_name regrole) returns void
language plpgsql
set search_path = ''
as $$
declare
  relation regclass;
  policy_name text := 'hangar_service_' || service_role_name::oid;
begin
  execute format('grant usage on schema hangar to %s', service_role_name);
  execute format('grant select, insert, update on all tables in schema hangar to %s', service_role_name);
  execute format('revoke insert, update on hangar.installation, hangar.host_mapping, hangar.host_subscriptions, '
    'hangar.host_users, hangar.host_traders, hangar.migration_checksums, hangar.migration, hangar.migration_lock '
    'from %s', service_role_name);
  execute format('revoke update on hangar.audit_log from %s', service_role_name);
  -- The tables whose rows end: what is old is forgotten.
  execute format('grant delete on hangar.shim_receipts, hangar.alerts, hangar.alert_tellings, hangar.alert_messages, '
    'hangar.user_notices, hangar.admin_sessions, hangar.idempotency_keys, hangar.inspections to %s', service_role_name);
  execute format('grant execute on function hangar.now(), hangar.host_row_count(), hangar.admin_account(uuid) to %s',
    service_role_name);
  execute format('grant select, insert, update on public.user_fly_apps to %s', service_role_name);
  execute format('grant select, insert on public.user_fly_app_events to %s', service_role_name);
  foreach relation in array array['public.user_fly_apps', 'public.user_fly_app_events']::regclass[] loop
    if not exists (select from pg_policy where polrelid = relation and polname = policy_name) then
      execute format('create policy %I on %s for all to %s using (true) with check (true)',
        policy_name, relation, service_role_name);
    end if;
  end loop;
end
$$;

revoke all on all tables in schema hangar from public;
revoke all on all sequences in schema hangar from public;
select hangar.apply_client_grants();
