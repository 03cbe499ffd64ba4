-- Why: users who pay and have no app of their own get one, in waves that stop by themselves where too many fail. It is
--   one more act on many users, in the tables of 0013.
-- Locks: ACCESS EXCLUSIVE on hangar.bulks, a table of ours with few rows, for the time of a change to the catalog. Nothing
--   of the host's.
-- Grants: none to PUBLIC, anon, authenticated or service_role. No table is new.
-- Rolling out: a worker of before does not know what to do with one. Begin the first when every worker is of this release.

alter table hangar.bulks
  drop constraint bulks_action_is_known,
  add constraint bulks_action_is_known check (
    action in ('retry', 'provision', 'deprovision', 'check_health', 'migrate')),
  -- Why it is paused. null: it is not, or was before this column.
  add column paused_because text constraint bulks_pause_is_known check (
    paused_because in ('operator', 'failure_share')),
  -- Users in a wave, by their place; null: all of them at once.
  add column wave_size integer constraint bulks_wave_size_is_sane check (wave_size between 1 and 100000),
  -- From the end of a wave to the first of the next one.
  add column wave_pause_ms integer constraint bulks_wave_pause_is_sane check (wave_pause_ms between 0 and 604800000),
  -- Above this share of failures it pauses itself. 1: never.
  add column stop_on_failure_share double precision constraint bulks_share_is_sane check (
    stop_on_failure_share between 0 and 1),
  -- So many, from the first place, are in waves; who was left out when it was made has the places after them.
  add column wave_users integer constraint bulks_wave_users_is_sane check (wave_users >= 0),
  -- The one whose users may be asked; the next begins when all of this one have come to an end.
  add column wave integer constraint bulks_wave_is_sane check (wave >= 1),
  -- Ends before it do not count for the share: somebody has seen them, and has gone on.
  add column failures_since timestamptz,
  add constraint bulks_waves_are_whole check (
    num_nulls(wave_size, wave_pause_ms, stop_on_failure_share, wave_users, wave, failures_since) in (0, 6)),
  add constraint bulks_migrate_in_waves check (action <> 'migrate' or wave_size is not null);
