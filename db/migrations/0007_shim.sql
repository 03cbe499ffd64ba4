-- Why: what the shim needs so that a user's app can take over that user's traders and hand them back: where they run,
--   what the app was last told to run, under which master key its secrets were written, and which signals and
--   executions it has sent already. hangar.install_host() learns where the last two go (optional parts).
-- Locks: user_fly_apps and app_heartbeats are ours and get columns without a default (no rewrite). No host table.
-- Grants: none to PUBLIC, anon, authenticated or service_role. grant_service() lets Hangar's own role delete from
--   hangar.shim_receipts: call it again where it was called.

-- Where a user's custom traders run. No row: on the shared backend, and never anywhere else.
--   shared ─ bootstrap of the user's app ─▶ moving ─ the shared backend confirms ─▶ dedicated
--      ▲                                       │                                       │
--      └───────────── the app has drained, or its machine is stopped or gone ──────────┘
create table hangar.trader_placement (
  user_id uuid primary key,
  runs_on text not null constraint trader_placement_runs_on_is_known check (runs_on in ('shared', 'moving', 'dedicated')),
  -- The app that they move to or run in; while shared, the last one that had them. The fence: only a change about
  -- this very app ends its turn, so a late word about an earlier generation changes nothing.
  user_fly_app_id uuid not null constraint trader_placement_app_fkey references public.user_fly_apps (id),
  -- Counts the user's changes of place. The shared backend confirms a move by its number.
  move integer not null default 1,
  since timestamptz not null default hangar.now(),
  -- When the shared backend said that it had stopped them.
  released_at timestamptz,
  -- The transaction that wrote the row. A reader who has seen everything before transaction x asks for changed_in >= x,
  -- x being the oldest one that was still open at that look: a row that commits late is not skipped, as it would be
  -- by a sequence, and no writer waits for another. A row may be seen twice.
  changed_in xid8 not null default pg_current_xact_id()
);
create index trader_placement_by_change on hangar.trader_placement (changed_in);

alter table hangar.app_heartbeats
  -- Stands for what bootstrap last told the app; where it is no longer what it would be told, the app asks again.
  add column bootstrap_etag text,
  -- Which master key the token of the last heartbeat was made with.
  add column token_key_id text;

alter table public.user_fly_apps
  -- Which master key the app's Fly secrets were last written with. Null: before this column.
  add column secrets_key_id text;

-- Which signals and executions are stored already, so that a repeated batch adds nothing, whatever indexes the host's
-- tables have. Written in the statement that stores them; forgotten after a day (packages/db/src/shim-items.ts).
create table hangar.shim_receipts (
  user_id uuid not null,
  kind text not null constraint shim_receipts_kind_is_known check (kind in ('signal', 'execution')),
  client_id text not null,
  received_at timestamptz not null,
  primary key (user_id, kind, client_id)
);
create index shim_receipts_by_age on hangar.shim_receipts (received_at);

-- Installs Hangar on the host's tables. May be run again, with the same or another mapping: the last one holds.
-- Existing users are not enrolled by it. Keys marked ? may be left out:
--   subscriptions: table, user_id, tier, ?status, ?updated_at    one row per user (a unique index says so)
--   users:         table, id, ?email
--   traders:       table, id, user_id, name, enabled, definition, ?is_builtin (default: no user), ?disabled_by
--   ?signals:      table, trader_id, symbol, payload, created_at, ?user_id, ?client_id      where apps' signals go
--   ?executions:   table, trader_id, started_at, finished_at, outcome, ?user_id, ?client_id
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
    where k not in ('subscriptions', 'users', 'traders', 'signals', 'executions', 'webhook');
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

  insert into hangar.host_mapping (mapping) values (install_host.mapping)
    on conflict (singleton) do update set mapping = excluded.mapping, installed_at = hangar.now();
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
  -- The one table whose rows end: what is older than a day is forgotten.
  execute format('grant delete on hangar.shim_receipts to %s', service_role_name);
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
