/**
 * The graceful end of a running app. It is told three ways, because each can fail alone: in the answer to its next
 * heartbeat (as soon as drain_started_at is written), by POST /shutdown where it has an address, and by SIGTERM.
 */
import { costStateOf, shutdownToken } from '@hangar/core'
import { hasEventSince, setCostInterval } from '@hangar/db'
import { type StepResult, flyCall, write } from '../attempt.ts'
import { priceOfRow } from '../prices.ts'
import { type StepContext, insertStepEvent, record } from './context.ts'

const POST_TIMEOUT_MS = 5_000

export async function askToDrain(context: StepContext, machineId: string): Promise<StepResult> {
  const { attempt, row } = context
  const { fly, settings } = attempt.deps
  const work = row.teardownStartedAt ? 'deprovision' : 'resize'
  const metadata = {
    machine_id: machineId,
    grace_ms: settings.drainGraceMs,
    address: settings.drainUrlTemplate !== null,
  }
  await record(
    context,
    { drainStartedAt: 'now' },
    { type: `${work}_drain_started`, status: 'started', metadata },
  )
  if (settings.drainUrlTemplate !== null) {
    await postShutdown(context, settings.drainUrlTemplate)
  } else {
    const timeoutSeconds = Math.ceil(settings.drainGraceMs / 1000)
    const how = { signal: 'SIGTERM', timeout: `${timeoutSeconds}s` } as const
    await fly.machines.stop(row.flyAppName, machineId, how, flyCall(attempt))
  }
  return 'replan'
}

/** Best effort: an app that cannot be reached still has its heartbeat and SIGTERM to learn from. */
async function postShutdown({ attempt, seen, row }: StepContext, template: string): Promise<void> {
  const url = template.replaceAll('{app}', row.flyAppName)
  const token = shutdownToken(attempt.deps.keyRing, row.id, seen.rows.heartbeat?.tokenKeyId)
  const headers = { 'X-Shutdown-Token': token }
  try {
    const signal = AbortSignal.any([attempt.signal, AbortSignal.timeout(POST_TIMEOUT_MS)])
    const response = await fetch(url, { method: 'POST', headers, signal, redirect: 'error' })
    await response.body?.cancel()
    attempt.logger.info({ status: response.status }, 'asked the app to drain')
  } catch (error) {
    attempt.signal.throwIfAborted()
    attempt.logger.warn(
      { err: error },
      'the app could not be asked to drain; it learns from its heartbeat or SIGTERM',
    )
  }
}

/** Records how the drain ended. Runs again on each look until the machine is gone, and writes once. */
export async function endDrain({ attempt, seen, row }: StepContext): Promise<StepResult> {
  const startedAt = row.drainStartedAt
  if (!startedAt) return 'next'
  const { heartbeat, now } = seen.rows
  const reported = heartbeat?.drainedAt != null && heartbeat.drainedAt >= startedAt
  const work = row.teardownStartedAt ? 'deprovision' : 'resize'
  const type = `${work}_drained`
  const waitedMs = now.getTime() - startedAt.getTime()
  const isOver = await write(attempt, async (tx) => {
    if (await hasEventSince(tx, row.id, type, startedAt)) return false
    const graceElapsed = waitedMs >= attempt.deps.settings.drainGraceMs
    const ended = reported ? 'reported' : graceElapsed ? 'grace_elapsed' : 'machine_stopped'
    const metadata = {
      ended,
      waited_ms: waitedMs,
      report: heartbeat?.drained ?? null,
    }
    await insertStepEvent(tx, attempt, row, { type, status: reported ? 'success' : 'failed', metadata })
    // Asked by SIGTERM, the machine has stopped by itself, and no step stops it any more.
    const own = seen.machines.find(({ id }) => id === row.flyMachineId)
    if (own && costStateOf(own.state) === 'stored')
      await setCostInterval(tx, row.id, priceOfRow(attempt.deps.settings, row, 'stored'))
    return true
  })
  if (isOver) attempt.deps.instruments?.waited(work, 'drain', waitedMs)
  return 'next'
}
