import { formatCount, formatDuration, formatCode } from '../../lib/format.ts'
import { Status } from '../../ui/status.tsx'
import { ended, goesOn, type Run } from './query.ts'

/** How far it is, drawn by its ends: done, failed, skipped, and what is left. */
export function BulkProgress({ bulk, what = 'Bulk' }: { bulk: Run; what?: string }) {
  const { done, failed, skipped } = bulk.counts
  const share = (count: number) => ({ width: `${bulk.total === 0 ? 0 : (count / bulk.total) * 100}%` })
  return (
    <span
      className="bulk-progress"
      role="progressbar"
      aria-label={`${what} ${bulk.id}`}
      aria-valuemin={0}
      aria-valuemax={bulk.total}
      aria-valuenow={ended(bulk)}
      aria-valuetext={`${formatCount(ended(bulk))} of ${formatCount(bulk.total)}`}
    >
      <span className="bulk-done" style={share(done)} />
      <span className="bulk-failed" style={share(failed)} />
      <span className="bulk-skipped" style={share(skipped)} />
    </span>
  )
}

/** It would go on, were it not for a brake. */
export const isHeld = ({ held_by, state }: Run): boolean => held_by !== null && state === 'running'

export function BulkState({ bulk }: { bulk: Run }) {
  if (isHeld(bulk)) return <Status state="paused" word="Held by a brake" />
  if (bulk.state === 'cancelled' && goesOn(bulk)) return <Status state="cancelled" word="Cancelled, ending" />
  return <Status state={bulk.state} />
}

/** `about 3 min` to the end, or why nobody can say. */
export function etaOf(bulk: Run): string {
  if (!goesOn(bulk)) return 'over'
  if (bulk.held_by !== null) return `waits for the brake ${formatCode(bulk.held_by).toLowerCase()}`
  if (bulk.eta_seconds === null) return 'nobody is asked now'
  return `about ${formatDuration(bulk.eta_seconds * 1_000)}`
}
