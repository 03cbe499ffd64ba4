/** From a machine that exists to an app that works, and the marks that say so. */
import { costStateOf, HangarError, sameGuest } from '@hangar/core'
import type { Machine } from '@hangar/fly-client'
import type { StepResult } from '../attempt.ts'
import { waitForMachine } from '../fly-wait.ts'
import { guestOf } from '../observe.ts'
import { awaitPermit } from '../permit.ts'
import { priceOfRow } from '../prices.ts'
import { type StepContext, record, operation } from './context.ts'

/** How soon to look again for the first heartbeat; the heartbeat itself wakes the job earlier. */
const HEALTH_POLL_MS = 5_000
const START_POLL_MS = 500

/** Waits a slice for the machine to start; longer waits park the job, so that they hold no slot. */
export async function awaitStarted(context: StepContext): Promise<StepResult> {
  const { attempt, row, seen } = context
  if (!row.flyMachineId) return 'replan'
  if (row.startedAt) return 'next'
  const { settings } = attempt.deps
  const state = await waitForMachine(attempt, row.flyAppName, row.flyMachineId, ['started'])
  if (state === null) {
    const waitedMs = seen.rows.now.getTime() - (row.launchedAt ?? row.createdAt).getTime()
    if (waitedMs <= settings.startDeadlineMs)
      return { waitMs: START_POLL_MS, reason: 'the machine is starting' }
    throw new HangarError('health_deadline', {
      operator: `machine ${row.flyMachineId} did not start in time`,
    })
  }
  await markStarted(context)
  return 'next'
}

async function markStarted(context: StepContext): Promise<void> {
  const { attempt, row } = context
  await record(
    context,
    { startedAt: 'now' },
    { type: `${operation(context)}_machine_started`, metadata: { machine_id: row.flyMachineId } },
    { cost: priceOfRow(attempt.deps.settings, row, 'running') },
  )
}

/** Healthy is a heartbeat since the launch from the row's own machine, or every check passing and at least one. */
export function awaitHealthy(context: StepContext): StepResult {
  const { attempt, row, seen } = context
  const { heartbeat, now } = seen.rows
  const startedAt = row.startedAt
  // This pass started the machine: a heartbeat can only be seen by a later look.
  if (!startedAt || startedAt > now)
    return { waitMs: START_POLL_MS, reason: 'waiting for the first heartbeat' }
  const beating =
    heartbeat?.lastHeartbeatAt != null &&
    heartbeat.lastHeartbeatAt >= (row.launchedAt ?? startedAt) &&
    heartbeat.machineId === row.flyMachineId
  if (beating || checksPass(seen.machines.find((machine) => machine.id === row.flyMachineId))) return 'next'
  const leftMs = startedAt.getTime() + attempt.deps.settings.healthDeadlineMs - now.getTime()
  if (leftMs <= 0)
    throw new HangarError('health_deadline', {
      operator: `${row.flyAppName} sent no heartbeat and passed no check`,
    })
  return { waitMs: Math.min(HEALTH_POLL_MS, leftMs), reason: 'waiting for the first heartbeat' }
}

/** The list of checks is empty right after a launch, so no result is no proof. */
function checksPass(machine: Machine | undefined): boolean {
  const checks = machine?.checks ?? []
  return checks.length > 0 && checks.every((check) => check.status === 'passing')
}

const AT_REST = {
  operation: null,
  errorCode: null,
  errorMessage: null,
  retryCount: 0,
  healthStatus: 'healthy',
} as const

export async function activate(context: StepContext): Promise<StepResult> {
  const { row } = context
  const metadata = { app: row.flyAppName, machine_id: row.flyMachineId, generation: row.generation }
  await record(context, { ...AT_REST, status: 'active', deployedAt: 'now', lastHealthCheck: 'now' }, [
    { type: 'provision_healthy', metadata },
    { type: 'provision_completed', metadata },
  ])
  // What is up now may have been begun for another tier: then it is resized next.
  const { entitlement } = context.attempt
  const asWanted = entitlement.kind === 'entitled' && sameGuest(entitlement.guest, guestOf(row))
  return asWanted ? 'settled' : 'replan'
}

/** The end of a resize or repair. */
export async function confirm(context: StepContext): Promise<StepResult> {
  const { row } = context
  const metadata = { app: row.flyAppName, machine_id: row.flyMachineId, guest: guestOf(row) }
  const patch = { ...AT_REST, status: 'active', lastHealthCheck: 'now', healthFailures: 0 } as const
  await record(context, patch, { type: `${operation(context)}_completed`, metadata })
  return 'replan'
}

/** Paced, unless it is the user's own doing: what has changed for a whole tier does not restart the whole tier at once. */
export async function beginResize(context: StepContext): Promise<StepResult> {
  const { attempt, row } = context
  const { guest: to, tier } =
    attempt.entitlement.kind === 'entitled' ? attempt.entitlement : { guest: guestOf(row), tier: row.tier }
  const wait = tier === row.tier ? await awaitPermit(attempt, 'correction') : null
  if (wait) return wait
  const metadata = { from: guestOf(row), to }
  await record(context, { operation: 'resize' }, { type: 'resize_started', status: 'started', metadata })
  return 'replan'
}

/** Paced over the whole fleet: whatever has stopped many machines at once, we do not start them all at once. */
export async function beginRepair(context: StepContext, reason: string): Promise<StepResult> {
  const wait = await awaitPermit(context.attempt, 'repair')
  if (wait) return wait
  const { row, seen, attempt } = context
  // A heartbeat from before proves nothing of what comes now, and a machine that is down costs its storage at most.
  const patch = {
    operation: 'repair',
    launchedAt: 'now',
    startedAt: null,
    healthStatus: 'unhealthy',
  } as const
  const event = { type: 'repair_started', status: 'started', message: reason } as const
  const isThere = seen.machines.some(({ state }) => costStateOf(state) !== null)
  const cost = isThere ? priceOfRow(attempt.deps.settings, row, 'stored') : null
  await record(context, patch, event, { cost })
  return 'replan'
}
