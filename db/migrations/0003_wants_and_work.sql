-- Why: what each user may need (wants) and who is at work on it (work). Two tables, because the host's own
--   transaction writes user_wants and may stay open for long: it must never block a lease.
-- Locks: nothing that exists before. No foreign keys, to the host or between the two, for the same reason.
-- Grants: none to PUBLIC, anon, authenticated or service_role; the schema is not exposed.

-- Written by the host's trigger, the API, health and the sweeps. Never by a worker that holds the lease.
create table hangar.user_wants (
  user_id uuid primary key,
  -- Raised by one for each reason to look at the user. There is work while it is above user_work.done_version.
  wanted_version bigint not null default 0,
  -- What raised it last.
  source text,
  -- Sweeps act on enrolled users only, so that a first start does not provision everybody.
  enrolled_at timestamptz,
  -- Together they tell "the row was deleted" from "the row is gone and nobody saw it go", which never destroys.
  host_row_seen_at timestamptz,
  host_row_deleted_at timestamptz,
  updated_at timestamptz not null default hangar.now()
);

-- Written by workers only.
create table hangar.user_work (
  user_id uuid primary key,
  -- Everything wanted up to this version is done.
  done_version bigint not null default 0,
  -- The wanted_version that the last claim read: a newer want makes a waiting row due at once.
  planned_version bigint not null default 0,
  owner text,
  -- Raised by each claim. A write under an older fence is refused.
  fence bigint not null default 0,
  lease_expires_at timestamptz,
  failed_attempts integer not null default 0,
  failed_version bigint not null default 0,
  next_attempt_at timestamptz,
  -- Why it waits: parked for something to happen, or failed and backing off.
  parked_reason text,
  failed_reason text,
  updated_at timestamptz not null default hangar.now(),
  constraint user_work_owner_has_expiry check ((owner is null) = (lease_expires_at is null))
);

-- An operator's word, which outranks the tier while it lasts.
create table hangar.user_overrides (
  id bigint generated always as identity primary key,
  user_id uuid not null,
  desired text not null constraint user_overrides_desired_is_known check (desired in ('on', 'off', 'paused')),
  guest jsonb,
  region text,
  reason text not null constraint user_overrides_reason_is_given check (btrim(reason) <> ''),
  actor text not null,
  created_at timestamptz not null default hangar.now(),
  expires_at timestamptz,
  ended_at timestamptz
);
create unique index user_overrides_one_open_per_user on hangar.user_overrides (user_id) where ended_at is null;
create index user_overrides_by_user on hangar.user_overrides (user_id, id);

revoke all on all tables in schema hangar from public;
revoke all on all sequences in schema hangar from public;
select hangar.apply_client_grants();
