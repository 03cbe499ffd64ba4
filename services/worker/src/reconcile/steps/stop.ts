/**
 * A machine is brought to a stop, before it is deleted or changed:
 *
 *   running ─asked─▶ stopped: on record, the next step
 *              └───▶ not stopped yet: on record once, asked again at each look, ever less often
 *                      └─deadline─▶ in a teardown: deleted by force, by the steps that follow
 *                                   in a resize: a failed attempt, for the machine is to live on
 *
 * The time counts from an answer of Fly (it is stopping, or may not be stopped now), never from a call that got none: by
 * the deadline the kill timeout is long over.
 */
import { HangarError } from '@hangar/core'
import { summarizeEvents } from '@hangar/db'
import { FlyError } from '@hangar/fly-client'
import { type StepResult, flyCall, guard } from '../attempt.ts'
import { waitForMachine } from '../fly-wait.ts'
import { priceOfRow } from '../prices.ts'
import { type StepContext, record, operation } from './context.ts'
import { HAS_ENDED } from './drain.ts'

const KILL_AFTER = '5s'
const SOONEST_ASK_AGAIN_MS = 1_000
const LATEST_ASK_AGAIN_MS = 15_000
/** Fly's words for "not in the state that it is in". */
const REFUSED_FOR_ITS_STATE = new Set(['conflict', 'replaced'])

export async function stopMachine(context: StepContext, machineId: string): Promise<StepResult> {
  const { attempt, row } = context
  const waited = await waitedFor(context, machineId)
  const isOverdue = waited.ms > attempt.deps.settings.startDeadlineMs
  if (isOverdue && row.teardownStartedAt) {
    attempt.logger.warn(
      { machineId, waitedMs: waited.ms },
      'the machine does not stop: it is deleted by force',
    )
    return 'next'
  }
  if (!(await stop(context, machineId))) {
    if (isOverdue)
      throw new HangarError('machine_not_stopped', {
        operator: `machine ${machineId} has not stopped ${Math.round(waited.ms / 1_000)} s after it was asked to`,
      })
    if (!waited.isOnRecord) await recordWait(context, machineId)
    const waitMs = Math.min(Math.max(SOONEST_ASK_AGAIN_MS, waited.ms / 4), LATEST_ASK_AGAIN_MS)
    return { waitMs: Math.round(waitMs), reason: 'the machine is stopping' }
  }
  const event = { type: `${operation(context)}_machine_stopped`, metadata: { machine_id: machineId } }
  const own = machineId === row.flyMachineId
  const cost = own ? { cost: priceOfRow(attempt.deps.settings, row, 'stored') } : {}
  await record(context, {}, event, {
    ...cost,
    returnTraders: own && row.teardownStartedAt !== null,
    stoppedMachineId: machineId,
  })
  return 'next'
}

/** Asks it to stop and waits a slice. False: not yet. */
async function stop({ attempt, row }: StepContext, machineId: string): Promise<boolean> {
  const how = { signal: 'SIGTERM', timeout: KILL_AFTER } as const
  try {
    await attempt.deps.fly.machines.stop(row.flyAppName, machineId, how, flyCall(attempt))
    await guard(attempt)
    return (await waitForMachine(attempt, row.flyAppName, machineId, ['stopped'])) !== null
  } catch (error) {
    if (!(error instanceof FlyError)) throw error
    if (HAS_ENDED.has(error.code)) return true
    // One that is to live on is not waited for: what is in its way is counted and told like any other failure.
    if (row.teardownStartedAt && REFUSED_FOR_ITS_STATE.has(error.code)) return false
    throw error
  }
}

const waiting = (context: StepContext) => `${operation(context)}_machine_stopping`

/** How long this machine has been waited for, in the life that it has now. */
async function waitedFor(
  context: StepContext,
  machineId: string,
): Promise<{ isOnRecord: boolean; ms: number }> {
  const { attempt, row } = context
  const since = row.launchedAt ?? row.createdAt
  const asked = await summarizeEvents(attempt.deps.db, row.id, waiting(context), since, machineId)
  return { isOnRecord: asked.times > 0, ms: asked.sinceFirstMs }
}

async function recordWait(context: StepContext, machineId: string): Promise<void> {
  const metadata = { machine_id: machineId }
  await record(context, {}, { type: waiting(context), status: 'started', metadata })
}
