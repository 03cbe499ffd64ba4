-- Why: what the admin's page asks (lists and counts of apps, what happened in the whole fleet) is answered from an index
--   at ten thousand apps and a million events. And its live stream can be resumed without a gap: rows become visible in
--   another order than that of their ids, so each row that is streamed says which transaction wrote it.
-- Locks: user_fly_app_events, user_fly_apps, audit_log and alerts are ours and get columns that need no rewrite. While
--   an index of theirs is built (seconds at a million events) what writes to that table waits. No host table is touched.
-- Grants: none to PUBLIC, anon, authenticated or service_role.

-- In two steps: what is there already stays null, and nothing is rewritten.
alter table public.user_fly_app_events add column changed_in xid8;
alter table public.user_fly_app_events alter column changed_in set default pg_current_xact_id();
alter table hangar.audit_log add column changed_in xid8;
alter table hangar.audit_log alter column changed_in set default pg_current_xact_id();
-- Alerts are changed in many places: a trigger forgets none of them.
alter table hangar.alerts add column changed_in xid8;

create function hangar.stamp_change() returns trigger
language plpgsql
set search_path = ''
as $$
begin
  new.changed_in := pg_current_xact_id();
  return new;
end
$$;
revoke execute on function hangar.stamp_change() from public;
create trigger stamp_change before insert or update on hangar.alerts
  for each row execute function hangar.stamp_change();

create index user_fly_app_events_by_change on public.user_fly_app_events (changed_in, id) where changed_in is not null;
create index audit_log_by_change on hangar.audit_log (changed_in, id) where changed_in is not null;
create index alerts_by_change on hangar.alerts (changed_in, id) where changed_in is not null;

-- Events of one type, and the few that did not succeed, of the whole fleet.
create index user_fly_app_events_by_type on public.user_fly_app_events (event_type, id);
create index user_fly_app_events_unlucky on public.user_fly_app_events (status, id) where status in ('failed', 'skipped');
create index audit_log_by_actor on hangar.audit_log (actor, id);
create index audit_log_by_action on hangar.audit_log (action, id);

-- The usual order of the list. Rows are never deleted: in time most of them are of apps that are gone.
create index user_fly_apps_live_by_creation on public.user_fly_apps (created_at, id) where deleted_at is null;
create index user_fly_apps_live_by_id on public.user_fly_apps (id) where deleted_at is null;
create index user_fly_apps_deleted_by_creation on public.user_fly_apps (created_at, id) where deleted_at is not null;
create index user_fly_apps_drifted on public.user_fly_apps (user_id) where deleted_at is null and drift is not null;

select hangar.apply_client_grants();
