-- Generated from db/migrations by `npm run generate`. Do not edit.
-- What the migrations add up to, with Supabase's roles present and before hangar.install_host().

set check_function_bodies = off;

-- Schema

create schema hangar;

-- Functions

CREATE OR REPLACE FUNCTION hangar.admin_account(of_user uuid)
 RETURNS TABLE(standing text, email text, role text, has_second_factor boolean)
 LANGUAGE plpgsql
 STABLE SECURITY DEFINER
 SET search_path TO ''
AS $function$
declare
  account jsonb;
  factors boolean := false;
  given text;
begin
  if to_regclass('auth.users') is null then
    return query select 'unknowable', null::text, null::text, false;
    return;
  end if;
  execute 'select to_jsonb(u) from auth.users u where u.id = $1' into account using of_user;
  if to_regclass('auth.mfa_factors') is not null then
    execute 'select exists (select from auth.mfa_factors f where f.user_id = $1 and f.status = ''verified'')'
      into factors using of_user;
  end if;
  given := account -> 'raw_app_meta_data' ->> 'role';
  return query select
    case
      when account is null or account ->> 'deleted_at' is not null then 'gone'
      when (account ->> 'banned_until')::timestamptz > hangar.now() then 'banned'
      when coalesce((account ->> 'is_anonymous')::boolean, false) then 'no_role'
      when given in ('viewer', 'operator', 'admin') then 'good'
      else 'no_role'
    end,
    account ->> 'email', given, factors;
exception when insufficient_privilege then
  return query select 'unknowable', null::text, null::text, false;
end
$function$;

CREATE OR REPLACE FUNCTION hangar.apply_client_grants()
 RETURNS void
 LANGUAGE plpgsql
 SET search_path TO ''
AS $function$
declare
  client_role text;
  relation text;
begin
  for client_role in
    select rolname from pg_roles where rolname in ('anon', 'authenticated', 'service_role') order by rolname
  loop
    execute format('revoke all on schema hangar from %I', client_role);
    execute format('revoke all on all tables in schema hangar from %I', client_role);
    execute format('revoke all on all sequences in schema hangar from %I', client_role);
    execute format('revoke all on all routines in schema hangar from %I', client_role);
    if to_regclass('public.user_fly_app_events_id_seq') is not null then
      execute format('revoke all on sequence public.user_fly_app_events_id_seq from %I', client_role);
    end if;
    foreach relation in array array['public.user_fly_apps', 'public.user_fly_app_events'] loop
      continue when to_regclass(relation) is null;
      execute format('revoke all on %s from %I', relation, client_role);
      continue when client_role <> 'service_role';
      execute format('grant select on %s to service_role', relation);
      if not exists (
        select from pg_policy where polrelid = to_regclass(relation) and polname = 'service_role_reads'
      ) then
        execute format('create policy service_role_reads on %s for select to service_role using (true)', relation);
      end if;
    end loop;
  end loop;
end
$function$;

CREATE OR REPLACE FUNCTION hangar.apply_service_rights()
 RETURNS void
 LANGUAGE plpgsql
 SET search_path TO ''
AS $function$
declare
  one record;
  needed record;
  relation regclass;
  policy_name text;
begin
  for one in
    select quote_ident(r.rolname) as role, r.oid, s.kind
    from hangar.service_roles s join pg_roles r on r.rolname = s.role_name order by r.rolname
  loop
    execute format('grant usage on schema hangar to %s', one.role);
    if one.kind = 'all' then
      execute format('grant select, insert, update on all tables in schema hangar to %s', one.role);
      execute format('revoke insert, update on hangar.installation, hangar.host_mapping, hangar.host_subscriptions, '
        'hangar.host_users, hangar.host_traders, hangar.migration_checksums, hangar.migration, hangar.migration_lock, '
        'hangar.service_rights, hangar.service_roles from %s', one.role);
      execute format('revoke update on hangar.audit_log from %s', one.role);
    else
      execute format('revoke all on all tables in schema hangar from %s', one.role);
      execute format('revoke all on all routines in schema hangar from %s', one.role);
      execute format('revoke all on public.user_fly_apps, public.user_fly_app_events from %s', one.role);
    end if;
    for needed in
      select distinct privileges, object from hangar.service_rights where one.kind in ('all', service)
    loop
      execute format('grant %s on %s to %s', needed.privileges, needed.object, one.role);
    end loop;
    policy_name := 'hangar_service_' || one.oid;
    foreach relation in array array['public.user_fly_apps', 'public.user_fly_app_events']::regclass[] loop
      if not exists (select from pg_policy where polrelid = relation and polname = policy_name) then
        execute format('create policy %I on %s for all to %s using (true) with check (true)',
          policy_name, relation, one.role);
      end if;
    end loop;
  end loop;
end
$function$;

CREATE OR REPLACE FUNCTION hangar.check_host_mapping(mapping jsonb)
 RETURNS void
 LANGUAGE plpgsql
 SET search_path TO ''
AS $function$
declare
  subscriptions regclass := hangar.check_host_part(mapping, 'subscriptions',
    '{"user_id": "uuid", "tier": "any", "status": "?any", "updated_at": "?timestamp with time zone"}');
  part record;
  unknown_part text;
begin
  for part in select * from (values
    ('users', '{"id": "uuid", "email": "?any"}', false),
    ('traders', '{"id": "any", "user_id": "uuid", "name": "any", "enabled": "boolean", "definition": "jsonb|json",
      "is_builtin": "?boolean", "disabled_by": "?any"}', false),
    ('signals', '{"trader_id": "any", "symbol": "text|character varying", "payload": "jsonb|json",
      "created_at": "timestamp with time zone", "user_id": "?uuid", "client_id": "?text|character varying"}', true),
    ('executions', '{"trader_id": "any", "started_at": "timestamp with time zone",
      "finished_at": "timestamp with time zone", "outcome": "text|character varying", "user_id": "?uuid",
      "client_id": "?text|character varying"}', true),
    ('notifications', '{"user_id": "uuid", "title": "text|character varying", "body": "text|character varying",
      "kind": "?text|character varying", "created_at": "?timestamp with time zone"}', true)
  ) as v (name, wanted, may_be_left_out) loop
    continue when part.may_be_left_out and not mapping ? part.name;
    perform hangar.check_host_part(mapping, part.name, part.wanted::jsonb);
  end loop;
  select k into unknown_part from jsonb_object_keys(mapping) as k
    where k not in ('subscriptions', 'users', 'traders', 'signals', 'executions', 'notifications', 'webhook');
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
      and a.attname = mapping -> 'subscriptions' ->> 'user_id'
  ) then
    raise exception 'host mapping: % needs a unique index on "%": with two rows for one user nobody can say what '
      'the user is entitled to', subscriptions, mapping -> 'subscriptions' ->> 'user_id'
      using errcode = 'invalid_parameter_value';
  end if;
end
$function$;

CREATE OR REPLACE FUNCTION hangar.check_host_part(mapping jsonb, part text, wanted jsonb)
 RETURNS regclass
 LANGUAGE plpgsql
 SET search_path TO ''
AS $function$
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
$function$;

