import { formatCode, formatCount, formatDuration } from '../../lib/format.ts'
import { Status } from '../../ui/status.tsx'
import { goesOn, type Migration } from './query.ts'

export function MigrationState({ migration }: { migration: Migration }) {
  const { state, held_by: brake, paused_because: because } = migration
  if (brake !== null && state === 'running') return <Status state="paused" word="Held by a brake" />
  if (because === 'failure_share') return <Status state="failed" word="Stopped: too many failed" />
  if (state === 'cancelled' && goesOn(migration)) return <Status state="cancelled" word="Cancelled, ending" />
  return <Status state={state} />
}

/** `about 3 min` to the end, or why nobody can say. */
export function etaOf(migration: Migration): string {
  if (!goesOn(migration)) return 'over'
  if (migration.held_by !== null) return `waits for the brake ${formatCode(migration.held_by).toLowerCase()}`
  if (migration.eta_seconds === null) return 'nobody is asked now'
  return `about ${formatDuration(migration.eta_seconds * 1_000)}`
}

export const waveOf = ({ wave, waves }: Migration): string => `${formatCount(wave)} of ${formatCount(waves)}`
