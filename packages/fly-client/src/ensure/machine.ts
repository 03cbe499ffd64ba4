/**
 * A machine that is ours, made once. Its name is the key, unique within the app; its metadata prove
 * whose it is. The same dance as for an app (app.ts), with two more turns: a machine of that name which
 * is on its way out is awaited, and a region without room passes the create on to the next region.
 */
import type { CallerParts } from '../call-types.ts'
import type { Machine } from '../types.ts'
import { FlyError, isFlyError } from '../errors.ts'
import { isGone } from '../machine-state.ts'
import type { CreateMachine, MachinesApi } from '../machines.ts'
import { OPERATIONS } from '../operations.ts'
import { RETRIED_CODES } from '../retry.ts'
import { isPassing, Patience, type EnsureOptions } from './patience.ts'

export interface EnsureMachine extends CreateMachine {
  /** Tried in order where `region` has no room or no quota left. */
  fallbackRegions?: string[]
  /** Called before a machine that exists is taken for ours, after its name and metadata have matched. */
  adopt?: (machine: Machine) => boolean | Promise<boolean>
}

export interface EnsuredMachine {
  machine: Machine
  outcome: 'created' | 'adopted'
}

/** A create that finds its host full lands on another one; after so many the region is full. */
const HOSTS_TRIED = 3

export async function ensureMachine(
  parts: CallerParts,
  machines: MachinesApi,
  app: string,
  { fallbackRegions = [], adopt, ...wanted }: EnsureMachine,
  opts: EnsureOptions = {},
): Promise<EnsuredMachine> {
  const patience = new Patience(parts, opts)
  const regions = [wanted.region, ...fallbackRegions]
  let hosts = 0
  for (;;) {
    const create = { ...wanted, region: regions[0] ?? wanted.region }
    let failure: FlyError
    try {
      return { machine: await machines.create(app, create, patience.callOpts), outcome: 'created' }
    } catch (error) {
      if (!isFlyError(error)) throw error
      failure = error
    }
    hosts = failure.code === 'host_capacity' ? hosts + 1 : 0
    if (failure.code === 'host_capacity' && hosts < HOSTS_TRIED) {
      await patience.pause(failure)
    } else if (isFlyError(failure, 'region_capacity', 'region_quota', 'host_capacity')) {
      regions.shift()
      hosts = 0
      if (regions.length === 0) throw failure
    } else {
      const found = await lookAfter(failure, machines, app, { ...wanted, ...(adopt && { adopt }) }, patience)
      if (found) return { machine: found, outcome: 'adopted' }
      await patience.pause(failure)
    }
  }
}

/** The machine if it is there and ours; undefined where the create is to be asked again. */
async function lookAfter(
  failure: FlyError,
  machines: MachinesApi,
  app: string,
  wanted: EnsureMachine,
  patience: Patience,
): Promise<Machine | undefined> {
  if (failure.code !== 'machine_name_taken') {
    if (!RETRIED_CODES.has(failure.code)) throw failure
    if (!failure.ambiguous) return undefined
  }
  let machine: Machine | undefined
  try {
    machine = await findNamed(machines, app, wanted.name, failure.machineId, patience)
  } catch (error) {
    // The list may lag, and Fly may be away: a second create of this name is refused, so it can be asked.
    if (isPassing(error) || isFlyError(error, 'not_found')) return undefined
    throw error
  }
  if (!machine || isGone(machine)) return undefined
  if (
    machine.name !== wanted.name ||
    !carries(machine, wanted) ||
    !(await (wanted.adopt?.(machine) ?? true))
  ) {
    throw nameTaken(failure, machine)
  }
  return machine
}

async function findNamed(
  machines: MachinesApi,
  app: string,
  name: string,
  machineId: string | undefined,
  patience: Patience,
): Promise<Machine | undefined> {
  if (machineId !== undefined) return machines.get(app, machineId, patience.callOpts)
  const listed = await machines.list(app, {}, patience.callOpts)
  return listed.find((machine) => machine.name === name && !isGone(machine))
}

/** Whether it has all the metadata we would have given it. */
function carries(machine: Machine, wanted: CreateMachine): boolean {
  // While its host cannot be reached, a part of the config is all there is to see.
  const metadata = (machine.config ?? machine.incompleteConfig)?.metadata ?? {}
  return Object.entries(wanted.config.metadata ?? {}).every(([key, value]) => metadata[key] === value)
}

function nameTaken(failure: FlyError, machine: Machine): FlyError {
  const { method, kind } = OPERATIONS['machines.create']
  return new FlyError('machine_name_taken', {
    operation: 'machines.create',
    method,
    path: failure.path,
    kind,
    sent: true,
    reason: 'the machine that has this name is not ours',
    machineId: machine.id,
    cause: failure,
  })
}