CREATE OR REPLACE FUNCTION hangar.close_host_part(part text)
 RETURNS void
 LANGUAGE plpgsql
 SET search_path TO ''
 SET lock_timeout TO '50ms'
AS $function$
declare
  relation regclass := to_regclass((select mapping -> part ->> 'table' from hangar.host_mapping));
  columns text := (select string_agg(quote_ident(attname), ', ') from pg_attribute
    where attrelid = relation and attnum > 0 and not attisdropped);
  role_name text;
  policy_name text;
begin
  if relation is null then
    return;
  end if;
  for role_name in
    select r.rolname from hangar.service_roles s join pg_roles r on r.rolname = s.role_name
  loop
    execute format('revoke select (%1$s), insert (%1$s) on %2$s from %3$I', columns, relation, role_name);
  end loop;
  for policy_name in
    select polname from pg_policy where polrelid = relation and polname ~ '^hangar_(select|insert)_[0-9]+$'
  loop
    execute format('drop policy %I on %s', policy_name, relation);
  end loop;
end
$function$;

CREATE OR REPLACE FUNCTION hangar.column_or(column_name text, otherwise text)
 RETURNS text
 LANGUAGE sql
 IMMUTABLE
 SET search_path TO ''
AS $function$ select case when column_name is null then otherwise else quote_ident(column_name) end $function$;

CREATE OR REPLACE FUNCTION hangar.grant_service(service_role_name regrole)
 RETURNS void
 LANGUAGE sql
 SET search_path TO ''
AS $function$ select hangar.grant_service_role(service_role_name, 'all') $function$;

CREATE OR REPLACE FUNCTION hangar.grant_service_role(service_role_name regrole, kind text)
 RETURNS void
 LANGUAGE plpgsql
 SET search_path TO ''
AS $function$
begin
  insert into hangar.service_roles as known (role_name, kind)
    select rolname, grant_service_role.kind from pg_roles where oid = service_role_name
    on conflict (role_name) do update set kind = excluded.kind;
  perform hangar.apply_service_rights();
end
$function$;

CREATE OR REPLACE FUNCTION hangar.handle_user_tier_change()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO ''
AS $function$
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
$function$;

CREATE OR REPLACE FUNCTION hangar.hmac_sha256(message bytea, key bytea)
 RETURNS bytea
 LANGUAGE plpgsql
 IMMUTABLE PARALLEL SAFE STRICT
 SET search_path TO ''
AS $function$
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
$function$;

CREATE OR REPLACE FUNCTION hangar.host_need(kind text, part text)
 RETURNS text
 LANGUAGE sql
 IMMUTABLE
 SET search_path TO ''
AS $function$
  select case
    when part in ('subscriptions', 'users', 'traders') then 'select'
    when part in ('signals', 'executions') and kind in ('api', 'all') then 'insert'
    when part = 'notifications' and kind in ('worker', 'all') then 'insert'
  end
$function$;

CREATE OR REPLACE FUNCTION hangar.host_row_count()
 RETURNS bigint
 LANGUAGE plpgsql
 STABLE SECURITY DEFINER
 SET search_path TO ''
AS $function$
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
$function$;

CREATE OR REPLACE FUNCTION hangar.install_host(mapping jsonb)
 RETURNS void
 LANGUAGE plpgsql
 SET search_path TO ''
 SET lock_timeout TO '50ms'
AS $function$
declare
  s jsonb := mapping -> 'subscriptions';
  u jsonb := mapping -> 'users';
  t jsonb := mapping -> 'traders';
  subscriptions regclass;
begin
  perform hangar.check_host_mapping(mapping);
  subscriptions := to_regclass(s ->> 'table');

  execute format(
    'create or replace view hangar.host_subscriptions with (security_invoker = true) as '
    'select %I as user_id, %I::text as tier, %s::text as status, %s::timestamptz as updated_at from %s',
    s ->> 'user_id', s ->> 'tier', hangar.column_or(s ->> 'status', 'null'),
    hangar.column_or(s ->> 'updated_at', 'null'), subscriptions);
  execute format(
    'create or replace view hangar.host_users with (security_invoker = true) as '
    'select %I as user_id, %s::text as email from %s',
    u ->> 'id', hangar.column_or(u ->> 'email', 'null'), to_regclass(u ->> 'table'));
  execute format(
    'create or replace view hangar.host_traders with (security_invoker = true) as '
    'select %I::text as id, %I as user_id, %I::text as name, %I as enabled, (%s)::boolean as is_builtin, '
    '%I::jsonb as definition, %s::text as disabled_by from %s',
    t ->> 'id', t ->> 'user_id', t ->> 'name', t ->> 'enabled',
    hangar.column_or(t ->> 'is_builtin', format('%I is null', t ->> 'user_id')),
    t ->> 'definition', hangar.column_or(t ->> 'disabled_by', 'null'), to_regclass(t ->> 'table'));

  insert into hangar.host_mapping as host (mapping, notifying_since)
    values (install_host.mapping, case when install_host.mapping ? 'notifications' then hangar.now() end)
    on conflict (singleton) do update set mapping = excluded.mapping, installed_at = hangar.now(),
      notifying_since = case when excluded.mapping ? 'notifications'
        then coalesce(host.notifying_since, excluded.notifying_since) end;
  perform hangar.apply_client_grants();
  perform hangar.place_tier_trigger(subscriptions, s ->> 'user_id', s ->> 'tier', coalesce(s ->> 'status', ''));
end
$function$;

CREATE OR REPLACE FUNCTION hangar.now()
 RETURNS timestamp with time zone
 LANGUAGE sql
 STABLE PARALLEL SAFE
 SET search_path TO ''
AS $function$
  select coalesce(nullif(current_setting('hangar.now', true), '')::timestamptz, clock_timestamp())
$function$;

CREATE OR REPLACE FUNCTION hangar.open_host_part(part text)
 RETURNS void
 LANGUAGE plpgsql
 SET search_path TO ''
 SET lock_timeout TO '50ms'
AS $function$
declare
  names jsonb := (select mapping -> part from hangar.host_mapping);
  relation regclass := to_regclass(names ->> 'table');
  columns text := (select string_agg(quote_ident(value), ', ') from jsonb_each_text(names) where key <> 'table');
  one record;
  part_sequence text;
begin
  if relation is null then
    return;
  end if;
  for one in
    select quote_ident(r.rolname) as role, r.rolbypassrls as sees_all, hangar.host_need(s.kind, part) as verb,
      format('hangar_%s_%s', hangar.host_need(s.kind, part), r.oid) as policy_name
    from hangar.service_roles s join pg_roles r on r.rolname = s.role_name
    where hangar.host_need(s.kind, part) is not null and not r.rolsuper
  loop
    execute format('grant usage on schema %s to %s',
      (select relnamespace::regnamespace from pg_class where oid = relation), one.role);
    execute format('grant %s (%s) on %s to %s', one.verb, columns, relation, one.role);
    for part_sequence in
      select d.objid::regclass from pg_depend d join pg_class c on c.oid = d.objid and c.relkind = 'S'
      where d.refobjid = relation and d.deptype = 'a' and one.verb = 'insert'
    loop
      execute format('grant usage on sequence %s to %s', part_sequence, one.role);
    end loop;
    continue when one.sees_all or not (select relrowsecurity from pg_class where oid = relation)
      or exists (select from pg_policy where polrelid = relation and polname = one.policy_name);
    execute format('create policy %I on %s for %s to %s %s (true)', one.policy_name, relation, one.verb, one.role,
      case one.verb when 'select' then 'using' else 'with check' end);
  end loop;
