/**
 * What Fly has of one app. Four answers, and the two that lead to deeds are the hardest to get:
 *
 *   ours         a machine of ours is on record or bears our mark, or organisation and network are ours
 *   absent       a plain 404 to the app itself; for an app that we made and whose deletion Fly has not accepted, or
 *                whose machines could be listed, the organisation's list has to agree: Fly is known to answer 404 for
 *                apps that are there (two stores that drift apart), and shows a new one nowhere for up to a minute,
 *                which is too soon to end it
 *   stranger     plainly another organisation's or another network's
 *   unreachable  anything in between: nothing is created, nothing is destroyed, and it is looked at again
 */
import { type FlyFacts, type MachineFacts, isOwnedBy } from '@hangar/core'
import { type AppRow, hasEventSince, hasEventWithin } from '@hangar/db'
import {
  APP_VISIBLE_WITHIN_MS,
  type CallOptions,
  type FlyApp,
  FlyError,
  isGone,
  type Machine,
} from '@hangar/fly-client'
import { type Attempt, flyLook } from './attempt.ts'

/** Good until this attempt changes something on Fly. */
export type FlyLook = { app: string; fly: FlyFacts; machines: Machine[] }

type Looking = { attempt: Attempt; row: AppRow; call: CallOptions }

export async function lookAtFly(attempt: Attempt, row: AppRow): Promise<FlyLook> {
  if (attempt.lastLook?.app === row.flyAppName) return attempt.lastLook
  // Another worker may be deleting what our client made a moment ago: then "not there" is no "not yet".
  const call = { ...flyLook(attempt), mayBeGone: row.teardownStartedAt !== null }
  const seen = { app: row.flyAppName, ...(await look({ attempt, row, call })) }
  // Nothing there is no answer for long where something is on its way, and an end asks more of it than a beginning.
  const isEnding = row.teardownStartedAt !== null
  if (seen.fly.kind !== 'absent' || (isEnding && !attempt.mayComeYet)) attempt.lastLook = seen
  return seen
}

async function look(looking: Looking): Promise<Omit<FlyLook, 'app'>> {
  const { attempt, row } = looking
  if (row.id === attempt.reservedAppId) return { fly: { kind: 'untouched' }, machines: [] }
  const own = await findOwnMachine(looking)
  if (own) return seen(looking, [own])
  const listed = await listMachines(looking)
  const machines = listed ?? []
  const isOurs = (machine: Machine) => machine.id === row.flyMachineId || isOwnMachine(attempt, row, machine)
  if (machines.some(isOurs)) return seen(looking, machines)
  // An app without a machine of ours has to prove that it is ours still: a name that came free can be taken.
  const fly = await lookAtApp(looking, listed !== null)
  return fly.kind === 'ours' && row.flyMachineId !== null ? seen(looking, machines) : { fly, machines: [] }
}

/** Null where the answer says nothing of the app: that is asked next. */
async function listMachines({ attempt, row, call }: Looking): Promise<Machine[] | null> {
  try {
    return await attempt.deps.fly.machines.list(row.flyAppName, {}, call)
  } catch (error) {
    if (error instanceof FlyError && SAYS_NOTHING_OF_THE_APP.has(error.code)) return null
    throw error
  }
}

function seen({ attempt, row }: Looking, machines: Machine[]): Omit<FlyLook, 'app'> {
  return {
    fly: { kind: 'ours', machines: machines.map((machine) => machineFacts(attempt, row, machine)) },
    machines,
  }
}

/**
 * While work is under way the one machine it is about is read by its id: Fly allows that five times as often as a
 * listing. An app at rest is listed, which also shows machines that should not be there.
 */
async function findOwnMachine({ attempt, row, call }: Looking): Promise<Machine | null> {
  const atRest = row.status === 'active' && row.operation === null
  if (row.flyMachineId === null || atRest) return null
  try {
    const machine = await attempt.deps.fly.machines.get(row.flyAppName, row.flyMachineId, call)
    return isGone(machine) ? null : machine
  } catch (error) {
    if (error instanceof FlyError && SAYS_NOTHING_OF_THE_APP.has(error.code)) return null
    throw error
  }
}

/** A read of machines fails like this both for a missing app and for one that is not ours. */
const SAYS_NOTHING_OF_THE_APP = new Set(['not_found', 'unauthorized', 'validation'])

