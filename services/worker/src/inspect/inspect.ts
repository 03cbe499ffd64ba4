/**
 * A dry run: what the engine would do for one user now, and after that, found in the engine's own way (the same look,
 * the same plan) and carried out by nobody. It holds no lease, so whatever of the engine writes or changes something
 * would find the lease lost; it asks Fly with reads only.
 */
import { foresee, policyOf } from '@hangar/core'
import { findWant, findWork, glanceAtWorld, type Question, type WorldRows } from '@hangar/db'
import type { Attempt } from '../reconcile/attempt.ts'
import type { ReconcileDeps } from '../reconcile/deps.ts'
import { driftSeen } from '../reconcile/drift.ts'
import { guestOf, observeFrom, type Observation } from '../reconcile/observe.ts'

/** As JSON, in the names that the API shows. */
export type Inspection = Record<string, unknown>

export async function inspectUser(
  deps: ReconcileDeps,
  userId: string,
  question: Question,
  signal: AbortSignal,
): Promise<Inspection> {
  const rows = asIf(await glanceAtWorld(deps.db, userId), question)
  const seen = await observeFrom(attemptWithoutLease(deps, userId, signal), rows, 'always')
  const drift = driftSeen(deps.settings, seen)
  const { next, steps, endsWith } = foresee(seen.world)
  return {
    as_of: rows.now,
    question,
    entitlement: seen.world.entitlement,
    row: viewRow(seen),
    fly: viewFly(seen),
    drift: drift?.map((field) => ({ ...field, policy: policyOf(field) })) ?? null,
    brakes: seen.world.brakes,
    forced: seen.world.forced,
    plan: {
      kind: next.kind,
      reason: next.reason,
      delay_ms: next.kind === 'wait' ? next.delayMs : null,
      steps,
      ends_with: endsWith,
    },
    next: await whenNext(deps, userId, rows.now),
  }
}

function asIf(rows: WorldRows, { override, forced }: Question): WorldRows {
  return {
    ...rows,
    ...(override === undefined ? {} : { override: override && { region: null, ...override } }),
    ...(forced === undefined ? {} : { forced }),
  }
}

/** No claim ever has the fence 0. */
function attemptWithoutLease(deps: ReconcileDeps, userId: string, signal: AbortSignal): Attempt {
  return {
    deps,
    lease: { userId, owner: 'dry run', fence: 0 },
    userId,
    number: 0,
    signal,
    logger: deps.logger.child({ userId, dryRun: true }),
    reservedAppId: null,
    mayComeYet: false,
    lastLook: null,
    entitlement: { kind: 'unknown', reason: 'not looked at yet' },
    brakes: [],
    forced: null,
  }
}

function viewRow({ row }: Observation) {
  return (
    row && {
      id: row.id,
      generation: row.generation,
      status: row.status,
      operation: row.operation,
      fly_app_name: row.flyAppName,
      fly_machine_id: row.flyMachineId,
      guest: guestOf(row),
      image: row.image,
      deployed_at: row.deployedAt,
      drain_started_at: row.drainStartedAt,
      teardown_started_at: row.teardownStartedAt,
      error_code: row.errorCode,
      drift: row.drift,
    }
  )
}

function viewFly({ world, machines }: Observation) {
  return {
    kind: world.fly.kind,
    machines: machines.map(({ id, state, region, instanceId, hostStatus, config }) => {
      const { image, guest } = config ?? {}
      return { id, state, region, instance_id: instanceId, host_status: hostStatus, image, guest }
    }),
  }
}

/** When a worker looks at this user by itself. */
async function whenNext({ db }: ReconcileDeps, userId: string, now: Date) {
  const want = await findWant(db, userId)
  const work = await findWork(db, userId)
  const wantedVersion = want?.wantedVersion ?? 0
  const doneVersion = work?.doneVersion ?? 0
  const held = work?.leaseExpiresAt != null && work.leaseExpiresAt > now
  const newer = wantedVersion > (work?.plannedVersion ?? 0)
  const due = newer || work?.nextAttemptAt == null || work.nextAttemptAt <= now
  return {
    when:
      wantedVersion <= doneVersion
        ? 'nothing is wanted: at the next sweep that finds a difference'
        : held
          ? 'a worker is at it now'
          : due
            ? 'now'
            : work.nextAttemptAt,
    wanted_version: wantedVersion,
    done_version: doneVersion,
    failed_attempts: work?.failedAttempts ?? 0,
    next_attempt_at: work?.nextAttemptAt ?? null,
    waits_for: work?.parkedReason ?? work?.failedReason ?? null,
    lease_until: held ? work.leaseExpiresAt : null,
  }
}