end
$function$;

CREATE OR REPLACE FUNCTION hangar.place_tier_trigger(subscriptions regclass, user_id text, tier text, status text)
 RETURNS void
 LANGUAGE plpgsql
 SET search_path TO ''
AS $function$
declare
  other_table regclass;
  arguments bytea := convert_to(user_id, 'UTF8') || '\x00'::bytea || convert_to(tier, 'UTF8') || '\x00'::bytea
    || convert_to(status, 'UTF8') || '\x00'::bytea;
begin
  if not exists (
    select from pg_trigger where tgrelid = subscriptions and tgname = 'on_user_tier_change' and tgtype = 29
      and tgfoid = 'hangar.handle_user_tier_change()'::regprocedure and tgargs = arguments and tgenabled <> 'D'
  ) then
    execute format(
      'create or replace trigger on_user_tier_change after insert or update or delete on %s for each row '
      'execute function hangar.handle_user_tier_change(%L, %L, %L)', subscriptions, user_id, tier, status);
  end if;
  for other_table in
    select tgrelid from pg_trigger
    where tgfoid = 'hangar.handle_user_tier_change()'::regprocedure and tgrelid <> subscriptions
  loop
    execute format('drop trigger on_user_tier_change on %s', other_table);
  end loop;
end
$function$;

CREATE OR REPLACE FUNCTION hangar.probe_webhook()
 RETURNS TABLE(id uuid, has_secret boolean)
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO ''
AS $function$
declare
  webhook jsonb := (select host.mapping -> 'webhook' from hangar.host_mapping host);
begin
  has_secret := false;
  if webhook is not null and to_regclass('vault.decrypted_secrets') is not null then
    execute 'select exists (select from vault.decrypted_secrets where name = $1)'
      into has_secret using webhook ->> 'secret_name';
  end if;
  if has_secret and to_regprocedure('net.http_post(text, jsonb, jsonb, jsonb, integer)') is not null then
    delete from hangar.webhook_probes probe where probe.sent_at < hangar.now() - interval '1 hour';
    insert into hangar.webhook_probes default values returning webhook_probes.id into id;
    perform hangar.send_tier_webhook('msg_probe_' || id, jsonb_build_object(
      'type', 'INSERT', 'schema', 'hangar', 'table', 'webhook_probes', 'record', jsonb_build_object('id', id),
      'old_record', null));
  end if;
  return next;
end
$function$;

CREATE OR REPLACE FUNCTION hangar.raise_generation_floor()
 RETURNS trigger
 LANGUAGE plpgsql
 SET search_path TO ''
AS $function$
declare
  -- More lives than a user can have had between the moment that was restored and now.
  lost_at_most constant integer := 1000;
  minutes integer := (select floor(extract(epoch from hangar.now() - created_at) / 60) from hangar.installation);
begin
  new.generation_floor := greatest(old.generation_floor, lost_at_most + greatest(minutes, 0));
  return new;
end
$function$;

CREATE OR REPLACE FUNCTION hangar.record_host_change(changed_user uuid, row_exists boolean)
 RETURNS bigint
 LANGUAGE sql
 SECURITY DEFINER
 SET search_path TO ''
AS $function$
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
$function$;

CREATE OR REPLACE FUNCTION hangar.refuse_change()
 RETURNS trigger
 LANGUAGE plpgsql
 SET search_path TO ''
AS $function$
begin
  raise exception '% on %.% is refused: its rows are kept as they are', tg_op, tg_table_schema, tg_table_name
    using errcode = 'restrict_violation';
end
$function$;

CREATE OR REPLACE FUNCTION hangar.send_tier_webhook(message_id text, payload jsonb)
 RETURNS void
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO ''
 SET lock_timeout TO '50ms'
AS $function$
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
$function$;

CREATE OR REPLACE FUNCTION hangar.stamp_change()
 RETURNS trigger
 LANGUAGE plpgsql
 SET search_path TO ''
AS $function$
begin
  new.changed_in := pg_current_xact_id();
  return new;
end
$function$;

CREATE OR REPLACE FUNCTION hangar.uninstall_host()
 RETURNS void
 LANGUAGE plpgsql
 SET search_path TO ''
 SET lock_timeout TO '50ms'
AS $function$
declare
  host_table regclass;
begin
  create or replace view hangar.host_subscriptions with (security_invoker = true) as
    select null::uuid as user_id, null::text as tier, null::text as status, null::timestamptz as updated_at where false;
  create or replace view hangar.host_users with (security_invoker = true) as
    select null::uuid as user_id, null::text as email where false;
  create or replace view hangar.host_traders with (security_invoker = true) as
    select null::text as id, null::uuid as user_id, null::text as name, null::boolean as enabled,
      null::boolean as is_builtin, null::jsonb as definition, null::text as disabled_by
    where false;
  delete from hangar.host_mapping;
  for host_table in
    select tgrelid from pg_trigger where tgfoid = 'hangar.handle_user_tier_change()'::regprocedure
  loop
    execute format('drop trigger on_user_tier_change on %s', host_table);
  end loop;
end
$function$;


-- Tables

create table hangar.admin_sessions (
  id uuid default gen_random_uuid() not null,
  token_hash bytea not null,
  kind text not null,
  actor text not null,
  user_id uuid,
  email text,
  role text not null,
  key_mark text,
  second_factor boolean default false not null,
  created_at timestamp with time zone default hangar.now() not null,
  last_seen_at timestamp with time zone default hangar.now() not null,
  role_checked_at timestamp with time zone default hangar.now() not null,
  expires_at timestamp with time zone not null,
  ended_at timestamp with time zone,
  end_reason text,
  constraint admin_sessions_ended_for_a_reason CHECK ((ended_at IS NULL) = (end_reason IS NULL)),
  constraint admin_sessions_kind_known CHECK (kind = ANY (ARRAY['person'::text, 'key'::text])),
  constraint admin_sessions_of_somebody CHECK (
CASE kind
    WHEN 'person'::text THEN user_id IS NOT NULL
    ELSE key_mark IS NOT NULL
END),
  constraint admin_sessions_pkey PRIMARY KEY (id),
  constraint admin_sessions_role_known CHECK (role = ANY (ARRAY['viewer'::text, 'operator'::text, 'admin'::text])),
  constraint admin_sessions_token_hash_is_sha256 CHECK (octet_length(token_hash) = 32),
  constraint admin_sessions_token_hash_key UNIQUE (token_hash)
);

create table hangar.alert_channels (
  name text not null,
  since timestamp with time zone default hangar.now() not null,
  failures integer default 0 not null,
  last_error text,
  last_sent_at timestamp with time zone,
  constraint alert_channels_name_is_known CHECK (name = ANY (ARRAY['mail'::text, 'webhook'::text])),
  constraint alert_channels_pkey PRIMARY KEY (name)
);

