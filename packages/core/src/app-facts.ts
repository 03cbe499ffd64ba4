/** What an app's own reports say of it, for whoever plans. */
import { HEARTBEAT_INTERVAL_MS } from './lifecycle.ts'
import type { AppFacts } from './world.ts'

/** An app that has drained unasked is asked by each answer to a heartbeat; who has not asked back after three idles. */
const UNHEARD_MS = 3 * HEARTBEAT_INTERVAL_MS

export type AppReports = {
  bootstrappedAt: Date | null
  drainedAt: Date | null
  refusedMachineId: string | null
}

type RowSaid = {
  flyMachineId: string | null
  teardownStartedAt: Date | null
  drainStartedAt: Date | null
}

/** When the app reported a drain, if it has not asked what to run since. */
export function lastWordDrained({
  drainedAt,
  bootstrappedAt,
}: Pick<AppReports, 'drainedAt' | 'bootstrappedAt'>): Date | null {
  return drainedAt && (!bootstrappedAt || drainedAt > bootstrappedAt) ? drainedAt : null
}

/** From then on it certainly idles; before, its report may be the late one of the process before. */
export function idleFrom(drainedAt: Date): Date {
  return new Date(drainedAt.getTime() + UNHEARD_MS)
}

export function appFactsOf(row: RowSaid | null, reports: AppReports | null): AppFacts {
  return {
    bootstrapped: reports?.bootstrappedAt != null,
    drainedAt: reports?.drainedAt ?? null,
    idle: row && reports && idleOf(row, reports),
  }
}

function idleOf(row: RowSaid, reports: AppReports): AppFacts['idle'] {
  if (reports.refusedMachineId !== null && reports.refusedMachineId === row.flyMachineId)
    return { from: null, reason: 'it was told that its time is over, and idles' }
  if (row.teardownStartedAt || row.drainStartedAt) return null
  const drainedAt = lastWordDrained(reports)
  return drainedAt && { from: idleFrom(drainedAt), reason: 'it has drained unasked, and idles' }
}
