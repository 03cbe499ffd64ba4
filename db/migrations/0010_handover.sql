-- Why: a user's traders run in one place even where an app, a machine or a shared backend is slow, deaf, replaced or
--   killed: whether the word to drain has arrived, which machine holds a user's traders, which shared backends there
--   are, and whether an app was told that its time is over or keeps starting anew.
-- Locks: user_fly_apps, app_heartbeats and trader_placement are ours and get columns that need no rewrite. One small
--   table and its index are new. No host table is touched.
-- Grants: none to PUBLIC, anon, authenticated or service_role. Hangar's own role, where it has one, needs
--   hangar.grant_service() again.

alter table public.user_fly_apps
  -- When Fly, or the app itself, answered for the word to drain. Null while a drain goes on: it is said again.
  add column drain_told_at timestamptz;
update public.user_fly_apps set drain_told_at = drain_started_at where drain_started_at is not null;

alter table hangar.app_heartbeats
  -- The last machine of this app that was told that another has taken its place, and was not heard of since. Where the
  -- row comes to name that very machine (a restored database had named an older one), it idles and is restarted.
  add column refused_machine_id text,
  -- The process that spoke last, as it calls itself, and when it says that it started.
  add column process_id text,
  add column process_started_at timestamptz,
  -- When the last few processes took the place of another that nobody had stopped: the latest last.
  add column restarted_at timestamptz[] not null default '{}';

alter table hangar.trader_placement
  -- The machine that was last told to run them, and may still. Null: none was, or Fly says that it has stopped.
  add column machine_id text,
  -- Until then the machine or the app before may not have heard that it is over: they stay `moving`.
  add column held_until timestamptz,
  -- The shared backends that have stopped them in this move. '*' is all of them.
  add column confirmed_by text[] not null default '{}';
update hangar.trader_placement place set machine_id = app.fly_machine_id
from public.user_fly_apps app where app.id = place.user_fly_app_id and place.runs_on = 'dedicated';

-- The processes of the shared backend that ask for placements, each under a name that it made up at its start. A row
-- that was silent for a day is given to the next newcomer, so there are as many as ran at once, and a few.
create table hangar.shared_backends (
  instance text primary key,
  last_seen_at timestamptz not null default hangar.now()
);
create index shared_backends_by_last_seen on hangar.shared_backends (last_seen_at);

revoke all on all tables in schema hangar from public;
select hangar.apply_client_grants();
