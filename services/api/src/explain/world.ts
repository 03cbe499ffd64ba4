/**
 * What plan() is asked about, from the database alone: only workers ask Fly, so what is on Fly is taken to be what was
 * last written down. `GET …/plan` has a worker look.
 */
import {
  appFactsOf,
  entitlementOf,
  type CostState,
  type FlyFacts,
  type Policy,
  type World,
} from '@hangar/core'
import type { AppRow, WorldRows } from '@hangar/db'

/** How long a machine may be between two states: the worker's default, which decides here how a wait is told of. */
const SETTLE_DEADLINE_MS = 180_000

export type LastKnown = {
  /** Fly has, or had, this generation's app. */
  appWasCreated: boolean
  /** What the ledger says of its machine. */
  costState: CostState | null
}

export function worldOf(
  rows: WorldRows,
  known: LastKnown,
  { policy, drainGraceMs }: { policy: Policy; drainGraceMs: number },
): World {
  const { app: row, heartbeat, brakes, forced, namesInDoubt, now } = rows
  return {
    now,
    entitlement: entitlementOf(rows, policy),
    row: row && {
      status: row.status === 'deleted' ? 'error' : row.status,
      operation: row.operation,
      machineId: row.flyMachineId,
      instanceId: row.flyInstanceId,
      guest: guestOf(row),
      deployed: row.deployedAt !== null,
      teardownStartedAt: row.teardownStartedAt,
      drainStartedAt: row.drainStartedAt,
      drainTold: row.drainToldAt !== null,
      changedAt: row.updatedAt,
    },
    fly: lastKnownFly(row, known),
    app: appFactsOf(row, heartbeat),
    brakes,
    forced,
    namesInDoubt,
    drainGraceMs,
    settleDeadlineMs: SETTLE_DEADLINE_MS,
  }
}

export function guestOf({ cpuKind, cpus, memoryMb }: Pick<AppRow, 'cpuKind' | 'cpus' | 'memoryMb'>) {
  return { cpuKind, cpus, memoryMb }
}

function lastKnownFly(row: AppRow | null, { appWasCreated, costState }: LastKnown): FlyFacts {
  if (!row || (row.flyMachineId === null && !appWasCreated)) return { kind: 'absent' }
  if (row.flyMachineId === null) return { kind: 'ours', machines: [] }
  const machine = {
    id: row.flyMachineId,
    state: stateOf(row, costState),
    instanceId: row.flyInstanceId,
    guest: guestOf(row),
    owned: true,
  }
  return { kind: 'ours', machines: [machine] }
}

function stateOf({ startedAt }: AppRow, costState: CostState | null): string {
  if (costState === 'running') return 'started'
  if (costState === 'stored') return 'stopped'
  return startedAt ? 'started' : 'starting'
}
