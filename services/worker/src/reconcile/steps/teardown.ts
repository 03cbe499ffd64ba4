/** The steps that end a generation. Each counts "already gone" as done, so teardown works from every state. */
import { HangarError, monthlyCostUsd } from '@hangar/core'
import {
  type AppRow,
  type Database,
  hasEventSince,
  returnTraders,
  setCostInterval,
  sumCostUsd,
  summarizeEvents,
  takeTeardownSlot,
  type TeardownSlot,
  type Tx,
  updateApp,
} from '@hangar/db'
import { FlyError } from '@hangar/fly-client'
import { type Attempt, type StepResult, flyCall, guard, write } from '../attempt.ts'
import { type Observation, guestOf } from '../observe.ts'
import { awaitPermit } from '../permit.ts'
import { type StepContext, type StepEvent, insertStepEvent, record, operation } from './context.ts'

const GONE_POLL_MS = 1_000
const FIRST_ASK_AGAIN_MS = 1_000
const MOST_ASK_AGAIN_MS = 30_000
/** Shorter than the deadline that tells an operator of the teardown: by then its error is on record. */
const GONE_DEADLINE_MS = 10 * 60_000

/**
 * The point of no return for this generation: from here on it is finished, never revived. Counted in the same
 * transaction: the one too many engages the brake instead.
 */
export async function beginTeardown(context: StepContext): Promise<StepResult> {
  const { attempt } = context
  const slot = await attempt.deps.db.transaction().execute(async (tx) => {
    const { deps, entitlement } = attempt
    const taken =
      attempt.forced === null ? await takeTeardownSlot(tx, { actor: deps.owner, entitlement }) : NOT_COUNTED
    if (taken.kind === 'go') await recordBeginning(context, tx, taken.approvalId)
    return taken
  })
  if (slot.kind === 'held' && slot.engagedNow)
    attempt.logger.error({ brake: 'deletion_burst' }, 'brake engaged')
  return 'replan'
}

/** What an operator forces on one row is no part of a burst. */
const NOT_COUNTED: TeardownSlot = { kind: 'go', approvalId: null }

async function recordBeginning(context: StepContext, tx: Tx, burstApprovalId: number | null): Promise<void> {
  const { attempt, row } = context
  const events: StepEvent[] = []
  if (!row.deployedAt) events.push({ type: 'provision_superseded', status: 'skipped' })
  if (row.operation) events.push({ type: `${row.operation}_superseded`, status: 'skipped' })
  events.push({
    type: 'deprovision_started',
    status: 'started',
    message: attempt.entitlement.reason,
    metadata: { app: row.flyAppName, forced: attempt.forced },
  })
  const fresh = { errorCode: null, errorMessage: null, retryCount: 0 }
  const doomed = {
    status: 'deprovisioning',
    teardownStartedAt: 'now',
    operation: null,
    burstApprovalId,
  } as const
  await record(context, { ...fresh, ...doomed }, events, {}, tx)
}

export async function deleteMachine(context: StepContext, machineId: string): Promise<StepResult> {
  const { attempt, row } = context
  await attempt.deps.fly.machines.delete(row.flyAppName, machineId, { force: true }, flyCall(attempt))
  const event = { type: `${operation(context)}_machine_deleted`, metadata: { machine_id: machineId } }
  const own = machineId === row.flyMachineId
  const patch =
    own && !row.teardownStartedAt ? { flyMachineId: null, flyInstanceId: null, startedAt: null } : {}
  await record(context, patch, event, {
    ...(own ? { cost: null } : {}),
    returnTraders: own && row.teardownStartedAt !== null,
    stoppedMachineId: machineId,
  })
  return 'next'
}

/**
 * Asks Fly to delete the app, and asks again after a growing pause as long as the look before this step still shows it:
 * each request takes one of the fleet's permits, and a deletion that Fly is slow at must not take those of all others.
 * Each has its event, so that whoever goes on knows of the last. Past the deadline a request counts as a failed attempt.
 */
export async function deleteApp(context: StepContext): Promise<StepResult> {
  const { attempt, row } = context
  const asked = await summarizeEvents(attempt.deps.db, row.id, DELETING, row.createdAt)
  const leftMs = asked.times === 0 ? 0 : askAgainMs(asked.times) - asked.sinceLastMs
  if (leftMs > 0) return stillShown(Math.min(leftMs, pollMs(asked.sinceFirstMs)))
  const event = { type: DELETING, status: 'started', metadata: { app: row.flyAppName } } as const
  const result = await removeApp(attempt, row.flyAppName, () => record(context, {}, event))
  if (result === 'gone') return 'next'
  // A later look believes a plain "not found" only of a deletion that Fly has taken on.
  if (result === 'accepted')
    await record(context, {}, { type: 'deprovision_app_delete_accepted', metadata: { app: row.flyAppName } })
  // No machine is left by now, and in a burst the wait is long: nobody's traders wait with it.
  await returnTraders(attempt.deps.db, row.id)
  if (typeof result === 'object' || result === 'replan') return result
  if (asked.sinceFirstMs > GONE_DEADLINE_MS)
    throw new HangarError('app_not_deleted', {
      operator: `Fly still shows ${row.flyAppName} after ${asked.times + 1} requests to delete it`,
    })
  return stillShown(pollMs(asked.sinceFirstMs))
}

