-- Why: after a restore a user may have had lives that no row and no app tells of any more. Their next one must not take
--   the number, and with it the name, of one of those.
-- Locks: ACCESS EXCLUSIVE on hangar.brakes, a table of ours with five rows, for a change to the catalog. Nothing of the
--   host's.
-- Grants: none. Who may engage a brake may do this by it.

-- Of the brake `restored`: no life begins under this number. It follows the clock, not what is in the database, so that
-- a second restore, to before the first, goes above the first one's numbers too.
alter table hangar.brakes add column generation_floor integer not null default 0;

create function hangar.raise_generation_floor() returns trigger
language plpgsql
set search_path = ''
as $$
declare
  -- More lives than a user can have had between the moment that was restored and now.
  lost_at_most constant integer := 1000;
  minutes integer := (select floor(extract(epoch from hangar.now() - created_at) / 60) from hangar.installation);
begin
  new.generation_floor := greatest(old.generation_floor, lost_at_most + greatest(minutes, 0));
  return new;
end
$$;
create trigger raise_generation_floor before update of engaged_at on hangar.brakes
  for each row when (new.name = 'restored' and old.engaged_at is null and new.engaged_at is not null)
  execute function hangar.raise_generation_floor();

revoke all on all routines in schema hangar from public;
select hangar.apply_client_grants();
