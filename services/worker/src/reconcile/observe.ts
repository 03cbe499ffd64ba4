/**
 * What is there: the row, the app's own reports, and what Fly has. "Absent" is only ever said after Fly answered a
 * plain 404 to the app itself; anything less than a full answer is `unreachable`.
 */
import {
  type FlyFacts,
  type Guest,
  type MachineFacts,
  type World,
  entitlementOf,
  isOwnedBy,
} from '@hangar/core'
import { type AppRow, type WorldRows, readWorld } from '@hangar/db'
import { type FlyApp, FlyError, isGone, type Machine } from '@hangar/fly-client'
import { type Attempt, flyCall } from './attempt.ts'

export type Observation = { world: World; row: AppRow | null; rows: WorldRows; machines: Machine[] }

export async function observe(attempt: Attempt): Promise<Observation> {
  const { settings, db } = attempt.deps
  const rows = await readWorld(db, attempt.userId)
  const entitlement = entitlementOf(rows, settings.policy)
  attempt.entitlement = entitlement
  const { app: row, heartbeat } = rows
  const seen = row ? await observeFly(attempt, row) : NOTHING_THERE
  const world: World = {
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
    },
    fly: seen.fly,
    app: { bootstrapped: heartbeat?.bootstrappedAt != null, drainedAt: heartbeat?.drainedAt ?? null },
    drainGraceMs: settings.drainGraceMs,
  }
  return { world, row, rows, machines: seen.machines }
}

const NOTHING_THERE: Omit<FlyLook, 'app'> = { fly: { kind: 'absent' }, machines: [] }

export function guestOf(row: Pick<AppRow, 'cpuKind' | 'cpus' | 'memoryMb'>): Guest {
  return { cpuKind: row.cpuKind, cpus: row.cpus, memoryMb: row.memoryMb }
}

/** What the last look at Fly showed; good until this attempt changes something there. */
export type FlyLook = { app: string; fly: FlyFacts; machines: Machine[] }

async function observeFly(attempt: Attempt, row: AppRow): Promise<FlyLook> {
  if (attempt.lastLook?.app === row.flyAppName) return attempt.lastLook
  attempt.lastLook = { app: row.flyAppName, ...(await lookAtFly(attempt, row)) }
  return attempt.lastLook
}

async function lookAtFly(attempt: Attempt, row: AppRow): Promise<Omit<FlyLook, 'app'>> {
  if (row.id === attempt.reservedAppId) return { fly: { kind: 'untouched' }, machines: [] }
  const own = await findOwnMachine(attempt, row)
  if (own) return { fly: { kind: 'ours', machines: [machineFacts(own)] }, machines: [own] }
  try {
    const machines = await attempt.deps.fly.machines.list(row.flyAppName, {}, flyCall(attempt))
    // Once a machine of ours is on record, the app was ours; before that, one with our mark has to prove it.
    if (row.flyMachineId !== null || machines.some((machine) => isOwnMachine(attempt, row, machine)))
      return { fly: { kind: 'ours', machines: machines.map(machineFacts) }, machines }
  } catch (error) {
    if (!(error instanceof FlyError) || !SAYS_NOTHING_OF_THE_APP.has(error.code)) throw error
  }
  return { fly: await observeApp(attempt, row), machines: [] }
}

/**
 * While work is under way the one machine it is about is read by its id: Fly allows that five times as often as a
 * listing. An app at rest is listed, which also shows machines that should not be there.
 */
async function findOwnMachine(attempt: Attempt, row: AppRow): Promise<Machine | null> {
  const atRest = row.status === 'active' && row.operation === null
  if (row.flyMachineId === null || atRest) return null
  try {
    const machine = await attempt.deps.fly.machines.get(row.flyAppName, row.flyMachineId, flyCall(attempt))
    return isGone(machine) ? null : machine
  } catch (error) {
    if (error instanceof FlyError && SAYS_NOTHING_OF_THE_APP.has(error.code)) return null
    throw error
  }
}

/** A read of machines fails like this both for a missing app and for one that is not ours. */
const SAYS_NOTHING_OF_THE_APP = new Set(['not_found', 'unauthorized', 'validation'])

async function observeApp(attempt: Attempt, row: AppRow): Promise<FlyFacts> {
  try {
    const app = await attempt.deps.fly.apps.get(row.flyAppName, flyCall(attempt))
    return (await isOurs(attempt, app, row)) ? { kind: 'ours', machines: [] } : { kind: 'stranger' }
  } catch (error) {
    if (error instanceof FlyError && error.code === 'not_found') return { kind: 'absent' }
    // Our own app answered with 403 is a token that lost its rights, not an app that changed hands.
    if (error instanceof FlyError && error.status === 403 && row.flyMachineId === null)
      return { kind: 'stranger' }
    throw error
  }
}

function isOwnMachine({ deps, userId }: Attempt, row: AppRow, machine: Machine): boolean {
  const { installationId } = deps.settings
  return isOwnedBy(machine.config?.metadata, { installationId, userId, generation: row.generation })
}

/**
 * Ours means our organisation and the network named after the app. Fly's documentation promises the network only
 * in the organisation's app list, so that is asked when the single read leaves it out.
 */
export async function isOurs(attempt: Attempt, app: FlyApp, row: AppRow): Promise<boolean> {
  if (app.orgSlug !== attempt.deps.settings.orgSlug) return false
  if (app.network !== undefined) return app.network === row.network
  const listed = await attempt.deps.fly.apps.list(flyCall(attempt))
  return listed.apps.some((other) => other.name === app.name && other.network === row.network)
}

export function machineFacts(machine: Machine): MachineFacts {
  const guest = machine.config?.guest
  return {
    id: machine.id,
    state: machine.state,
    instanceId: machine.instanceId || null,
    guest:
      guest?.cpu_kind === undefined || guest.cpus === undefined || guest.memory_mb === undefined
        ? null
        : {
            cpuKind: guest.cpu_kind === 'performance' ? 'performance' : 'shared',
            cpus: guest.cpus,
            memoryMb: guest.memory_mb,
          },
  }
}
