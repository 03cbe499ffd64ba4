/**
 * The graceful end of a running app. It is told three ways, because each can fail alone: in the answer to its next
 * heartbeat (as soon as drain_started_at is written), by POST /shutdown where it has an address, and by SIGTERM.
 */
import { costStateOf, shutdownToken } from '@hangar/core'
import {
  type AppRow,
  type DrainReport,
  hasEventSince,
  type NewAlert,
  raiseAlert,
  setCostInterval,
} from '@hangar/db'
import { FlyError } from '@hangar/fly-client'
import { type StepResult, flyCall, guard, write } from '../attempt.ts'
import { priceOfRow } from '../prices.ts'
import { type StepContext, insertStepEvent, record } from './context.ts'

const POST_TIMEOUT_MS = 5_000
/** Gone, or come to an end by itself: either way it runs no more. */
export const HAS_ENDED = new Set(['not_found', 'machine_failed'])

/**
 * Begins the drain, and says so again on each look until Fly or the app has answered for it: a worker that dies between
 * asking and writing it down asks twice, which does no harm. What is left of the grace is all that it has by then.
 */
export async function askToDrain(context: StepContext, machineId: string): Promise<StepResult> {
  const { attempt, row, seen } = context
  const { settings } = attempt.deps
  if (row.drainStartedAt === null) await recordBeginning(context, machineId)
  const startedAt = row.drainStartedAt ?? seen.rows.now
  const leftMs = startedAt.getTime() + settings.drainGraceMs - seen.rows.now.getTime()
  const isTold =
    settings.drainUrlTemplate !== null && (await postShutdown(context, settings.drainUrlTemplate))
  if (!isTold) {
    // The call before may have taken its time.
    if (settings.drainUrlTemplate !== null && (await guard(attempt)) === 'replan') return 'replan'
    await stopWithin(context, machineId, leftMs)
  }
  const type = `${workOf(context)}_drain_${isTold ? 'told' : 'signalled'}`
  await record(context, { drainToldAt: 'now' }, { type, metadata: { machine_id: machineId } })
  return 'replan'
}

async function recordBeginning(context: StepContext, machineId: string): Promise<void> {
  const { drainGraceMs, drainUrlTemplate } = context.attempt.deps.settings
  const type = `${workOf(context)}_drain_started`
  const metadata = { machine_id: machineId, grace_ms: drainGraceMs, address: drainUrlTemplate !== null }
  await record(context, { drainStartedAt: 'now', drainToldAt: null }, { type, status: 'started', metadata })
}

/** SIGTERM now, and SIGKILL when the grace is over. */
async function stopWithin({ attempt, row }: StepContext, machineId: string, leftMs: number): Promise<void> {
  const timeout = `${Math.max(1, Math.ceil(leftMs / 1000))}s`
  const how = { signal: 'SIGTERM', timeout } as const
  try {
    await attempt.deps.fly.machines.stop(row.flyAppName, machineId, how, flyCall(attempt))
  } catch (error) {
    // There is nobody left to tell.
    if (!(error instanceof FlyError) || !HAS_ENDED.has(error.code)) throw error
  }
}

/** True once the app has taken it; one that cannot be reached, or refuses, is told by SIGTERM. */
async function postShutdown({ attempt, seen, row }: StepContext, template: string): Promise<boolean> {
  const url = template.replaceAll('{app}', row.flyAppName)
  const token = shutdownToken(attempt.deps.keyRing, row.id, seen.rows.heartbeat?.tokenKeyId)
  const headers = { 'X-Shutdown-Token': token }
  try {
    const signal = AbortSignal.any([attempt.signal, AbortSignal.timeout(POST_TIMEOUT_MS)])
    const response = await fetch(url, { method: 'POST', headers, signal, redirect: 'error' })
    await response.body?.cancel()
    if (response.ok) return true
    attempt.logger.warn(
      { status: response.status },
      'the app did not take the word to drain; SIGTERM follows',
    )
  } catch (error) {
    attempt.signal.throwIfAborted()
    attempt.logger.warn({ err: error }, 'the app could not be asked to drain; SIGTERM follows')
  }
  return false
}

function workOf({ row }: StepContext): 'deprovision' | 'resize' {
  return row.teardownStartedAt ? 'deprovision' : 'resize'
}

/** Records how the drain ended, and tells of what was lost. Runs again on each look until the machine is gone, and writes once. */
export async function endDrain(context: StepContext): Promise<StepResult> {
  const { attempt, seen, row } = context
  const startedAt = row.drainStartedAt
  if (!startedAt) return 'next'
  const work = workOf(context)
  const type = `${work}_drained`
  const waitedMs = seen.rows.now.getTime() - startedAt.getTime()
  const end = howItEnded(context, startedAt, waitedMs)
  const isOver = await write(attempt, async (tx) => {
    if (await hasEventSince(tx, row.id, type, startedAt)) return false
    const status = end.ended === 'reported' ? 'success' : 'failed'
    await insertStepEvent(tx, attempt, row, { type, status, metadata: { ...end, waited_ms: waitedMs } })
    if (end.lost > 0) await raiseAlert(tx, lossOf(row, end))
    // Asked by SIGTERM, the machine has stopped by itself, and no step stops it any more.
    const own = seen.machines.find(({ id }) => id === row.flyMachineId)
    if (own && costStateOf(own.state) === 'stored')
      await setCostInterval(tx, row.id, priceOfRow(attempt.deps.settings, row, 'stored'))
    return true
  })
  if (isOver) attempt.deps.instruments?.waited(work, 'drain', waitedMs)
  return 'next'
}

type End = {
  ended: 'reported' | 'grace_elapsed' | 'machine_stopped'
  /** Of this very drain: an app that was started anew since an earlier one still has that one's. */
  report: DrainReport | null
  /** What it had when it was last heard of; null where it never said. */
  buffered_signals: number | null
  /** As far as it is known. */
  lost: number
}

function howItEnded({ attempt, seen }: StepContext, startedAt: Date, waitedMs: number): End {
  const { heartbeat } = seen.rows
  const isReported = heartbeat?.drainedAt != null && heartbeat.drainedAt >= startedAt
  const report = isReported ? heartbeat.drained : null
  const buffered = heartbeat?.bufferedSignals ?? null
  const graceElapsed = waitedMs >= attempt.deps.settings.drainGraceMs
  return {
    ended: isReported ? 'reported' : graceElapsed ? 'grace_elapsed' : 'machine_stopped',
    report,
    buffered_signals: buffered,
    lost: report ? report.lost + (report.rejected ?? 0) : (buffered ?? 0),
  }
}

/** It is a fact, and no state: a day later it is taken from the list. */
function lossOf(row: AppRow, { ended, report, buffered_signals, lost }: End): NewAlert {
  const message = report
    ? `${report.lost} items could not be delivered and ${report.rejected ?? 0} were refused`
    : `no report, and ${lost} signals in its buffer when it was last heard of`
  const details = { app: row.flyAppName, ended, report, buffered_signals }
  return { kind: 'drain_lost', subject: row.userId, severity: 'warning', message, details }
}