/** `isListed`: the list of its machines was answered, which says that it is there. */
async function lookAtApp(looking: Looking, isListed: boolean): Promise<FlyFacts> {
  const { attempt, row, call } = looking
  try {
    const owner = await ownerOf(attempt, await attempt.deps.fly.apps.get(row.flyAppName, call), row, call)
    if (owner === 'ours') return { kind: 'ours', machines: [] }
    return { kind: owner }
  } catch (error) {
    if (!(error instanceof FlyError)) throw error
    if (error.code === 'not_found') return { kind: await confirmAbsence(looking, isListed) }
    // Our own app answered with 403 is a token that lost its rights, not an app that changed hands.
    if (error.status === 403 && !(await wasMade(looking))) return { kind: 'stranger' }
    throw error
  }
}

async function confirmAbsence(looking: Looking, isListed: boolean): Promise<'absent' | 'unreachable'> {
  const { attempt, row, call } = looking
  // An end that is believed is an end: what came after it would be nobody's.
  const isMade = await wasMade(looking)
  const isEnding = row.teardownStartedAt !== null
  const isAsked = await hasHad(looking, 'deprovision_app_deleting')
  if (isEnding && !isAsked && (isMade ? await isNew(looking) : attempt.mayComeYet)) return 'unreachable'
  // To have asked is not enough: Fly may have refused.
  const isExpected = !isMade || (isAsked && (await hasHad(looking, 'deprovision_app_delete_accepted')))
  if (isExpected && !isListed) return 'absent'
  const { apps, totalApps } = await attempt.deps.fly.apps.list(call)
  // A list that is shorter than it says leaves open what is missing in it.
  if (apps.length < totalApps) return 'unreachable'
  return apps.some((app) => app.name === row.flyAppName) ? 'unreachable' : 'absent'
}

async function wasMade(looking: Looking): Promise<boolean> {
  const { row } = looking
  if (row.flyMachineId !== null || row.deployedAt !== null) return true
  return hasHad(looking, 'provision_app_created')
}

function hasHad({ attempt, row }: Looking, eventType: string): Promise<boolean> {
  return hasEventSince(attempt.deps.db, row.id, eventType, row.createdAt)
}

/** Made so lately that Fly need not show it yet; one with a machine it has shown. */
async function isNew({ attempt, row }: Looking): Promise<boolean> {
  if (row.flyMachineId !== null) return false
  return hasEventWithin(attempt.deps.db, row.id, 'provision_app_created', APP_VISIBLE_WITHIN_MS)
}

/**
 * Ours means our organisation and the network named after the app. Fly's documentation promises the network only
 * in the organisation's app list, so that is asked when the single read leaves it out; a list that does not know
 * the app yet decides nothing.
 */
export async function ownerOf(
  attempt: Attempt,
  app: FlyApp,
  row: Pick<AppRow, 'network'>,
  call: CallOptions,
): Promise<'ours' | 'stranger' | 'unreachable'> {
  if (app.orgSlug !== attempt.deps.settings.orgSlug) return 'stranger'
  if (app.network !== undefined) return app.network === row.network ? 'ours' : 'stranger'
  const { apps } = await attempt.deps.fly.apps.list(call)
  const listed = apps.find((other) => other.name === app.name)
  if (listed?.network === undefined) return 'unreachable'
  return listed.network === row.network ? 'ours' : 'stranger'
}

export function isOwnMachine({ deps, userId }: Attempt, row: AppRow, machine: Machine): boolean {
  const { installationId } = deps.settings
  return isOwnedBy(machine.config?.metadata, { installationId, userId, generation: row.generation })
}

export function machineFacts(attempt: Attempt, row: AppRow, machine: Machine): MachineFacts {
  const { cpu_kind: cpuKind, cpus, memory_mb: memoryMb } = machine.config?.guest ?? {}
  const known = cpuKind !== undefined && cpus !== undefined && memoryMb !== undefined
  return {
    id: machine.id,
    state: machine.state,
    instanceId: machine.instanceId || null,
    owned: machine.id === row.flyMachineId || isOwnMachine(attempt, row, machine),
    guest: known ? { cpuKind: cpuKind === 'performance' ? 'performance' : 'shared', cpus, memoryMb } : null,
  }
}
