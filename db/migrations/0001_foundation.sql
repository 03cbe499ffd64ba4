-- Why: the schema that holds Hangar's own state, the one clock that all SQL asks, and the rules about who may
--   touch what. Supabase's API exposes `public` (and `graphql_public`); it must never be told to expose `hangar`.
-- Locks: nothing that exists before.
-- Grants: nothing to PUBLIC, anon or authenticated. service_role reads our public tables only (0002).
-- Runs with and without Supabase's roles: hangar.apply_client_grants() acts on those that exist, and
--   hangar.install_host() calls it again, so roles created later are covered too.

create schema if not exists hangar;
revoke all on schema hangar from public;
comment on schema hangar is 'Hangar''s own state. Never expose this schema through an API.';

-- Tests set `hangar.now`; everybody else gets the real time, which moves within a transaction.
create function hangar.now() returns timestamptz
language sql stable parallel safe
set search_path = ''
as $$
  select coalesce(nullif(current_setting('hangar.now', true), '')::timestamptz, clock_timestamp())
$$;
comment on function hangar.now() is 'The time: the setting hangar.now in tests, else clock_timestamp().';

-- Brings the grants of Supabase's client roles to what Hangar wants, whatever the default privileges were when
-- the objects were made (Supabase changed them in 2026). Safe to call at any time.
create function hangar.apply_client_grants() returns void
language plpgsql
set search_path = ''
as $$
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
$$;

-- One row per applied migration: an old file that was edited afterwards is refused, not silently ignored.
create table hangar.migration_checksums (
  name text primary key,
  sha256 text not null constraint migration_checksums_sha256_is_hex check (sha256 ~ '^[0-9a-f]{64}$'),
  applied_at timestamptz not null default hangar.now()
);

-- Who this installation is. Part of every app name and of the metadata of every machine, so that two
-- installations in one Fly organisation never take each other's apps for their own.
create table hangar.installation (
  id uuid not null default gen_random_uuid(),
  singleton boolean primary key default true constraint installation_is_one_row check (singleton),
  created_at timestamptz not null default hangar.now()
);
insert into hangar.installation default values;

-- What the host product's tables and columns are called; written by hangar.install_host().
create table hangar.host_mapping (
  singleton boolean primary key default true constraint host_mapping_is_one_row check (singleton),
  mapping jsonb not null,
  installed_at timestamptz not null default hangar.now()
);

-- Refuses what would rewrite history. Used by triggers on append-only tables and on tables whose rows are kept.
create function hangar.refuse_change() returns trigger
language plpgsql
set search_path = ''
as $$
begin
  raise exception '% on %.% is refused: its rows are kept as they are', tg_op, tg_table_schema, tg_table_name
    using errcode = 'restrict_violation';
end
$$;

revoke all on all tables in schema hangar from public;
revoke all on all routines in schema hangar from public;
select hangar.apply_client_grants();
