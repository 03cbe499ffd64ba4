-- Why: who is told of an alert, over which channel and when, so that a flood becomes a digest and a crash neither loses
--   nor repeats more than one message; what alerts need to know of sweeps, queues and webhooks; and, where the host has
--   a table for it, what users were told of their own app.
-- Locks: tables of ours only. A column without a default on host_mapping (no rewrite); five indexes, on user_fly_apps,
--   user_work and alerts, which hold up writes while they are made (a million rows: about a second each).
-- Grants: none to PUBLIC, anon, authenticated or service_role. grant_service() lets Hangar's own role delete what is
--   old: call it again where it was called.

-- When each sweep last came to its end, and how often it should. Read by what tells of a late one.
create table hangar.sweeps (
  name text primary key,
  -- As the scheduler has it, which writes it at its start. Null: no scheduler has said so yet.
  every_ms bigint,
  -- Since when it is expected to run so often.
  expected_since timestamptz,
  completed_at timestamptz
);

-- The job that waits longest in each queue, and since when it is seen there: how long it has waited at least.
create table hangar.queue_heads (
  queue text primary key,
  job text not null,
  first_seen_at timestamptz not null default hangar.now()
);

-- When a genuine webhook of a tier change last came in, to within some seconds. One row.
create table hangar.webhook_arrivals (
  only_one boolean primary key default true constraint webhook_arrivals_has_one_row check (only_one),
  last_at timestamptz not null
);

create table hangar.alert_channels (
  name text primary key constraint alert_channels_name_is_known check (name in ('mail', 'webhook')),
  -- Since when it is told of anything; what was over by then is not told.
  since timestamptz not null default hangar.now(),
  -- Attempts in a row that failed.
  failures integer not null default 0,
  last_error text,
  last_sent_at timestamptz
);

-- How long a channel waits before it is told of a kind of alert again. The more there is to tell, the longer.
create table hangar.alert_windows (
  channel text not null,
  kind text not null,
  told_at timestamptz not null,
  window_ms bigint not null,
  primary key (channel, kind)
);

-- What a channel was last told of an alert. No row: nothing yet.
create table hangar.alert_tellings (
  channel text not null,
  alert_id bigint not null constraint alert_tellings_alert_fkey references hangar.alerts (id) on delete cascade,
  message_id uuid not null,
  severity text not null,
  -- It was told that it is over, too.
  over boolean not null,
  reminders integer not null default 0,
  told_at timestamptz not null default hangar.now(),
  primary key (channel, alert_id)
);
create index alert_tellings_by_alert on hangar.alert_tellings (alert_id);
create index alert_tellings_open on hangar.alert_tellings (channel, alert_id) where not over;
create index alert_tellings_by_message on hangar.alert_tellings (message_id);

-- What goes out, or went out, over a channel: made once, sent until it has arrived.
--   pending ─ it arrived ─▶ sent
--      └───── not for a day ─▶ given_up: what it said is told anew, as it is then
create table hangar.alert_messages (
  id uuid primary key,
  channel text not null,
  state text not null default 'pending'
    constraint alert_messages_state_is_known check (state in ('pending', 'sent', 'given_up')),
  digest jsonb not null,
  attempts integer not null default 0,
  next_try_at timestamptz not null default hangar.now(),
  last_error text,
  -- Who is sending it. Raised by each claim, the fence keeps a sender that stalled from recording anything.
  owner text,
  fence bigint not null default 0,
  lease_expires_at timestamptz,
  created_at timestamptz not null default hangar.now(),
  ended_at timestamptz,
  constraint alert_messages_owner_has_expiry check ((owner is null) = (lease_expires_at is null)),
  constraint alert_messages_ended_means_ended_at check ((state = 'pending') = (ended_at is null))
);
-- In order: a channel's next message is made when the one before it is over.
create unique index alert_messages_one_pending_per_channel on hangar.alert_messages (channel) where state = 'pending';
create index alert_messages_by_time on hangar.alert_messages (ended_at);

create index alerts_by_end on hangar.alerts (resolved_at) where resolved_at is not null;
-- Few at any time: who is failing, read each minute.
create index user_fly_apps_failing on public.user_fly_apps (user_id) where deleted_at is null and retry_count > 0;
create index user_work_failing on hangar.user_work (user_id) where failed_attempts > 0;
-- Whose app has come or gone of late. Both columns are written once in a generation's life.
create index user_fly_apps_by_deployment on public.user_fly_apps (deployed_at) where deployed_at is not null;
create index user_fly_apps_by_deletion on public.user_fly_apps (deleted_at) where deleted_at is not null;

-- Which users were told of their app's coming or going. Written in the statement that writes the host's row.
create table hangar.user_notices (
  user_fly_app_id uuid not null constraint user_notices_app_fkey references public.user_fly_apps (id),
  kind text not null constraint user_notices_kind_is_known check (kind in ('provisioned', 'deprovisioned')),
  created_at timestamptz not null default hangar.now(),
  primary key (user_fly_app_id, kind)
);
create index user_notices_by_time on hangar.user_notices (created_at);

-- Since when users are told. Nobody is told of what came before, so switching it on is silent.
alter table hangar.host_mapping add column notifying_since timestamptz;

