-- The host product's own tables, as far as Hangar meets them: who its users are, what they pay for, what they
-- trade with, and what came of it. Hangar changes none of these rows.

create table if not exists public.user_profiles (
  id uuid primary key references auth.users (id) on delete cascade,
  email text,
  display_name text,
  created_at timestamptz not null default now()
);

create table if not exists public.user_subscriptions (
  user_id uuid primary key references public.user_profiles (id) on delete cascade,
  tier text not null default 'free' check (tier in ('free', 'pro', 'elite')),
  status text default 'active',
  updated_at timestamptz not null default now()
);

create table if not exists public.traders (
  id uuid primary key default gen_random_uuid(),
  -- Null for a built-in trader, which belongs to nobody and runs on the shared fleet.
  user_id uuid references public.user_profiles (id) on delete cascade,
  name text not null,
  enabled boolean not null default true,
  is_builtin boolean not null default false,
  filter jsonb not null default '{}',
  disabled_by text,
  created_at timestamptz not null default now(),
  check (is_builtin = (user_id is null))
);
create index if not exists traders_by_user on public.traders (user_id, created_at);

create table if not exists public.trader_signals (
  id uuid primary key default gen_random_uuid(),
  trader_id uuid not null references public.traders (id),
  user_id uuid references public.user_profiles (id),
  symbol text not null,
  payload jsonb not null default '{}',
  -- Given by the sender, so that a repeated batch adds nothing.
  client_id text unique,
  created_at timestamptz not null default now()
);
create index if not exists trader_signals_by_trader on public.trader_signals (trader_id, created_at);
create index if not exists trader_signals_by_user on public.trader_signals (user_id, created_at);

create table if not exists public.trader_execution_history (
  id uuid primary key default gen_random_uuid(),
  trader_id uuid not null references public.traders (id),
  user_id uuid references public.user_profiles (id),
  started_at timestamptz not null default now(),
  finished_at timestamptz,
  outcome text not null default 'completed',
  client_id text unique,
  created_at timestamptz not null default now()
);
create index if not exists trader_execution_history_by_trader
  on public.trader_execution_history (trader_id, created_at);
create index if not exists trader_execution_history_by_user
  on public.trader_execution_history (user_id, created_at);

create table if not exists public.notifications (
  id uuid primary key default gen_random_uuid(),
  user_id uuid not null references public.user_profiles (id) on delete cascade,
  kind text not null,
  title text not null,
  body text not null default '',
  read_at timestamptz,
  created_at timestamptz not null default now()
);
create index if not exists notifications_by_user on public.notifications (user_id, created_at);

-- Users see their own rows; writing tiers is for the service role. A role that is none of these sees nothing,
-- which looks like an empty table, not like an error.
do $$
declare
  owned record;
begin
  for owned in select * from (values
    ('user_profiles', 'id'), ('user_subscriptions', 'user_id'), ('traders', 'user_id'),
    ('trader_signals', 'user_id'), ('trader_execution_history', 'user_id'), ('notifications', 'user_id')
  ) as v (relation, owner_column) loop
    execute format('alter table public.%I enable row level security', owned.relation);
    execute format('grant select on public.%I to authenticated', owned.relation);
    execute format('grant select, insert, update, delete on public.%I to service_role', owned.relation);
    execute format('drop policy if exists own_rows on public.%I', owned.relation);
    execute format('create policy own_rows on public.%I for select to authenticated using ((select auth.uid()) = %I)',
      owned.relation, owned.owner_column);
  end loop;
end
$$;
