-- Why: what keeps the engine from doing harm at scale (brakes, counted bursts, settings an operator may change),
--   what an operator can force, what was found on Fly that no live row explains (orphans), what was found changed
--   by hand (drift), what a dry run found out, and what somebody should look at (alerts).
-- Locks: user_fly_apps and user_fly_app_events are ours; two columns without a default are added to the first (no
--   rewrite) and three indexes, and a check on the second is replaced, which reads it once (a million events: about a
--   second). No host table is touched.
-- Grants: none to PUBLIC, anon, authenticated or service_role; the schema is not exposed.

-- Fleet-wide settings that an operator may change while all runs. A name that is missing here has its default
-- from the code (packages/db/src/settings.ts), which also says what each means.
create table hangar.settings (
  name text primary key,
  value jsonb not null,
  updated_by text not null,
  updated_at timestamptz not null default hangar.now()
);

-- Each brake is a row, engaged or not, so that a check for it is one read and engaging it one update.
create table hangar.brakes (
  name text primary key constraint brakes_name_is_known check (
    name in ('fly_unreachable', 'unhealthy_share', 'deletion_burst', 'restored', 'operator')),
  engaged_at timestamptz,
  engaged_by text,
  reason text,
  details jsonb not null default '{}',
  -- An operator let go: the condition that engaged it is not looked at again before this time.
  ignored_until timestamptz,
  -- Looks in a row that saw its condition while it is free; any worker may do the next look.
  strikes integer not null default 0,
  updated_at timestamptz not null default hangar.now(),
  constraint brakes_engaged_says_why check (
    (engaged_at is null) = (reason is null) and (engaged_at is null) = (engaged_by is null))
);
insert into hangar.brakes (name)
values ('fly_unreachable'), ('unhealthy_share'), ('deletion_burst'), ('restored'), ('operator');

-- Repairs that begin, over the whole fleet: sixty a minute, ten at once.
insert into hangar.permits (name, tokens, capacity, refill_per_second)
values ('repair', 10, 10, 1);

-- Teardowns an operator has agreed to beforehand: "these 10,000 downgrades are meant".
create table hangar.burst_approvals (
  id bigint generated always as identity primary key,
  approved integer not null constraint burst_approvals_approved_is_positive check (approved > 0),
  used integer not null default 0,
  reason text not null constraint burst_approvals_reason_is_given check (btrim(reason) <> ''),
  actor text not null,
  created_at timestamptz not null default hangar.now(),
  expires_at timestamptz not null,
  constraint burst_approvals_used_fits check (used between 0 and approved)
);

alter table public.user_fly_apps
  -- The counted burst that this teardown belongs to: such teardowns do not count towards the brake.
  add column burst_approval_id bigint,
  -- What differs on Fly and is only reported: {"fields": [{"field", "want", "have"}], "seenAt"}. Null: nothing.
  add column drift jsonb;
-- When a lease was last claimed that its holder had never given back: a call of theirs may still be on its way.
alter table hangar.user_work add column overtaken_at timestamptz;

create index user_fly_apps_by_teardown on public.user_fly_apps (teardown_started_at)
  where teardown_started_at is not null;
-- Few at any time, however many apps there are: what the look for stuck rows reads each minute.
create index user_fly_apps_under_way on public.user_fly_apps (user_id)
  where deleted_at is null and (status <> 'active' or operation is not null);
create index user_fly_apps_unhealthy on public.user_fly_apps (user_id)
  where deleted_at is null and health_status = 'unhealthy';

alter table public.user_fly_app_events drop constraint user_fly_app_events_event_type_is_known;
alter table public.user_fly_app_events add constraint user_fly_app_events_event_type_is_known check (
  event_type ~ '^(provision|deprovision|resize|repair|orphan)_[a-z_]+$'
  or event_type in ('app_missing', 'machine_restarted', 'health_check_failed', 'health_check_recovered',
    'drift_found', 'drift_gone'));