create table hangar.alert_messages (
  id uuid not null,
  channel text not null,
  state text default 'pending'::text not null,
  digest jsonb not null,
  attempts integer default 0 not null,
  next_try_at timestamp with time zone default hangar.now() not null,
  last_error text,
  owner text,
  fence bigint default 0 not null,
  lease_expires_at timestamp with time zone,
  created_at timestamp with time zone default hangar.now() not null,
  ended_at timestamp with time zone,
  constraint alert_messages_ended_means_ended_at CHECK ((state = 'pending'::text) = (ended_at IS NULL)),
  constraint alert_messages_owner_has_expiry CHECK ((owner IS NULL) = (lease_expires_at IS NULL)),
  constraint alert_messages_pkey PRIMARY KEY (id),
  constraint alert_messages_state_is_known CHECK (state = ANY (ARRAY['pending'::text, 'sent'::text, 'given_up'::text]))
);

create table hangar.alert_tellings (
  channel text not null,
  alert_id bigint not null,
  message_id uuid not null,
  severity text not null,
  over boolean not null,
  reminders integer default 0 not null,
  told_at timestamp with time zone default hangar.now() not null,
  constraint alert_tellings_pkey PRIMARY KEY (channel, alert_id)
);

create table hangar.alert_windows (
  channel text not null,
  kind text not null,
  told_at timestamp with time zone not null,
  window_ms bigint not null,
  constraint alert_windows_pkey PRIMARY KEY (channel, kind)
);

create table hangar.alerts (
  id bigint generated always as identity not null,
  kind text not null,
  subject text default ''::text not null,
  severity text not null,
  message text not null,
  details jsonb default '{}'::jsonb not null,
  first_at timestamp with time zone default hangar.now() not null,
  last_at timestamp with time zone default hangar.now() not null,
  times integer default 1 not null,
  acknowledged_at timestamp with time zone,
  acknowledged_by text,
  resolved_at timestamp with time zone,
  changed_in xid8,
  constraint alerts_pkey PRIMARY KEY (id),
  constraint alerts_severity_is_known CHECK (severity = ANY (ARRAY['info'::text, 'warning'::text, 'critical'::text]))
);

create table hangar.app_heartbeats (
  user_fly_app_id uuid not null,
  user_id uuid not null,
  machine_id text,
  bootstrapped_at timestamp with time zone,
  last_heartbeat_at timestamp with time zone,
  running_trader_ids text[] default '{}'::text[] not null,
  last_cycle_at timestamp with time zone,
  buffered_signals integer,
  memory_mb integer,
  version text,
  drained_at timestamp with time zone,
  drained jsonb,
  bootstrap_etag text,
  token_key_id text,
  refused_machine_id text,
  process_id text,
  process_started_at timestamp with time zone,
  restarted_at timestamp with time zone[] default '{}'::timestamp with time zone[] not null,
  constraint app_heartbeats_pkey PRIMARY KEY (user_fly_app_id)
);

create table hangar.audit_log (
  id bigint generated always as identity not null,
  actor text not null,
  action text not null,
  user_id uuid,
  reason text,
  request_id text,
  before jsonb,
  after jsonb,
  created_at timestamp with time zone default hangar.now() not null,
  changed_in xid8 default pg_current_xact_id(),
  constraint audit_log_pkey PRIMARY KEY (id)
);

create table hangar.brakes (
  name text not null,
  engaged_at timestamp with time zone,
  engaged_by text,
  reason text,
  details jsonb default '{}'::jsonb not null,
  ignored_until timestamp with time zone,
  strikes integer default 0 not null,
  updated_at timestamp with time zone default hangar.now() not null,
  generation_floor integer default 0 not null,
  constraint brakes_engaged_says_why CHECK ((engaged_at IS NULL) = (reason IS NULL) AND (engaged_at IS NULL) = (engaged_by IS NULL)),
  constraint brakes_name_is_known CHECK (name = ANY (ARRAY['fly_unreachable'::text, 'unhealthy_share'::text, 'deletion_burst'::text, 'restored'::text, 'operator'::text])),
  constraint brakes_pkey PRIMARY KEY (name)
);

create table hangar.bulk_items (
  bulk_id bigint not null,
  place integer not null,
  user_id uuid not null,
  state text default 'waiting'::text not null,
  code text,
  detail text,
  wanted_version bigint,
  not_before timestamp with time zone,
  tries integer default 0 not null,
  asked_at timestamp with time zone,
  ended_at timestamp with time zone,
  constraint bulk_items_asked_says_for_what CHECK (state <> 'asked'::text OR wanted_version IS NOT NULL AND asked_at IS NOT NULL),
  constraint bulk_items_ended_means_ended_at CHECK ((state = ANY (ARRAY['done'::text, 'failed'::text, 'skipped'::text])) = (ended_at IS NOT NULL)),
  constraint bulk_items_once_per_user UNIQUE (bulk_id, user_id),
  constraint bulk_items_pkey PRIMARY KEY (bulk_id, place),
  constraint bulk_items_state_is_known CHECK (state = ANY (ARRAY['waiting'::text, 'asked'::text, 'done'::text, 'failed'::text, 'skipped'::text]))
);

create table hangar.bulks (
  id bigint generated always as identity not null,
  action text not null,
  force boolean default false not null,
  reason text not null,
  actor text not null,
  request_id text,
  per_minute integer not null,
  burst_approval_id bigint,
  state text default 'running'::text not null,
  next_ask_at timestamp with time zone default hangar.now() not null,
  held_by text,
  looked_at timestamp with time zone,
  created_at timestamp with time zone default hangar.now() not null,
  updated_at timestamp with time zone default hangar.now() not null,
  ended_at timestamp with time zone,
  changed_in xid8,
  paused_because text,
  wave_size integer,
  wave_pause_ms integer,
  stop_on_failure_share double precision,
  wave_users integer,
  wave integer,
  failures_since timestamp with time zone,
  constraint bulks_action_is_known CHECK (action = ANY (ARRAY['retry'::text, 'provision'::text, 'deprovision'::text, 'check_health'::text, 'migrate'::text])),
  constraint bulks_done_means_ended CHECK (state <> 'done'::text OR ended_at IS NOT NULL),
  constraint bulks_migrate_in_waves CHECK (action <> 'migrate'::text OR wave_size IS NOT NULL),
  constraint bulks_pause_is_known CHECK (paused_because = ANY (ARRAY['operator'::text, 'failure_share'::text])),
  constraint bulks_per_minute_is_sane CHECK (per_minute >= 1 AND per_minute <= 6000),
  constraint bulks_pkey PRIMARY KEY (id),
  constraint bulks_reason_is_given CHECK (btrim(reason) <> ''::text),
  constraint bulks_share_is_sane CHECK (stop_on_failure_share >= 0::double precision AND stop_on_failure_share <= 1::double precision),
  constraint bulks_state_is_known CHECK (state = ANY (ARRAY['running'::text, 'paused'::text, 'done'::text, 'cancelled'::text])),
  constraint bulks_wave_is_sane CHECK (wave >= 1),
  constraint bulks_wave_pause_is_sane CHECK (wave_pause_ms >= 0 AND wave_pause_ms <= 604800000),
  constraint bulks_wave_size_is_sane CHECK (wave_size >= 1 AND wave_size <= 100000),
  constraint bulks_wave_users_is_sane CHECK (wave_users >= 0),
  constraint bulks_waves_are_whole CHECK (num_nulls(wave_size, wave_pause_ms, stop_on_failure_share, wave_users, wave, failures_since) = ANY (ARRAY[0, 6]))
);

