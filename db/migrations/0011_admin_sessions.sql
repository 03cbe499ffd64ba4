-- Why: an admin's session in a browser is a row, so that it ends on the server: by signing out, by idleness, when the
--   account is gone, banned or no longer has a role, and everywhere at once. The role is read again from the account.
-- Locks: one new table and two functions. No host table is touched; auth.users is read where it exists.
-- Grants: none to PUBLIC, anon, authenticated or service_role. grant_service() lets Hangar's own role delete old
--   sessions and ask for an account's role; where there is such a role, it needs hangar.grant_service() again.

create table hangar.admin_sessions (
  id uuid primary key default gen_random_uuid(),
  -- SHA-256 of what the cookie holds: who reads this table can not sign in with it.
  token_hash bytea not null unique,
  kind text not null,
  -- As in the audit log: user:<uuid>, or service_role for a key.
  actor text not null,
  user_id uuid,
  email text,
  role text not null,
  -- Of a key's session: a mark of the keys that were in force when it began. Other keys, and it ends.
  key_mark text,
  -- Whether the person showed a second factor when signing in.
  second_factor boolean not null default false,
  created_at timestamptz not null default hangar.now(),
  last_seen_at timestamptz not null default hangar.now(),
  role_checked_at timestamptz not null default hangar.now(),
  expires_at timestamptz not null,
  ended_at timestamptz,
  end_reason text,
  constraint admin_sessions_token_hash_is_sha256 check (octet_length(token_hash) = 32),
  constraint admin_sessions_kind_known check (kind in ('person', 'key')),
  constraint admin_sessions_role_known check (role in ('viewer', 'operator', 'admin')),
  constraint admin_sessions_of_somebody
    check (case kind when 'person' then user_id is not null else key_mark is not null end),
  constraint admin_sessions_ended_for_a_reason check ((ended_at is null) = (end_reason is null))
);
create index admin_sessions_by_actor on hangar.admin_sessions (actor) where ended_at is null;
create index admin_sessions_by_expiry on hangar.admin_sessions (expires_at);
comment on table hangar.admin_sessions is 'Sessions of people (and keys) in a browser. Old ones are forgotten.';

-- What the project's own accounts say of a user now: `good` with a role of ours, `gone`, `banned`, `no_role`, or
-- `unknowable` where there are no accounts to ask (plain PostgreSQL, or a role that may not read them). Columns that
-- this project's auth.users lacks count as null.
create function hangar.admin_account(of_user uuid)
returns table (standing text, email text, role text, has_second_factor boolean)
language plpgsql stable security definer
set search_path = ''
as $$
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
$$;
comment on function hangar.admin_account(uuid) is 'A user''s standing and role by auth.users, read as the owner.';

-- As before, and: what sessions need.
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
    'hangar.user_notices, hangar.admin_sessions to %s', service_role_name);
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
revoke execute on function hangar.admin_account(uuid) from public;
select hangar.apply_client_grants();
