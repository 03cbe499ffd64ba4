/** What is known of one user, in the API's words. */
import { type DriftField, policyOf, sameGuest } from '@hangar/core'
import type { z } from 'zod'
import { operationUnderWay, progressOf } from '../../../explain/progress.ts'
import type { UserReadings } from '../../../explain/read.ts'
import { explainNext, explainWhy, isPending, isRunning } from '../../../explain/why.ts'
import { guestOf } from '../../../explain/world.ts'
import { viewApp } from '../fields.ts'
import { viewOverride } from '../override-view.ts'
import { viewAlert } from '../list-alerts/view.ts'
import type { userAnswer } from './schema.ts'

export function viewUser(
  userId: string,
  read: UserReadings,
  defaultRegion: string,
): z.output<typeof userAnswer> {
  const { app, generations, rows, world, override, want, alerts, cost, placement } = read
  const { kind, reason } = world.entitlement
  const known = { ...read, overrideReason: override?.reason ?? null }
  const operation = operationUnderWay(app)
  const failed = isPending(read) && !isRunning(read) && (read.work?.failedAttempts ?? 0) > 0
  return {
    user_id: userId,
    email: read.email,
    subscription: rows.subscription,
    entitlement: { kind, reason },
    override: override && viewOverride(override),
    wanted_version: want?.wantedVersion ?? 0,
    app: app && viewApp(app),
    previous: generations.filter(({ id }) => id !== app?.id).map(viewApp),
    work: viewWork(read),
    desired: viewDesired(read, defaultRegion),
    observed: { machine: viewMachine(read), heartbeat: viewHeartbeat(read), health: viewHealth(read) },
    differences: differencesOf(read),
    why: explainWhy(known),
    next: explainNext(known),
    progress: operation && progressOf(operation, read.events, { failed }),
    placement: {
      runs_on: placement?.runsOn ?? 'shared',
      user_fly_app_id: placement?.userFlyAppId ?? null,
      machine_id: placement?.machineId ?? null,
      since: placement?.since ?? null,
      held_until: placement?.heldUntil ?? null,
    },
    alerts: alerts.map(viewAlert),
    cost: { month_usd: cost.monthUsd, monthly_estimate_usd: app?.monthlyCostEstimateUsd ?? null },
  }
}

function viewWork(read: UserReadings) {
  const { want, work } = read
  return {
    wanted_version: want?.wantedVersion ?? 0,
    done_version: work?.doneVersion ?? 0,
    failed_attempts: work?.failedAttempts ?? 0,
    failed_reason: work?.failedReason ?? null,
    next_attempt_at: work?.nextAttemptAt ?? null,
    parked_reason: work?.parkedReason ?? null,
    lease_expires_at: work?.leaseExpiresAt ?? null,
    running: isRunning(read),
  }
}

function viewDesired({ world: { entitlement }, app }: UserReadings, defaultRegion: string) {
  const isEntitled = entitlement.kind === 'entitled'
  return {
    exists: entitlement.kind === 'unknown' ? null : isEntitled,
    tier: isEntitled ? entitlement.tier : null,
    guest: isEntitled ? entitlement.guest : null,
    region: isEntitled ? (entitlement.region ?? app?.region ?? defaultRegion) : null,
    image: isEntitled ? (app?.image ?? null) : null,
  }
}

function viewMachine({ app, cost }: UserReadings) {
  return (
    app && {
      id: app.flyMachineId,
      instance_id: app.flyInstanceId,
      state: cost.state,
      since: cost.since,
      guest: guestOf(app),
      region: app.region,
      image: app.image,
      launched_at: app.launchedAt,
      started_at: app.startedAt,
    }
  )
}

function viewHeartbeat({ rows: { heartbeat, now } }: UserReadings) {
  return (
    heartbeat && {
      at: heartbeat.lastHeartbeatAt,
      age_ms: heartbeat.lastHeartbeatAt && Math.max(0, now.getTime() - heartbeat.lastHeartbeatAt.getTime()),
      running_trader_ids: heartbeat.runningTraderIds,
      last_cycle_at: heartbeat.lastCycleAt,
      buffered_signals: heartbeat.bufferedSignals,
      memory_mb: heartbeat.memoryMb,
      version: heartbeat.version,
      bootstrapped_at: heartbeat.bootstrappedAt,
      drained_at: heartbeat.drainedAt,
      restarted_at: heartbeat.restartedAt,
    }
  )
}

function viewHealth({ app, healthMessage }: UserReadings) {
  return (
    app && {
      status: app.healthStatus,
      checked_at: app.lastHealthCheck,
      failures: app.healthFailures,
      message: healthMessage,
    }
  )
}

type Difference = z.output<typeof userAnswer>['differences'][number]

/** What the row says against what the user should have, and what was found changed on Fly. */
function differencesOf({ world: { entitlement }, app, override }: UserReadings): Difference[] {
  if (entitlement.kind === 'unknown') return drifted(app?.drift?.fields ?? [])
  const should = entitlement.kind === 'entitled'
  if (!app) return should ? [differs('app', 'one', null)] : []
  if (!should) return [differs('app', null, app.flyAppName)]
  const wanted = entitlement.guest
  return [
    ...(app.teardownStartedAt ? [differs('app', 'a new one', `${app.flyAppName}, which is ending`)] : []),
    ...(sameGuest(wanted, app) ? [] : [differs('guest', sizeText(wanted), sizeText(app))]),
    ...(override?.region != null && override.region !== app.region
      ? [{ ...differs('region', override.region, app.region), action: 'report' as const }]
      : []),
    ...drifted(app.drift?.fields ?? []),
  ]
}

function differs(field: string, desired: string | null, observed: string | null): Difference {
  return { field, desired, observed, action: 'correct' }
}

function drifted(fields: readonly DriftField[]): Difference[] {
  return fields.map((one) => ({
    field: one.field,
    desired: one.want,
    observed: one.have,
    action: policyOf(one),
  }))
}

function sizeText({ cpuKind, cpus, memoryMb }: { cpuKind: string; cpus: number; memoryMb: number }): string {
  return `${cpus} ${cpuKind} CPUs, ${memoryMb} MB`
}
