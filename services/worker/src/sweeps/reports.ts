/**
 * What an app's own reports say against it although they keep coming: one that crashes some seconds after each start beats
 * in every life, and one whose loop has died beats on.
 */
import type { HealthSubject } from '@hangar/db'

const MINUTE_MS = 60_000
/** The database keeps the last three restarts: the first of them says how long three have taken. */
const RESTARTS = 3
const RESTARTS_WITHIN_MS = 10 * MINUTE_MS

export type Reports = Pick<
  HealthSubject,
  'restartedAt' | 'lastCycleAt' | 'bootstrappedAt' | 'launchedAt' | 'runningTraders' | 'now'
>

/** Null: nothing. */
export function whatIsWrong(reports: Reports, noCyclesMs: number): string | null {
  return crashLooping(reports) ?? noCycles(reports, noCyclesMs)
}

function crashLooping({ restartedAt, now }: Reports): string | null {
  const [first] = restartedAt.slice(-RESTARTS)
  if (restartedAt.length < RESTARTS || !first) return null
  if (now.getTime() - first.getTime() > RESTARTS_WITHIN_MS) return null
  return `crash_looping: it restarted ${RESTARTS} times within ${RESTARTS_WITHIN_MS / MINUTE_MS} minutes`
}

/** Only of an app that tells of cycles at all, and has traders: since its start, or since it last asked what to run. */
function noCycles(reports: Reports, noCyclesMs: number): string | null {
  const { lastCycleAt, bootstrappedAt, launchedAt, runningTraders, now } = reports
  if (lastCycleAt === null || runningTraders === 0) return null
  const since = Math.max(...[lastCycleAt, bootstrappedAt, launchedAt].map((at) => at?.getTime() ?? 0))
  const idleMs = now.getTime() - since
  return idleMs > noCyclesMs
    ? `no_cycles: its traders last ran ${Math.floor(idleMs / MINUTE_MS)} minutes ago`
    : null
}
