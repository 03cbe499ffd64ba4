/**
 * What somebody changed on Fly by hand, as an app at rest shows it. What is corrected has been planned already; what
 * is only reported is written on the row, with an event when it is found and when it is over.
 */
import { type DriftField, driftOf, policyOf, type SeenMachine } from '@hangar/core'
import type { AppRow } from '@hangar/db'
import type { Attempt } from './attempt.ts'
import type { ReconcileSettings } from './deps.ts'
import { machineConfig } from './machine-config.ts'
import { guestOf, type Observation } from './observe.ts'
import { record, type StepEvent } from './steps/context.ts'

/** Everything that differs; null where Fly tells too little, or where work is under way that changes it anyway. */
export function driftSeen(
  settings: ReconcileSettings,
  { world, row, machines }: Pick<Observation, 'world' | 'row' | 'machines'>,
): DriftField[] | null {
  if (!row || row.status !== 'active' || row.operation !== null || world.fly.kind !== 'ours') return null
  const guest = world.entitlement.kind === 'entitled' ? world.entitlement.guest : guestOf(row)
  const configs = new Map(machines.map((machine) => [machine.id, machine.config]))
  const seen = world.fly.machines.map((machine): SeenMachine => ({
    ...machine,
    settings: configs.get(machine.id) ?? null,
  }))
  return driftOf({ machineId: row.flyMachineId, guest, settings: machineConfig(settings, row, guest) }, seen)
}

/**
 * Writes what is new. The version of the machine goes with it: from now on it is one that was looked at, which is how
 * the health sweep tells from its listing whose machine was changed since.
 */
export async function recordDrift(attempt: Attempt, seen: Observation, row: AppRow): Promise<void> {
  const drift = driftSeen(attempt.deps.settings, seen)
  if (!drift) return
  const fields = drift.filter((field) => policyOf(field) === 'report')
  const instanceId = seen.machines.find((machine) => machine.id === row.flyMachineId)?.instanceId
  const flyInstanceId = instanceId || row.flyInstanceId
  const before = row.drift?.fields ?? []
  const changed = textOf(before) !== textOf(fields)
  if (!changed && flyInstanceId === row.flyInstanceId) return
  const found = fields.length > 0 ? { fields, seenAt: seen.rows.now.toISOString() } : null
  const patch = changed ? { drift: found, flyInstanceId } : { flyInstanceId }
  await record({ attempt, seen, row }, patch, changed ? eventOf(fields, row) : [])
}

/** Not the object's own text: jsonb keeps no order of keys. */
function textOf(fields: DriftField[]): string {
  return JSON.stringify(fields.map(({ field, want, have }) => [field, want, have]))
}

function eventOf(fields: DriftField[], row: AppRow): StepEvent {
  const app = row.flyAppName
  if (fields.length === 0)
    return { type: 'drift_gone', metadata: { app }, message: 'all is as Hangar made it again' }
  const names = fields.map((one) => one.field).join(', ')
  return { type: 'drift_found', metadata: { app, fields }, message: `differs on Fly, and is left: ${names}` }
}