create table hangar.burst_approvals (
  id bigint generated always as identity not null,
  approved integer not null,
  used integer default 0 not null,
  reason text not null,
  actor text not null,
  created_at timestamp with time zone default hangar.now() not null,
  expires_at timestamp with time zone not null,
  constraint burst_approvals_approved_is_positive CHECK (approved > 0),
  constraint burst_approvals_pkey PRIMARY KEY (id),
  constraint burst_approvals_reason_is_given CHECK (btrim(reason) <> ''::text),
  constraint burst_approvals_used_fits CHECK (used >= 0 AND used <= approved)
);

create table hangar.complete_scans (
  only_one boolean default true not null,
  began_at timestamp with time zone not null,
  constraint complete_scans_has_one_row CHECK (only_one),
  constraint complete_scans_pkey PRIMARY KEY (only_one)
);

create table hangar.cost_days (
  day date not null,
  tier text not null,
  region text not null,
  cpu_kind text not null,
  cpus integer not null,
  memory_mb integer not null,
  state text not null,
  price_model text not null,
  seconds numeric not null,
  usd numeric not null,
  constraint cost_days_pkey PRIMARY KEY (day, tier, region, cpu_kind, cpus, memory_mb, state, price_model)
);

create table hangar.cost_days_closed (
  only_one boolean default true not null,
  through date not null,
  constraint cost_days_closed_has_one_row CHECK (only_one),
  constraint cost_days_closed_pkey PRIMARY KEY (only_one)
);

create table hangar.cost_intervals (
  id bigint generated always as identity not null,
  user_fly_app_id uuid not null,
  user_id uuid not null,
  region text not null,
  cpu_kind text not null,
  cpus integer not null,
  memory_mb integer not null,
  price_model text not null,
  usd_per_second numeric(18,12) not null,
  started_at timestamp with time zone not null,
  ended_at timestamp with time zone,
  state text not null,
  tier text not null,
  constraint cost_intervals_ends_after_start CHECK (ended_at >= started_at),
  constraint cost_intervals_pkey PRIMARY KEY (id),
  constraint cost_intervals_price_is_not_negative CHECK (usd_per_second >= 0::numeric),
  constraint cost_intervals_state_is_known CHECK (state = ANY (ARRAY['running'::text, 'stored'::text]))
);

create table hangar.forced_actions (
  user_fly_app_id uuid not null,
  action text not null,
  reason text not null,
  actor text not null,
  created_at timestamp with time zone default hangar.now() not null,
  constraint forced_actions_action_is_known CHECK (action = ANY (ARRAY['skip_drain'::text, 'abandon'::text, 'recreate'::text])),
  constraint forced_actions_pkey PRIMARY KEY (user_fly_app_id),
  constraint forced_actions_reason_is_given CHECK (btrim(reason) <> ''::text)
);

create table hangar.host_mapping (
  singleton boolean default true not null,
  mapping jsonb not null,
  installed_at timestamp with time zone default hangar.now() not null,
  notifying_since timestamp with time zone,
  constraint host_mapping_is_one_row CHECK (singleton),
  constraint host_mapping_pkey PRIMARY KEY (singleton)
);

create table hangar.idempotency_keys (
  actor text not null,
  key text not null,
  fingerprint text not null,
  claim_id uuid default gen_random_uuid() not null,
  request_id text not null,
  locked_until timestamp with time zone not null,
  carried_out boolean default false not null,
  created_at timestamp with time zone default hangar.now() not null,
  status integer,
  headers jsonb,
  body text,
  constraint idempotency_keys_pkey PRIMARY KEY (actor, key)
);

create table hangar.inspections (
  id uuid not null,
  user_id uuid,
  requested_by text not null,
  question jsonb default '{}'::jsonb not null,
  created_at timestamp with time zone default hangar.now() not null,
  done_at timestamp with time zone,
  result jsonb,
  constraint inspections_pkey PRIMARY KEY (id)
);

create table hangar.installation (
  id uuid default gen_random_uuid() not null,
  singleton boolean default true not null,
  created_at timestamp with time zone default hangar.now() not null,
  constraint installation_is_one_row CHECK (singleton),
  constraint installation_pkey PRIMARY KEY (singleton)
);

create table hangar.migration_checksums (
  name text not null,
  sha256 text not null,
  applied_at timestamp with time zone default hangar.now() not null,
  constraint migration_checksums_pkey PRIMARY KEY (name),
  constraint migration_checksums_sha256_is_hex CHECK (sha256 ~ '^[0-9a-f]{64}$'::text)
);

create table hangar.orphans (
  app_name text not null,
  kind text not null,
  user_id uuid,
  generation integer,
  user_fly_app_id uuid,
  network text,
  machines jsonb default '[]'::jsonb not null,
  monthly_cost_usd numeric(12,2) default 0 not null,
  first_seen_at timestamp with time zone default hangar.now() not null,
  last_seen_at timestamp with time zone default hangar.now() not null,
  complete_scans integer default 0 not null,
  state text default 'found'::text not null,
  delete_requested_by text,
  withheld text,
  tried_at timestamp with time zone,
  note text,
  ended_at timestamp with time zone,
  constraint orphans_ended_means_ended_at CHECK ((state = 'found'::text) = (ended_at IS NULL)),
  constraint orphans_kind_is_known CHECK (kind = ANY (ARRAY['dead_row'::text, 'unknown_name'::text])),
  constraint orphans_pkey PRIMARY KEY (app_name),
  constraint orphans_state_is_known CHECK (state = ANY (ARRAY['found'::text, 'deleted'::text, 'adopted'::text, 'gone'::text]))
);

create table hangar.permits (
  name text not null,
  tokens numeric not null,
  capacity numeric not null,
  refill_per_second numeric not null,
  refilled_at timestamp with time zone default hangar.now() not null,
  constraint permits_capacity_holds_one CHECK (capacity >= 1::numeric),
  constraint permits_pkey PRIMARY KEY (name),
  constraint permits_refill_is_positive CHECK (refill_per_second > 0::numeric),
  constraint permits_tokens_fit CHECK (tokens >= 0::numeric AND tokens <= capacity)
);

create table hangar.queue_heads (
  queue text not null,
  job text not null,
  first_seen_at timestamp with time zone default hangar.now() not null,
  constraint queue_heads_pkey PRIMARY KEY (queue)
);

create table hangar.service_rights (
  service text not null,
  object text not null,
  privileges text not null,
  constraint service_rights_pkey PRIMARY KEY (service, object),
  constraint service_rights_service_is_known CHECK (service = ANY (ARRAY['api'::text, 'worker'::text, 'scheduler'::text]))
);

