-- The product's quota of custom traders per tier. Above it, the newest are disabled with disabled_by = 'quota',
-- never deleted; on an upgrade those, and only those, are enabled again, oldest first, up to the new quota.

create table if not exists public.tier_quotas (
  tier text primary key,
  custom_traders integer not null check (custom_traders >= 0)
);
insert into public.tier_quotas (tier, custom_traders) values ('free', 0), ('pro', 10), ('elite', 50)
on conflict (tier) do nothing;
alter table public.tier_quotas enable row level security;
grant select on public.tier_quotas to authenticated, service_role;
drop policy if exists everyone_reads on public.tier_quotas;
create policy everyone_reads on public.tier_quotas for select to authenticated using (true);

create or replace function public.trader_quota(of_tier text) returns integer
language sql stable security definer
set search_path = ''
as $$
  select coalesce((select custom_traders from public.tier_quotas where tier = of_tier), 0)
$$;

create or replace function public.apply_trader_quota() returns trigger
language plpgsql security definer
set search_path = ''
as $$
declare
  owner_id uuid := case when tg_op = 'DELETE' then old.user_id else new.user_id end;
  old_quota integer := case when tg_op = 'INSERT' then 0 else public.trader_quota(old.tier) end;
  new_quota integer := case when tg_op = 'DELETE' then 0 else public.trader_quota(new.tier) end;
begin
  update public.traders set enabled = false, disabled_by = 'quota' where id in (
    select id from public.traders where user_id = owner_id and enabled
    order by created_at, id offset new_quota);
  if new_quota > old_quota then
    update public.traders set enabled = true, disabled_by = null where id in (
      select id from public.traders where user_id = owner_id and not enabled and disabled_by = 'quota'
      order by created_at, id
      limit greatest(0, new_quota - (select count(*) from public.traders where user_id = owner_id and enabled)));
  end if;
  return null;
end
$$;
create or replace trigger apply_trader_quota after insert or update of tier or delete on public.user_subscriptions
  for each row execute function public.apply_trader_quota();

-- The same quota when a trader is made or enabled. It never enables anything: a trader that the user switched
-- off must not make room for another one to start by itself.
create or replace function public.refuse_trader_above_quota() returns trigger
language plpgsql security definer
set search_path = ''
as $$
declare
  user_tier text;
begin
  select tier into user_tier from public.user_subscriptions where user_id = new.user_id for update;
  if (select count(*) from public.traders where user_id = new.user_id and enabled and id <> new.id)
    >= public.trader_quota(user_tier) then
    new.enabled := false;
    new.disabled_by := 'quota';
  else
    new.disabled_by := null;
  end if;
  return new;
end
$$;
create or replace trigger refuse_trader_above_quota before insert or update of enabled on public.traders
  for each row when (new.enabled and new.user_id is not null)
  execute function public.refuse_trader_above_quota();

revoke execute on function public.trader_quota(text), public.apply_trader_quota(),
  public.refuse_trader_above_quota() from public, anon, authenticated;
