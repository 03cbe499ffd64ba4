import { formatCount } from '../../lib/format.ts'
import { Status } from '../../ui/status.tsx'
import { BulkState, isHeld } from '../bulk/progress.tsx'
import type { Migration } from './query.ts'

export function MigrationState({ migration }: { migration: Migration }) {
  if (migration.paused_because === 'failure_share' && !isHeld(migration))
    return <Status state="failed" word="Stopped: too many failed" />
  return <BulkState bulk={migration} />
}

export const waveOf = ({ wave, waves }: Migration): string => `${formatCount(wave)} of ${formatCount(waves)}`