create table hangar.service_roles (
  role_name text not null,
  kind text not null,
  constraint service_roles_kind_is_known CHECK (kind = ANY (ARRAY['api'::text, 'worker'::text, 'scheduler'::text, 'all'::text])),
  constraint service_roles_pkey PRIMARY KEY (role_name)
);

create table hangar.settings (
  name text not null,
  value jsonb not null,
  updated_by text not null,
  updated_at timestamp with time zone default hangar.now() not null,
  constraint settings_pkey PRIMARY KEY (name)
);

create table hangar.shared_backends (
  instance text not null,
  last_seen_at timestamp with time zone default hangar.now() not null,
  constraint shared_backends_pkey PRIMARY KEY (instance)
);

create table hangar.shim_receipts (
  user_id uuid not null,
  kind text not null,
  client_id text not null,
  received_at timestamp with time zone not null,
  constraint shim_receipts_kind_is_known CHECK (kind = ANY (ARRAY['signal'::text, 'execution'::text])),
  constraint shim_receipts_pkey PRIMARY KEY (user_id, kind, client_id)
);

create table hangar.sweeps (
  name text not null,
  every_ms bigint,
  expected_since timestamp with time zone,
  completed_at timestamp with time zone,
  constraint sweeps_pkey PRIMARY KEY (name)
);

create table hangar.trader_placement (
  user_id uuid not null,
  runs_on text not null,
  user_fly_app_id uuid not null,
  move integer default 1 not null,
  since timestamp with time zone default hangar.now() not null,
  released_at timestamp with time zone,
  changed_in xid8 default pg_current_xact_id() not null,
  machine_id text,
  held_until timestamp with time zone,
  confirmed_by text[] default '{}'::text[] not null,
  constraint trader_placement_pkey PRIMARY KEY (user_id),
  constraint trader_placement_runs_on_is_known CHECK (runs_on = ANY (ARRAY['shared'::text, 'moving'::text, 'dedicated'::text]))
);

create table hangar.user_notices (
  user_fly_app_id uuid not null,
  kind text not null,
  created_at timestamp with time zone default hangar.now() not null,
  constraint user_notices_kind_is_known CHECK (kind = ANY (ARRAY['provisioned'::text, 'deprovisioned'::text])),
  constraint user_notices_pkey PRIMARY KEY (user_fly_app_id, kind)
);

create table hangar.user_overrides (
  id bigint generated always as identity not null,
  user_id uuid not null,
  desired text not null,
  guest jsonb,
  region text,
  reason text not null,
  actor text not null,
  created_at timestamp with time zone default hangar.now() not null,
  expires_at timestamp with time zone,
  ended_at timestamp with time zone,
  constraint user_overrides_desired_is_known CHECK (desired = ANY (ARRAY['on'::text, 'off'::text, 'paused'::text])),
  constraint user_overrides_pkey PRIMARY KEY (id),
  constraint user_overrides_reason_is_given CHECK (btrim(reason) <> ''::text)
);

create table hangar.user_wants (
  user_id uuid not null,
  wanted_version bigint default 0 not null,
  source text,
  enrolled_at timestamp with time zone,
  host_row_seen_at timestamp with time zone,
  host_row_deleted_at timestamp with time zone,
  updated_at timestamp with time zone default hangar.now() not null,
  constraint user_wants_pkey PRIMARY KEY (user_id)
);

create table hangar.user_work (
  user_id uuid not null,
  done_version bigint default 0 not null,
  planned_version bigint default 0 not null,
  owner text,
  fence bigint default 0 not null,
  lease_expires_at timestamp with time zone,
  failed_attempts integer default 0 not null,
  failed_version bigint default 0 not null,
  next_attempt_at timestamp with time zone,
  parked_reason text,
  failed_reason text,
  updated_at timestamp with time zone default hangar.now() not null,
  overtaken_at timestamp with time zone,
  constraint user_work_owner_has_expiry CHECK ((owner IS NULL) = (lease_expires_at IS NULL)),
  constraint user_work_pkey PRIMARY KEY (user_id)
);

create table hangar.webhook_arrivals (
  only_one boolean default true not null,
  last_at timestamp with time zone not null,
  constraint webhook_arrivals_has_one_row CHECK (only_one),
  constraint webhook_arrivals_pkey PRIMARY KEY (only_one)
);

create table hangar.webhook_probes (
  id uuid default gen_random_uuid() not null,
  sent_at timestamp with time zone default hangar.now() not null,
  arrived_at timestamp with time zone,
  constraint webhook_probes_pkey PRIMARY KEY (id)
);

create table public.user_fly_app_events (
  id bigint generated always as identity not null,
  user_fly_app_id uuid,
  user_id uuid not null,
  event_type text not null,
  status text not null,
  message text,
  metadata jsonb default '{}'::jsonb not null,
  actor text not null,
  created_at timestamp with time zone default hangar.now() not null,
  changed_in xid8 default pg_current_xact_id(),
  constraint user_fly_app_events_event_type_is_known CHECK (event_type ~ '^(provision|deprovision|resize|repair|orphan)_[a-z_]+$'::text OR (event_type = ANY (ARRAY['app_missing'::text, 'machine_restarted'::text, 'health_check_failed'::text, 'health_check_recovered'::text, 'drift_found'::text, 'drift_gone'::text]))),
  constraint user_fly_app_events_metadata_is_object CHECK (jsonb_typeof(metadata) = 'object'::text),
  constraint user_fly_app_events_pkey PRIMARY KEY (id),
  constraint user_fly_app_events_status_is_known CHECK (status = ANY (ARRAY['started'::text, 'success'::text, 'failed'::text, 'skipped'::text]))
);

create table public.user_fly_apps (
  id uuid default gen_random_uuid() not null,
  user_id uuid not null,
  generation integer not null,
  fly_app_name text not null,
  network text not null,
  fly_machine_id text,
  fly_instance_id text,
  status text default 'provisioning'::text not null,
  tier text not null,
  region text not null,
  image text not null,
  cpu_kind text not null,
  cpus integer not null,
  memory_mb integer not null,
  health_status text default 'unknown'::text not null,
  last_health_check timestamp with time zone,
  health_failures integer default 0 not null,
  monthly_cost_estimate_usd numeric(12,2),
  final_cost_usd numeric(14,6),
  error_message text,
  error_code text,
  retry_count integer default 0 not null,
  operation text,
  secrets_version bigint,
  launched_at timestamp with time zone,
  started_at timestamp with time zone,
  drain_started_at timestamp with time zone,
  teardown_started_at timestamp with time zone,
  created_at timestamp with time zone default hangar.now() not null,
  deployed_at timestamp with time zone,
  updated_at timestamp with time zone default hangar.now() not null,
  deleted_at timestamp with time zone,
  burst_approval_id bigint,
  drift jsonb,
  secrets_key_id text,
  drain_told_at timestamp with time zone,
  constraint user_fly_apps_cpu_kind_is_known CHECK (cpu_kind = ANY (ARRAY['shared'::text, 'performance'::text])),
  constraint user_fly_apps_cpus_is_positive CHECK (cpus > 0),
  constraint user_fly_apps_deleted_means_deleted_at CHECK ((status = 'deleted'::text) = (deleted_at IS NOT NULL)),
  constraint user_fly_apps_fly_app_name_key UNIQUE (fly_app_name),
  constraint user_fly_apps_generation_is_positive CHECK (generation > 0),
  constraint user_fly_apps_health_status_is_known CHECK (health_status = ANY (ARRAY['healthy'::text, 'unhealthy'::text, 'unknown'::text])),
  constraint user_fly_apps_memory_mb_is_positive CHECK (memory_mb > 0),
  constraint user_fly_apps_operation_is_known CHECK (operation = ANY (ARRAY['resize'::text, 'repair'::text])),
  constraint user_fly_apps_pkey PRIMARY KEY (id),
  constraint user_fly_apps_status_is_known CHECK (status = ANY (ARRAY['provisioning'::text, 'active'::text, 'deprovisioning'::text, 'deleted'::text, 'error'::text])),
  constraint user_fly_apps_user_id_generation_key UNIQUE (user_id, generation)
);


