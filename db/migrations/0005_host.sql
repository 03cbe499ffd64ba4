-- Why: ties Hangar to the host product's tables. hangar.install_host() learns their names, makes the trigger that
--   records every tier change in the user's own transaction, and the views through which Hangar reads the host.
-- Locks: this file, nothing. install_host() takes SHARE ROW EXCLUSIVE on the subscriptions table for the moment
--   that CREATE TRIGGER needs: it waits for open writers, and writers wait for it.
-- Grants: none to PUBLIC, anon, authenticated or service_role. A trigger function fires for a writer who may not
--   execute it. The views are security_invoker: a reader sees the host rows that its own role may see.

-- Until install_host() replaces them: the same columns, no rows.
create view hangar.host_subscriptions with (security_invoker = true) as
  select null::uuid as user_id, null::text as tier, null::text as status, null::timestamptz as updated_at
  where false;
create view hangar.host_users with (security_invoker = true) as
  select null::uuid as user_id, null::text as email where false;
create view hangar.host_traders with (security_invoker = true) as
  select null::text as id, null::uuid as user_id, null::text as name, null::boolean as enabled,
    null::boolean as is_builtin, null::jsonb as definition, null::text as disabled_by
  where false;

-- RFC 2104 over the built-in sha256(): no need to know in which schema pgcrypto lives, or whether it does.
create function hangar.hmac_sha256(message bytea, key bytea) returns bytea
language plpgsql immutable strict parallel safe
set search_path = ''
as $$
declare
  block bytea := case when length(key) > 64 then sha256(key) else key end;
  inner_pad bytea := decode(repeat('36', 64), 'hex');
  outer_pad bytea := decode(repeat('5c', 64), 'hex');