-- What an operator forces on one generation. Bound to the row, so that it never reaches the user's next life.
create table hangar.forced_actions (
  user_fly_app_id uuid primary key
    constraint forced_actions_app_fkey references public.user_fly_apps (id),
  --   skip_drain  end it without waiting for the app to drain
  --   abandon     close the row whatever is left on Fly; the orphan scan looks after the rest
  --   recreate    end this generation although the user is entitled, and begin the next
  action text not null constraint forced_actions_action_is_known check (action in ('skip_drain', 'abandon', 'recreate')),
  reason text not null constraint forced_actions_reason_is_given check (btrim(reason) <> ''),
  actor text not null,
  created_at timestamptz not null default hangar.now()
);

-- Apps on Fly that no live row explains, from when they are first seen to what became of them.
create table hangar.orphans (
  app_name text primary key,
  --   dead_row      the name was held by a row of ours that is closed: proof enough to delete it after the grace
  --   unknown_name  our mark is on its machines and no row ever held the name: the database may have been restored
  --                 to before it was made; adopted by its user's next generation or deleted by an operator
  kind text not null constraint orphans_kind_is_known check (kind in ('dead_row', 'unknown_name')),
  user_id uuid,
  generation integer,
  user_fly_app_id uuid constraint orphans_app_fkey references public.user_fly_apps (id),
  network text,
  -- [{"id", "state", "region", "guest"}]
  machines jsonb not null default '[]',
  monthly_cost_usd numeric(12, 2) not null default 0,
  first_seen_at timestamptz not null default hangar.now(),
  last_seen_at timestamptz not null default hangar.now(),
  -- In how many scans that saw all of the organisation.
  complete_scans integer not null default 0,
  --   found  seen, and nothing decided;  deleted, adopted  by us;  gone  no longer on Fly, by no deed of ours
  state text not null default 'found'
    constraint orphans_state_is_known check (state in ('found', 'deleted', 'adopted', 'gone')),
  -- An operator said "delete it", with a reason in the audit log: no grace.
  delete_requested_by text,
  -- Why it was not deleted although it was due.
  withheld text,
  -- When its deletion was last tried, whatever came of it: the next run takes the others first.
  tried_at timestamptz,
  -- Why it ended, where the state does not say it.
  note text,
  ended_at timestamptz,
  constraint orphans_ended_means_ended_at check ((state = 'found') = (ended_at is null))
);
create index orphans_found_by_user on hangar.orphans (user_id) where state = 'found';

-- When the last scan began that saw all of the organisation. One row.
create table hangar.complete_scans (
  only_one boolean primary key default true constraint complete_scans_has_one_row check (only_one),
  began_at timestamptz not null
);

-- Something that somebody should look at. One open row per kind and subject: more of the same is counted.
create table hangar.alerts (
  id bigint generated always as identity primary key,
  kind text not null,
  -- What it is about: a user id, an app name, a brake's name; empty for the whole fleet.
  subject text not null default '',
  severity text not null constraint alerts_severity_is_known check (severity in ('info', 'warning', 'critical')),
  message text not null,
  details jsonb not null default '{}',
  first_at timestamptz not null default hangar.now(),
  last_at timestamptz not null default hangar.now(),
  times integer not null default 1,
  acknowledged_at timestamptz,
  acknowledged_by text,
  resolved_at timestamptz
);
create unique index alerts_one_open_per_subject on hangar.alerts (kind, subject) where resolved_at is null;
create index alerts_by_time on hangar.alerts (last_at);

-- Questions that only the worker can answer, because only it may ask Fly. Kept for a day.
create table hangar.inspections (
  id uuid primary key,
  user_id uuid not null,
  requested_by text not null,
  -- What if: {} as things are; {"override": {"desired", "guest"} | null}, {"forced": action}: as if that were so.
  question jsonb not null default '{}',
  created_at timestamptz not null default hangar.now(),
  done_at timestamptz,
  -- The plan and what it was made from, or what went wrong.
  result jsonb
);
create index inspections_by_time on hangar.inspections (created_at);

revoke all on all tables in schema hangar from public;
revoke all on all sequences in schema hangar from public;
select hangar.apply_client_grants();