-- Foreign keys

alter table hangar.alert_tellings add constraint alert_tellings_alert_fkey FOREIGN KEY (alert_id) REFERENCES hangar.alerts(id) ON DELETE CASCADE;
alter table hangar.app_heartbeats add constraint app_heartbeats_app_fkey FOREIGN KEY (user_fly_app_id) REFERENCES public.user_fly_apps(id);
alter table hangar.bulk_items add constraint bulk_items_bulk_fkey FOREIGN KEY (bulk_id) REFERENCES hangar.bulks(id);
alter table hangar.bulks add constraint bulks_burst_approval_fkey FOREIGN KEY (burst_approval_id) REFERENCES hangar.burst_approvals(id);
alter table hangar.cost_intervals add constraint cost_intervals_app_fkey FOREIGN KEY (user_fly_app_id) REFERENCES public.user_fly_apps(id);
alter table hangar.forced_actions add constraint forced_actions_app_fkey FOREIGN KEY (user_fly_app_id) REFERENCES public.user_fly_apps(id);
alter table hangar.orphans add constraint orphans_app_fkey FOREIGN KEY (user_fly_app_id) REFERENCES public.user_fly_apps(id);
alter table hangar.trader_placement add constraint trader_placement_app_fkey FOREIGN KEY (user_fly_app_id) REFERENCES public.user_fly_apps(id);
alter table hangar.user_notices add constraint user_notices_app_fkey FOREIGN KEY (user_fly_app_id) REFERENCES public.user_fly_apps(id);
alter table public.user_fly_app_events add constraint user_fly_app_events_app_fkey FOREIGN KEY (user_fly_app_id) REFERENCES public.user_fly_apps(id);

-- Indexes

CREATE INDEX admin_sessions_by_actor ON hangar.admin_sessions USING btree (actor) WHERE (ended_at IS NULL);
CREATE INDEX admin_sessions_by_expiry ON hangar.admin_sessions USING btree (expires_at);
CREATE INDEX alert_messages_by_time ON hangar.alert_messages USING btree (ended_at);
CREATE UNIQUE INDEX alert_messages_one_pending_per_channel ON hangar.alert_messages USING btree (channel) WHERE (state = 'pending'::text);
CREATE INDEX alert_tellings_by_alert ON hangar.alert_tellings USING btree (alert_id);
CREATE INDEX alert_tellings_by_message ON hangar.alert_tellings USING btree (message_id);
CREATE INDEX alert_tellings_open ON hangar.alert_tellings USING btree (channel, alert_id) WHERE (NOT over);
CREATE INDEX alerts_by_change ON hangar.alerts USING btree (changed_in, id) WHERE (changed_in IS NOT NULL);
CREATE INDEX alerts_by_end ON hangar.alerts USING btree (resolved_at) WHERE (resolved_at IS NOT NULL);
CREATE INDEX alerts_by_time ON hangar.alerts USING btree (last_at);
CREATE UNIQUE INDEX alerts_one_open_per_subject ON hangar.alerts USING btree (kind, subject) WHERE (resolved_at IS NULL);
CREATE INDEX audit_log_by_action ON hangar.audit_log USING btree (action, id);
CREATE INDEX audit_log_by_actor ON hangar.audit_log USING btree (actor, id);
CREATE INDEX audit_log_by_change ON hangar.audit_log USING btree (changed_in, id) WHERE (changed_in IS NOT NULL);
CREATE INDEX audit_log_by_user ON hangar.audit_log USING btree (user_id, id);
CREATE INDEX bulk_items_by_state ON hangar.bulk_items USING btree (bulk_id, state, place);
CREATE INDEX bulks_by_change ON hangar.bulks USING btree (changed_in, id) WHERE (changed_in IS NOT NULL);
CREATE INDEX bulks_by_update ON hangar.bulks USING btree (updated_at);
CREATE INDEX bulks_under_way ON hangar.bulks USING btree (id) WHERE (ended_at IS NULL);
CREATE INDEX cost_intervals_by_app ON hangar.cost_intervals USING btree (user_fly_app_id, started_at);
CREATE INDEX cost_intervals_by_end ON hangar.cost_intervals USING btree (ended_at);
CREATE UNIQUE INDEX cost_intervals_one_open_per_app ON hangar.cost_intervals USING btree (user_fly_app_id) WHERE (ended_at IS NULL);
CREATE INDEX idempotency_keys_by_time ON hangar.idempotency_keys USING btree (created_at);
CREATE INDEX inspections_by_time ON hangar.inspections USING btree (created_at);
CREATE INDEX orphans_found_by_user ON hangar.orphans USING btree (user_id) WHERE (state = 'found'::text);
CREATE INDEX shared_backends_by_last_seen ON hangar.shared_backends USING btree (last_seen_at);
CREATE INDEX shim_receipts_by_age ON hangar.shim_receipts USING btree (received_at);
CREATE INDEX trader_placement_by_change ON hangar.trader_placement USING btree (changed_in);
CREATE INDEX user_notices_by_time ON hangar.user_notices USING btree (created_at);
CREATE INDEX user_overrides_by_user ON hangar.user_overrides USING btree (user_id, id);
CREATE UNIQUE INDEX user_overrides_one_open_per_user ON hangar.user_overrides USING btree (user_id) WHERE (ended_at IS NULL);
CREATE INDEX user_work_failing ON hangar.user_work USING btree (user_id) WHERE (failed_attempts > 0);
CREATE INDEX user_fly_app_events_by_app ON public.user_fly_app_events USING btree (user_fly_app_id, id);
CREATE INDEX user_fly_app_events_by_change ON public.user_fly_app_events USING btree (changed_in, id) WHERE (changed_in IS NOT NULL);
CREATE INDEX user_fly_app_events_by_time ON public.user_fly_app_events USING btree (created_at);
CREATE INDEX user_fly_app_events_by_type ON public.user_fly_app_events USING btree (event_type, id);
CREATE INDEX user_fly_app_events_by_user ON public.user_fly_app_events USING btree (user_id, id);
CREATE INDEX user_fly_app_events_ends ON public.user_fly_app_events USING btree (created_at) WHERE (event_type = ANY (ARRAY['provision_completed'::text, 'provision_failed'::text, 'deprovision_completed'::text, 'deprovision_failed'::text]));
CREATE INDEX user_fly_app_events_unlucky ON public.user_fly_app_events USING btree (status, id) WHERE (status = ANY (ARRAY['failed'::text, 'skipped'::text]));
CREATE INDEX user_fly_apps_by_deletion ON public.user_fly_apps USING btree (deleted_at) WHERE (deleted_at IS NOT NULL);
CREATE INDEX user_fly_apps_by_deployment ON public.user_fly_apps USING btree (deployed_at) WHERE (deployed_at IS NOT NULL);
CREATE INDEX user_fly_apps_by_teardown ON public.user_fly_apps USING btree (teardown_started_at) WHERE (teardown_started_at IS NOT NULL);
CREATE INDEX user_fly_apps_deleted_by_creation ON public.user_fly_apps USING btree (created_at, id) WHERE (deleted_at IS NOT NULL);
CREATE INDEX user_fly_apps_drifted ON public.user_fly_apps USING btree (user_id) WHERE ((deleted_at IS NULL) AND (drift IS NOT NULL));
CREATE INDEX user_fly_apps_failing ON public.user_fly_apps USING btree (user_id) WHERE ((deleted_at IS NULL) AND (retry_count > 0));
CREATE INDEX user_fly_apps_live_by_creation ON public.user_fly_apps USING btree (created_at, id) WHERE (deleted_at IS NULL);
CREATE INDEX user_fly_apps_live_by_id ON public.user_fly_apps USING btree (id) WHERE (deleted_at IS NULL);
CREATE UNIQUE INDEX user_fly_apps_one_live_per_user ON public.user_fly_apps USING btree (user_id) WHERE (deleted_at IS NULL);
CREATE INDEX user_fly_apps_under_way ON public.user_fly_apps USING btree (user_id) WHERE ((deleted_at IS NULL) AND ((status <> 'active'::text) OR (operation IS NOT NULL)));
CREATE INDEX user_fly_apps_unhealthy ON public.user_fly_apps USING btree (user_id) WHERE ((deleted_at IS NULL) AND (health_status = 'unhealthy'::text));

