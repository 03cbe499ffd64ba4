-- What Supabase brings that plain PostgreSQL lacks, as far as the product and Hangar use it: client roles,
-- auth.users, and doubles of Vault and pg_net. For local use and tests only; never run this on Supabase.

do $$
begin
  -- Roles belong to the whole server: two databases may be set up at once.
  perform pg_advisory_xact_lock(4626150001);
  if not exists (select from pg_roles where rolname = 'anon') then
    create role anon nologin noinherit;
  end if;
  if not exists (select from pg_roles where rolname = 'authenticated') then
    create role authenticated nologin noinherit;
  end if;
  if not exists (select from pg_roles where rolname = 'service_role') then
    create role service_role nologin noinherit bypassrls;
  end if;
exception when duplicate_object or unique_violation then
  null; -- Made by somebody else between the question and the answer.
end
$$;

create schema if not exists auth;
create table if not exists auth.users (
  id uuid primary key default gen_random_uuid(),
  email text,
  raw_app_meta_data jsonb not null default '{}',
  raw_user_meta_data jsonb not null default '{}',
  created_at timestamptz not null default now()
);
-- Added to a database that was made before they were here.
alter table auth.users
  add column if not exists is_anonymous boolean not null default false,
  add column if not exists banned_until timestamptz,
  add column if not exists deleted_at timestamptz;

create or replace function auth.uid() returns uuid
language sql stable
set search_path = ''
as $$
  select coalesce(nullif(current_setting('request.jwt.claim.sub', true), ''),
    nullif(current_setting('request.jwt.claims', true), '')::jsonb ->> 'sub')::uuid
$$;

grant usage on schema public, auth to anon, authenticated, service_role;

-- Vault: the names are real, the encryption is not.
create schema if not exists vault;
create table if not exists vault.secrets (
  id uuid primary key default gen_random_uuid(),
  name text unique,
  description text,
  secret text not null
);
create or replace view vault.decrypted_secrets as
  select id, name, description, secret, secret as decrypted_secret from vault.secrets;

create or replace function vault.create_secret(new_secret text, new_name text, new_description text default '')
returns uuid
language sql
set search_path = ''
as $$
  insert into vault.secrets (name, description, secret) values (new_name, new_description, new_secret) returning id
$$;

create or replace function vault.update_secret(secret_id uuid, new_secret text) returns void
language sql
set search_path = ''
as $$
  update vault.secrets set secret = new_secret where id = secret_id
$$;

-- pg_net: the same signature and the same queue. A local courier sends what lies in the queue, woken by the
-- notification when the transaction commits; in tests the queue is read instead.
create schema if not exists net;
create unlogged table if not exists net.http_request_queue (
  id bigserial primary key,
  method text not null,
  url text not null,
  headers jsonb,
  body bytea,
  timeout_milliseconds integer not null
);

create or replace function net.http_post(
  url text,
  body jsonb default '{}',
  params jsonb default '{}',
  headers jsonb default '{"Content-Type": "application/json"}',
  timeout_milliseconds integer default 5000
) returns bigint
language plpgsql
set search_path = ''
as $$
declare
  request_id bigint;
begin
  insert into net.http_request_queue (method, url, headers, body, timeout_milliseconds)
  values ('POST', url, headers, convert_to(body::text, 'UTF8'), timeout_milliseconds)
  returning id into request_id;
  perform pg_notify('hangar_courier', request_id::text);
  return request_id;
end
$$;
