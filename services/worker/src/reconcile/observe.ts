/** What is there: the row, the app's own reports, and what Fly has. Each look holds the lease anew. */
import {
  appFactsOf,
  type Guest,
  HangarError,
  type World,
  entitlementOf,
  holdingBrake,
  planUnseen,
} from '@hangar/core'
import { type AppRow, type WorldRows, readWorld } from '@hangar/db'
import type { Machine } from '@hangar/fly-client'
import type { Attempt } from './attempt.ts'
import { LEASE_MS } from './deps.ts'
import { lookAtFly } from './look.ts'

export type Observation = { world: World; row: AppRow | null; rows: WorldRows; machines: Machine[] }

export async function observe(attempt: Attempt): Promise<Observation> {
  const { db } = attempt.deps
  const rows = await readWorld(db, attempt.lease, LEASE_MS)
  if (!rows) throw new HangarError('lease_lost', { operator: `lease of ${attempt.userId} was lost` })
  return observeFrom(attempt, rows)
}

/**
 * When Fly is asked what it has. `if_needed`: not where the answer can change nothing, as for the thousands whom a brake
 * holds. `always`: but in an outage, for who wants to see it.
 */
type Look = 'if_needed' | 'always'

/** The same from rows that are read already; asks Fly, and only with reads. */
export async function observeFrom(
  attempt: Attempt,
  rows: WorldRows,
  look: Look = 'if_needed',
): Promise<Observation> {
  const { settings } = attempt.deps
  const entitlement = entitlementOf(rows, settings.policy)
  const { app: row, heartbeat, brakes, forced, namesInDoubt } = rows
  Object.assign(attempt, { entitlement, brakes, forced })
  const unseen: Omit<World, 'fly'> = {
    now: rows.now,
    entitlement,
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
    app: appFactsOf(row, heartbeat),
    brakes,
    forced,
    namesInDoubt,
    drainGraceMs: settings.drainGraceMs,
    settleDeadlineMs: settings.startDeadlineMs,
  }
  const seen = row ? await lookWhere(look, { attempt, row, unseen }) : NOTHING_THERE
  const world: World = { ...unseen, fly: seen.fly }
  return { world, row, rows, machines: seen.machines }
}

/** In an outage the one probe of the guards' sweep asks Fly, and not every user's job. */
async function lookWhere(
  look: Look,
  { attempt, row, unseen }: { attempt: Attempt; row: AppRow; unseen: Omit<World, 'fly'> },
): Promise<typeof NOTHING_THERE> {
  if (holdingBrake(attempt.brakes, 'anything', attempt.entitlement)) return NOT_ASKED
  if (look === 'if_needed' && planUnseen(unseen)?.kind === 'wait') return NOT_ASKED
  return lookAtFly(attempt, row)
}

const NOT_ASKED: typeof NOTHING_THERE = { fly: { kind: 'unreachable' }, machines: [] }
const NOTHING_THERE: { fly: World['fly']; machines: Machine[] } = { fly: { kind: 'absent' }, machines: [] }

export function guestOf(row: Pick<AppRow, 'cpuKind' | 'cpus' | 'memoryMb'>): Guest {
  return { cpuKind: row.cpuKind, cpus: row.cpus, memoryMb: row.memoryMb }
}
