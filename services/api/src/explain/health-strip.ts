/** One line of time, in pieces of one health each: what a strip of colours shows. */
import type { AppRow, HealthChange } from '@hangar/db'

export type StripStatus = 'healthy' | 'unhealthy' | 'unknown' | 'none'
export type Segment = { from: Date; to: Date; status: StripStatus; message: string | null }

/** What each event says of health from then on. `none`: there is no app. */
const MEANS: Readonly<Record<string, StripStatus>> = {
  provision_started: 'unknown',
  provision_healthy: 'healthy',
  health_check_failed: 'unhealthy',
  health_check_recovered: 'healthy',
  repair_started: 'unhealthy',
  repair_completed: 'healthy',
  repair_failed: 'unhealthy',
  resize_completed: 'healthy',
  resize_failed: 'unhealthy',
  deprovision_started: 'unknown',
  deprovision_completed: 'none',
  deprovision_abandoned: 'none',
  app_missing: 'none',
  orphan_adopted: 'unknown',
}
export const HEALTH_EVENTS = Object.keys(MEANS)

export type StripFacts = {
  from: Date
  to: Date
  /** The last before `from`, and all since, oldest first. */
  changes: readonly HealthChange[]
  app: Pick<AppRow, 'healthStatus' | 'lastHealthCheck'> | null
}

export function healthStrip({ from, to, changes, app }: StripFacts): Segment[] {
  const marks = changes.map(({ at, eventType, message }) => ({
    at: at < from ? from : at,
    status: MEANS[eventType] ?? ('unknown' as const),
    message,
  }))
  if (marks[0]?.at.getTime() !== from.getTime()) marks.unshift({ at: from, status: 'none', message: null })
  // A look that could tell nothing leaves no event; the row has what is known now.
  const last = marks.at(-1)
  if (app && last && last.status !== app.healthStatus)
    marks.push({ at: laterOf(last.at, app.lastHealthCheck), status: app.healthStatus, message: null })
  const pieces = marks.map(({ at, status, message }, place) => ({
    from: at,
    to: marks[place + 1]?.at ?? to,
    status,
    message,
  }))
  return pieces.filter((piece) => piece.to > piece.from).reduce(merge, [])
}

function laterOf(a: Date, b: Date | null): Date {
  return b !== null && b > a ? b : a
}

function merge(segments: Segment[], piece: Segment): Segment[] {
  const before = segments.at(-1)
  if (before?.status !== piece.status) return [...segments, piece]
  before.to = piece.to
  return segments
}