/** 1, 2, 4, 8, 16, and from then on 30 s after the last request. */
function askAgainMs(times: number): number {
  return Math.min(FIRST_ASK_AGAIN_MS * 2 ** (times - 1), MOST_ASK_AGAIN_MS)
}

/** Looks are cheap beside requests, and end soon what took long. */
function pollMs(sinceFirstMs: number): number {
  return Math.round(Math.min(Math.max(GONE_POLL_MS, sinceFirstMs / 4), MOST_ASK_AGAIN_MS / 2))
}

function stillShown(waitMs: number): StepResult {
  return { waitMs, reason: 'Fly still shows the app' }
}

/**
 * Deletes an app and calls it gone only when Fly took the deletion on and no longer knows it: a deletion is accepted before
 * it is done (`accepted`: Fly still shows the app), and "not found" may be mistaken (`unconfirmed`). That we mean to is
 * written first (`announce`), so that whoever finds the app gone knows who did it. The permit and the event take time:
 * that it may be deleted is asked once more right before.
 */
export async function removeApp(
  attempt: Attempt,
  name: string,
  announce: () => Promise<void>,
): Promise<'gone' | 'unconfirmed' | 'accepted' | 'shown' | 'replan' | { waitMs: number; reason: string }> {
  const { apps } = attempt.deps.fly
  const wait = await awaitPermit(attempt, 'fly_app_delete')
  if (wait) return wait
  await announce()
  if ((await guard(attempt)) === 'replan') return 'replan'
  const deleted = await apps.delete(name, { force: true }, flyCall(attempt))
  await guard(attempt)
  const isTakenOn = deleted === 'accepted'
  try {
    await apps.get(name, flyCall(attempt))
  } catch (error) {
    if (error instanceof FlyError && error.code === 'not_found') return isTakenOn ? 'gone' : 'unconfirmed'
    throw error
  }
  return isTakenOn ? 'accepted' : 'shown'
}

const DELETING = 'deprovision_app_deleting'

function isOurDeletion(db: Database | Tx, row: AppRow): Promise<boolean> {
  return hasEventSince(db, row.id, DELETING, row.createdAt)
}

/** Ends the row: its cost figured one last time, its history kept. */
export async function close(context: StepContext, reason: string): Promise<StepResult> {
  const { attempt, seen, row } = context
  await write(attempt, async (tx) => {
    const facts = await endRow(context, tx)
    await returnTraders(tx, row.id)
    await insertStepEvent(tx, attempt, row, await endOf(tx, row, reason))
    if (row.teardownStartedAt)
      await insertStepEvent(tx, attempt, row, { type: 'deprovision_completed', metadata: facts })
  })
  seen.row = null
  return 'replan'
}

/**
 * Ends the row and leaves Fly as it is: the name stays ours for ever, so the orphan scan finds what is left of it. An
 * app that may still be trading keeps its user's traders until it is told that it is over, by the shim's next answer.
 */
export async function abandon(context: StepContext, message: string): Promise<StepResult> {
  const { attempt, seen, row } = context
  await write(attempt, async (tx) => {
    const metadata = await endRow(context, tx)
    if (!mayBeTrading(seen, row)) await returnTraders(tx, row.id)
    await insertStepEvent(tx, attempt, row, {
      type: 'deprovision_abandoned',
      status: 'skipped',
      message,
      metadata,
    })
  })
  seen.row = null
  return 'replan'
}

/** It asked what to run, and has not said since that it drained. */
function mayBeTrading({ rows: { heartbeat } }: Observation, row: AppRow): boolean {
  if (heartbeat?.bootstrappedAt == null) return false
  return (
    heartbeat.drainedAt === null || row.drainStartedAt === null || heartbeat.drainedAt < row.drainStartedAt
  )
}

async function endRow({ attempt, row }: StepContext, tx: Tx): Promise<Record<string, unknown>> {
  const { priceModel } = attempt.deps.settings
  const estimate = monthlyCostUsd(priceModel, guestOf(row), row.region).toFixed(2)
  await setCostInterval(tx, row.id, null)
  const finalCostUsd = await sumCostUsd(tx, row.id)
  await updateApp(tx, row.id, {
    status: 'deleted',
    deletedAt: 'now',
    operation: null,
    healthStatus: 'unknown',
    errorCode: null,
    errorMessage: null,
    retryCount: 0,
    monthlyCostEstimateUsd: estimate,
    finalCostUsd,
  })
  return { app: row.flyAppName, final_cost_usd: finalCostUsd, monthly_cost_estimate_usd: estimate }
}

/** An app that never had a machine may never have been made: nobody deleted it, and nobody misses it. */
async function endOf(tx: Tx, row: AppRow, reason: string): Promise<StepEvent> {
  const metadata = { app: row.flyAppName }
  if (await isOurDeletion(tx, row)) return { type: 'deprovision_app_deleted', metadata }
  if (row.flyMachineId !== null || row.deployedAt !== null)
    return { type: 'app_missing', status: 'skipped', message: reason, metadata }
  return { type: 'deprovision_app_deleted', status: 'skipped', message: 'there was no app', metadata }
}