-- Views, empty until hangar.install_host() replaces them

create view hangar.host_subscriptions with (security_invoker=true) as
 SELECT NULL::uuid AS user_id,
    NULL::text AS tier,
    NULL::text AS status,
    NULL::timestamp with time zone AS updated_at
  WHERE false;

create view hangar.host_traders with (security_invoker=true) as
 SELECT NULL::text AS id,
    NULL::uuid AS user_id,
    NULL::text AS name,
    NULL::boolean AS enabled,
    NULL::boolean AS is_builtin,
    NULL::jsonb AS definition,
    NULL::text AS disabled_by
  WHERE false;

create view hangar.host_users with (security_invoker=true) as
 SELECT NULL::uuid AS user_id,
    NULL::text AS email
  WHERE false;


-- Triggers

CREATE TRIGGER stamp_change BEFORE INSERT OR UPDATE ON hangar.alerts FOR EACH ROW EXECUTE FUNCTION hangar.stamp_change();
CREATE TRIGGER append_only BEFORE DELETE OR UPDATE ON hangar.audit_log FOR EACH ROW EXECUTE FUNCTION hangar.refuse_change();
CREATE TRIGGER append_only_on_truncate BEFORE TRUNCATE ON hangar.audit_log FOR EACH STATEMENT EXECUTE FUNCTION hangar.refuse_change();
CREATE TRIGGER raise_generation_floor BEFORE UPDATE OF engaged_at ON hangar.brakes FOR EACH ROW WHEN (new.name = 'restored'::text AND old.engaged_at IS NULL AND new.engaged_at IS NOT NULL) EXECUTE FUNCTION hangar.raise_generation_floor();
CREATE TRIGGER stamp_change BEFORE INSERT OR UPDATE ON hangar.bulks FOR EACH ROW EXECUTE FUNCTION hangar.stamp_change();
CREATE TRIGGER append_only BEFORE DELETE OR UPDATE ON public.user_fly_app_events FOR EACH ROW EXECUTE FUNCTION hangar.refuse_change();
CREATE TRIGGER append_only_on_truncate BEFORE TRUNCATE ON public.user_fly_app_events FOR EACH STATEMENT EXECUTE FUNCTION hangar.refuse_change();
CREATE TRIGGER rows_are_kept BEFORE DELETE ON public.user_fly_apps FOR EACH ROW EXECUTE FUNCTION hangar.refuse_change();
CREATE TRIGGER rows_are_kept_on_truncate BEFORE TRUNCATE ON public.user_fly_apps FOR EACH STATEMENT EXECUTE FUNCTION hangar.refuse_change();

-- Row-level security

alter table public.user_fly_app_events enable row level security;
alter table public.user_fly_apps enable row level security;

-- Policies

create policy service_role_reads on public.user_fly_app_events for select to service_role using (true);
create policy service_role_reads on public.user_fly_apps for select to service_role using (true);

-- Grants

revoke all on function hangar.admin_account(uuid) from public;
revoke all on function hangar.apply_client_grants() from public;
revoke all on function hangar.apply_service_rights() from public;
revoke all on function hangar.check_host_mapping(jsonb) from public;
revoke all on function hangar.check_host_part(jsonb,text,jsonb) from public;
revoke all on function hangar.close_host_part(text) from public;
revoke all on function hangar.column_or(text,text) from public;
revoke all on function hangar.grant_service(regrole) from public;
revoke all on function hangar.grant_service_role(regrole,text) from public;
revoke all on function hangar.handle_user_tier_change() from public;
revoke all on function hangar.hmac_sha256(bytea,bytea) from public;
revoke all on function hangar.host_need(text,text) from public;
revoke all on function hangar.host_row_count() from public;
revoke all on function hangar.install_host(jsonb) from public;
revoke all on function hangar.now() from public;
revoke all on function hangar.open_host_part(text) from public;
revoke all on function hangar.place_tier_trigger(regclass,text,text,text) from public;
revoke all on function hangar.probe_webhook() from public;
revoke all on function hangar.raise_generation_floor() from public;
revoke all on function hangar.record_host_change(uuid,boolean) from public;
revoke all on function hangar.refuse_change() from public;
revoke all on function hangar.send_tier_webhook(text,jsonb) from public;
revoke all on function hangar.stamp_change() from public;
revoke all on function hangar.uninstall_host() from public;
grant select on table public.user_fly_app_events to service_role;
grant select on table public.user_fly_apps to service_role;

-- Comments

comment on function hangar.admin_account(uuid) is 'A user''s standing and role by auth.users, read as the owner.';
comment on function hangar.now() is 'The time: the setting hangar.now in tests, else clock_timestamp().';
comment on schema hangar is 'Hangar''s own state. Never expose this schema through an API.';
comment on table hangar.admin_sessions is 'Sessions of people (and keys) in a browser. Old ones are forgotten.';
comment on table public.user_fly_app_events is 'What happened, in order of id. Append-only.';
comment on table public.user_fly_apps is 'One row per generation of a user''s Fly app. Rows are never deleted.';