-- Installs Hangar on the host's tables. May be run again, with the same or another mapping: the last one holds.
-- Existing users are not enrolled by it. Keys marked ? may be left out:
--   subscriptions: table, user_id, tier, ?status, ?updated_at    one row per user (a unique index says so)
--   users:         table, id, ?email
--   traders:       table, id, user_id, name, enabled, definition, ?is_builtin (default: no user), ?disabled_by
--   ?signals:      table, trader_id, symbol, payload, created_at, ?user_id, ?client_id      where apps' signals go
--   ?executions:   table, trader_id, started_at, finished_at, outcome, ?user_id, ?client_id
--   ?notifications: table, user_id, title, body, ?kind, ?created_at       users are told when their app comes and goes
--   ?webhook:      url, secret_name (the name of a secret in the Vault; never the secret itself)
create or replace function hangar.install_host(mapping jsonb) returns void
language plpgsql
set search_path = ''
as $$
declare
  subscriptions regclass := hangar.check_host_part(mapping, 'subscriptions',
    '{"user_id": "uuid", "tier": "any", "status": "?any", "updated_at": "?timestamp with time zone"}');
  users regclass := hangar.check_host_part(mapping, 'users', '{"id": "uuid", "email": "?any"}');
  traders regclass := hangar.check_host_part(mapping, 'traders', '{"id": "any", "user_id": "uuid", "name": "any",
    "enabled": "boolean", "definition": "jsonb|json", "is_builtin": "?boolean", "disabled_by": "?any"}');
  s jsonb := mapping -> 'subscriptions';
  u jsonb := mapping -> 'users';
  t jsonb := mapping -> 'traders';
  unknown_part text;
  other_table regclass;
begin
  select k into unknown_part from jsonb_object_keys(mapping) as k
    where k not in ('subscriptions', 'users', 'traders', 'signals', 'executions', 'notifications', 'webhook');
  if unknown_part is not null then
    raise exception 'host mapping: "%" is not a known key', unknown_part using errcode = 'invalid_parameter_value';
  end if;
  if mapping ? 'signals' then
    perform hangar.check_host_part(mapping, 'signals', '{"trader_id": "any", "symbol": "text|character varying",
      "payload": "jsonb|json", "created_at": "timestamp with time zone", "user_id": "?uuid",
      "client_id": "?text|character varying"}');
  end if;
  if mapping ? 'executions' then
    perform hangar.check_host_part(mapping, 'executions', '{"trader_id": "any",
      "started_at": "timestamp with time zone", "finished_at": "timestamp with time zone",
      "outcome": "text|character varying", "user_id": "?uuid", "client_id": "?text|character varying"}');
  end if;
  if mapping ? 'notifications' then
    perform hangar.check_host_part(mapping, 'notifications', '{"user_id": "uuid", "title": "text|character varying",
      "body": "text|character varying", "kind": "?text|character varying",
      "created_at": "?timestamp with time zone"}');
  end if;
  if mapping ? 'webhook' and (coalesce(mapping -> 'webhook' ->> 'url', '') !~ '^https?://'
      or coalesce(mapping -> 'webhook' ->> 'secret_name', '') = '') then
    raise exception 'host mapping: webhook needs url (http or https) and secret_name'
      using errcode = 'invalid_parameter_value';
  end if;
  if not exists (
    select from pg_index i join pg_attribute a on a.attrelid = i.indrelid and a.attnum = i.indkey[0]
    where i.indrelid = subscriptions and i.indisunique and i.indpred is null and i.indnkeyatts = 1
      and a.attname = s ->> 'user_id'
  ) then
    raise exception 'host mapping: % needs a unique index on "%": with two rows for one user nobody can say what '
      'the user is entitled to', subscriptions, s ->> 'user_id' using errcode = 'invalid_parameter_value';
  end if;

  for other_table in
    select tgrelid from pg_trigger
    where tgfoid = 'hangar.handle_user_tier_change()'::regprocedure and tgrelid <> subscriptions
  loop
    execute format('drop trigger on_user_tier_change on %s', other_table);
  end loop;
  execute format(
    'create or replace trigger on_user_tier_change after insert or update or delete on %s for each row '
    'execute function hangar.handle_user_tier_change(%L, %L, %L)',
    subscriptions, s ->> 'user_id', s ->> 'tier', coalesce(s ->> 'status', ''));

  execute format(
    'create or replace view hangar.host_subscriptions with (security_invoker = true) as '
    'select %I as user_id, %I::text as tier, %s::text as status, %s::timestamptz as updated_at from %s',
    s ->> 'user_id', s ->> 'tier', hangar.column_or(s ->> 'status', 'null'),
    hangar.column_or(s ->> 'updated_at', 'null'), subscriptions);
  execute format(
    'create or replace view hangar.host_users with (security_invoker = true) as '
    'select %I as user_id, %s::text as email from %s',
    u ->> 'id', hangar.column_or(u ->> 'email', 'null'), users);
  execute format(
    'create or replace view hangar.host_traders with (security_invoker = true) as '
    'select %I::text as id, %I as user_id, %I::text as name, %I as enabled, (%s)::boolean as is_builtin, '
    '%I::jsonb as definition, %s::text as disabled_by from %s',
    t ->> 'id', t ->> 'user_id', t ->> 'name', t ->> 'enabled',
    hangar.column_or(t ->> 'is_builtin', format('%I is null', t ->> 'user_id')),
    t ->> 'definition', hangar.column_or(t ->> 'disabled_by', 'null'), traders);

  insert into hangar.host_mapping as host (mapping, notifying_since)
    values (install_host.mapping, case when install_host.mapping ? 'notifications' then hangar.now() end)
    on conflict (singleton) do update set mapping = excluded.mapping, installed_at = hangar.now(),
      notifying_since = case when excluded.mapping ? 'notifications'
        then coalesce(host.notifying_since, excluded.notifying_since) end;
  perform hangar.apply_client_grants();
end
$$;

-- Gives a login role of its own exactly what Hangar's services need, by explicit policy. What it may read of the
-- host's tables is the host's to grant. Not needed where the services connect as the owner of these tables; where
-- it is, it is called again after each migration that adds a table.
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
    'hangar.user_notices to %s', service_role_name);
  execute format('grant execute on function hangar.now(), hangar.host_row_count() to %s', service_role_name);
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
