-- Why: what reports need of the cost ledger: a stopped machine still costs the room of its root filesystem, a user's
--   tier changes while their app stays, and a year of ten thousand apps is too much to add up for each question.
-- Locks: cost_intervals is ours. Two columns (no rewrite), the tier filled in once from user_fly_apps (a million
--   intervals: some seconds), two indexes on tables of ours. No host table is touched.
-- Grants: none to PUBLIC, anon, authenticated or service_role. Hangar's own role, where it has one, needs
--   hangar.grant_service() again.

alter table hangar.cost_intervals
  -- While a machine exists, one interval is open:
  --   running  it is started, at its guest's price
  --   stored   it is there and not started: what its root filesystem costs
  add column state text not null default 'running' constraint cost_intervals_state_is_known
    check (state in ('running', 'stored')),
  -- The user's tier meanwhile. The app's row only has the last one.
  add column tier text;
update hangar.cost_intervals part set tier = app.tier
from public.user_fly_apps app where app.id = part.user_fly_app_id;
alter table hangar.cost_intervals
  alter column state drop default,
  alter column tier set not null;
-- Those that reach into a span of time: ended after it began, or not ended.
create index cost_intervals_by_end on hangar.cost_intervals (ended_at);

-- What a day (UTC) cost, once it is over. Each interval that crosses midnight has its share in both days. Never
-- rounded: the days add up to the intervals exactly.
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
  primary key (day, tier, region, cpu_kind, cpus, memory_mb, state, price_model)
);

-- Up to which day cost_days is written; a day may have cost nothing. One row.
create table hangar.cost_days_closed (
  only_one boolean primary key default true constraint cost_days_closed_has_one_row check (only_one),
  through date not null
);

-- How operations ended, among the many events of each: for durations, failures and success rates.
create index user_fly_app_events_ends on public.user_fly_app_events (created_at)
  where event_type in ('provision_completed', 'provision_failed', 'deprovision_completed', 'deprovision_failed');

revoke all on all tables in schema hangar from public;
select hangar.apply_client_grants();