begin
  for i in 0 .. length(block) - 1 loop
    inner_pad := set_byte(inner_pad, i, get_byte(inner_pad, i) # get_byte(block, i));
    outer_pad := set_byte(outer_pad, i, get_byte(outer_pad, i) # get_byte(block, i));
  end loop;
  return sha256(outer_pad || sha256(inner_pad || message));
end
$$;

-- Signs a tier change as Standard Webhooks says and hands it to pg_net. Best effort: the want is already
-- recorded, and the relay finds it a second later. Whatever breaks here ends as a warning without any text of
-- the error, which could quote the secret. lock_timeout: a locked request queue must not hold up the user.
create function hangar.send_tier_webhook(message_id text, payload jsonb) returns void
language plpgsql security definer
set search_path = ''
set lock_timeout = '1s'
as $$
declare
  webhook jsonb;
  secret text;
  sent_at text := extract(epoch from hangar.now())::bigint::text;
  signature text;
begin
  if to_regclass('vault.decrypted_secrets') is null
    or to_regprocedure('net.http_post(text, jsonb, jsonb, jsonb, integer)') is null then
    return;
  end if;
  select mapping -> 'webhook' into webhook from hangar.host_mapping;
  if webhook is null then
    return;
  end if;
  execute 'select decrypted_secret from vault.decrypted_secrets where name = $1'
    into secret using webhook ->> 'secret_name';
  if coalesce(secret, '') = '' then
    raise warning 'hangar: tier webhook not sent: the Vault has no secret of the mapped name';
    return;
  end if;
  signature := encode(hangar.hmac_sha256(
    convert_to(message_id || '.' || sent_at || '.' || payload::text, 'UTF8'),
    decode(regexp_replace(secret, '^(v1,)?whsec_', ''), 'base64')), 'base64');
  execute 'select net.http_post(url := $1, body := $2, headers := $3, timeout_milliseconds := 5000)'
    using webhook ->> 'url', payload, jsonb_build_object(
      'Content-Type', 'application/json', 'webhook-id', message_id, 'webhook-timestamp', sent_at,
      'webhook-signature', 'v1,' || signature);
exception when others then
  raise warning 'hangar: tier webhook not sent (SQLSTATE %)', sqlstate;
end
$$;

-- Raises the want of a user whose host row changed, and returns the new version.
create function hangar.record_host_change(changed_user uuid, row_exists boolean) returns bigint
language sql security definer
set search_path = ''
as $$
  insert into hangar.user_wants as want
    (user_id, wanted_version, source, enrolled_at, host_row_seen_at, host_row_deleted_at, updated_at)
  values
    (changed_user, 1, 'trigger', hangar.now(), hangar.now(), case when not row_exists then hangar.now() end,
      hangar.now())
  on conflict (user_id) do update set
    wanted_version = want.wanted_version + 1,
    source = excluded.source,
    enrolled_at = coalesce(want.enrolled_at, excluded.enrolled_at),
    host_row_seen_at = excluded.host_row_seen_at,
    host_row_deleted_at = excluded.host_row_deleted_at,
    updated_at = excluded.updated_at
  returning wanted_version
$$;

-- Trigger on the host's subscriptions. Arguments: its columns for user id, tier and (or '') status. They come
-- with the trigger, not from the mapping, so that the write of the want depends on nothing else.
-- The webhook carries these columns only: a queued request can be read by every login role of the database.
create function hangar.handle_user_tier_change() returns trigger
language plpgsql security definer
set search_path = ''
as $$
declare
  old_row jsonb := case when tg_op <> 'INSERT' then to_jsonb(old) end;
  new_row jsonb := case when tg_op <> 'DELETE' then to_jsonb(new) end;
  old_facts jsonb;
  new_facts jsonb;
  old_user uuid := (old_row ->> tg_argv[0])::uuid;
  new_user uuid := (new_row ->> tg_argv[0])::uuid;
  wanted bigint;
begin
  select jsonb_object_agg(name, old_row -> name), jsonb_object_agg(name, new_row -> name)
    into old_facts, new_facts from unnest(tg_argv) as name where name <> '';
  if tg_op = 'UPDATE' and old_facts = new_facts then
    return null;
  end if;
  if old_user is distinct from new_user and old_user is not null then
    wanted := hangar.record_host_change(old_user, false);
  end if;
  if new_user is not null then
    wanted := hangar.record_host_change(new_user, true);
  end if;
  if wanted is not null then
    perform hangar.send_tier_webhook(
      'msg_' || coalesce(new_user, old_user) || '_' || wanted,
      jsonb_build_object('type', tg_op, 'table', tg_table_name, 'schema', tg_table_schema,
        'record', case when new_row is not null then new_facts end,
        'old_record', case when old_row is not null then old_facts end));
  end if;
  return null;
end
$$;

-- How many rows the host has, whoever asks. A process whose own count differs is blinded by row-level security
-- and must not start. Raises where Hangar's owner is itself subject to it: then nobody can tell.
create function hangar.host_row_count() returns bigint
language plpgsql stable security definer
set search_path = ''
as $$
declare
  part text;
begin
  foreach part in array array['subscriptions', 'users', 'traders'] loop
    if (select row_security_active(to_regclass(mapping -> part ->> 'table')::oid) from hangar.host_mapping) then
      raise exception 'row-level security hides rows of % from %, the owner of Hangar''s functions',
          (select mapping -> part ->> 'table' from hangar.host_mapping), current_user
        using errcode = 'insufficient_privilege',
          hint = 'Run the migrations as a role with BYPASSRLS or as the owner of the host''s tables.';
    end if;
  end loop;
  return (select count(*) from hangar.host_subscriptions)
    + (select count(*) from hangar.host_users)
    + (select count(*) from hangar.host_traders);
end
$$;

-- One part of the mapping, checked against the catalog: the table exists, nothing is misspelled, each column is
-- there with a usable type. Returns the table. `wanted` says for each key which types will do, and "?" in front
-- of them that the key may be left out.
create function hangar.check_host_part(mapping jsonb, part text, wanted jsonb) returns regclass
language plpgsql
set search_path = ''
as $$
declare
  given jsonb := mapping -> part;
  relation regclass;
  key text;
  types text;
  found_type text;
begin
  if given is null or jsonb_typeof(given) <> 'object' then
    raise exception 'host mapping: "%" is missing', part using errcode = 'invalid_parameter_value';
  end if;
  relation := to_regclass(given ->> 'table');
  if relation is null then
    raise exception 'host mapping: %.table: there is no table % (write it with its schema)',
      part, coalesce(given ->> 'table', '(none given)') using errcode = 'undefined_table';
  end if;
  for key in select k from jsonb_object_keys(given) as k where k <> 'table' and not wanted ? k loop
    raise exception 'host mapping: %.% is not a known key', part, key using errcode = 'invalid_parameter_value';
  end loop;
  for key, types in select * from jsonb_each_text(wanted) loop
    if given ->> key is null then
      continue when types like '?%';
      raise exception 'host mapping: %.% is missing', part, key using errcode = 'invalid_parameter_value';
    end if;
    select format_type(a.atttypid, null) into found_type from pg_attribute a
      where a.attrelid = relation and a.attname = given ->> key and a.attnum > 0 and not a.attisdropped;
    if found_type is null then
      raise exception 'host mapping: %.%: % has no column "%"', part, key, relation, given ->> key
        using errcode = 'undefined_column';
    end if;
    if ltrim(types, '?') <> 'any' and not found_type = any (string_to_array(ltrim(types, '?'), '|')) then
      raise exception 'host mapping: %.%: column "%" is %, not %',
        part, key, given ->> key, found_type, ltrim(types, '?') using errcode = 'datatype_mismatch';
    end if;
  end loop;
  return relation;
end
$$;

-- Installs Hangar on the host's tables. May be run again, with the same or another mapping: the last one holds.
-- Existing users are not enrolled by it. Keys marked ? may be left out:
--   subscriptions: table, user_id, tier, ?status, ?updated_at    one row per user (a unique index says so)
--   users:         table, id, ?email
--   traders:       table, id, user_id, name, enabled, definition, ?is_builtin (default: no user), ?disabled_by
--   ?webhook:      url, secret_name (the name of a secret in the Vault; never the secret itself)
create function hangar.install_host(mapping jsonb) returns void
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
    where k not in ('subscriptions', 'users', 'traders', 'webhook');
  if unknown_part is not null then
    raise exception 'host mapping: "%" is not a known key', unknown_part using errcode = 'invalid_parameter_value';
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

-- A column name made safe, or, where the host has no such column, the expression that stands in for it.
create function hangar.column_or(column_name text, otherwise text) returns text
language sql immutable
set search_path = ''
as $$ select case when column_name is null then otherwise else quote_ident(column_name) end $$;

-- Gives a login role of its own exactly what Hangar's services need, by explicit policy. What it may read of the
-- host's tables is the host's to grant. Not needed where the services connect as the owner of these tables; where
-- it is, it is called again after each migration that adds a table.
create function hangar.grant_service(service_role_name regrole) returns void
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
revoke all on all routines in schema hangar from public;
select hangar.apply_client_grants();
