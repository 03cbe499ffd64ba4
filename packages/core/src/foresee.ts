/**
 * What plan() will say next, and then: the plans that follow one another when every step succeeds and nobody wants
 * anything else meanwhile. For a dry run, which shows the whole way and takes no step of it.
 */
import type { Guest } from './lifecycle.ts'
import { plan } from './plan.ts'
import type { Plan, RowFacts, Step, World } from './world.ts'

/** A teardown and the life after it take eight plans; what is not at rest by then is not told. */
const MOST_PLANS = 12

/** One step of the way, in words. */
export type ForeseenStep = { step: Step['kind'] | 'wait'; text: string }
export type Foreseen = { next: Plan; steps: ForeseenStep[]; endsWith: string }

/** `next` is what would be done now; `steps` is the whole way from there; `endsWith` says where it leads. */
export function foresee(world: World): Foreseen {
  const next = plan(world)
  const steps: ForeseenStep[] = []
  let now = world
  for (let round = 0; round < MOST_PLANS; round++) {
    const one = plan(now)
    if (one.kind === 'settled') return { next, steps, endsWith: one.reason }
    if (one.kind === 'wait') {
      steps.push({ step: 'wait', text: `wait up to ${seconds(one.delayMs)}: ${one.reason}` })
      if (one.reason !== DRAINING) return { next, steps, endsWith: one.reason }
      now = { ...now, now: new Date(now.now.getTime() + one.delayMs) }
      continue
    }
    for (const step of one.steps) steps.push({ step: step.kind, text: wordsOf(step) })
    if (one.steps.some((step) => step.kind === 'give_up')) return { next, steps, endsWith: one.reason }
    now = one.steps.reduce(after, now)
  }
  return { next, steps, endsWith: 'more than is told here' }
}

/** The one wait that ends by itself at a known time; what other waits lead to depends on what Fly says then. */
const DRAINING = 'draining'

/** The world once a step has succeeded, as far as the next plan depends on it. */
function after(world: World, step: Step): World {
  const { row, entitlement } = world
  const guest = entitlement.kind === 'entitled' ? entitlement.guest : row?.guest
  switch (step.kind) {
    case 'reserve':
      return guest
        ? { ...world, row: reserved(guest, world.now), fly: { kind: 'untouched' }, ...UNKNOWN_APP }
        : world
    case 'rename':
      return { ...world, fly: { kind: 'absent' } }
    case 'begin_teardown':
      return withRow(world, { status: 'deprovisioning', teardownStartedAt: world.now, operation: null })
    case 'begin_resize':
      return withRow(world, { operation: 'resize' })
    case 'begin_repair':
      return withRow(world, { operation: 'repair' })
    case 'ask_to_drain':
      return withRow(world, { drainStartedAt: world.now, drainTold: true })
    case 'adopt_machine':
      return withRow(world, { machineId: step.machineId, instanceId: null })
    case 'delete_machine':
      return { ...world, fly: without(world.fly, step.machineId) }
    case 'activate':
    case 'confirm':
      return atRest(world, guest)
    case 'abandon':
    case 'close':
      return { ...world, row: null, forced: null, fly: { kind: 'absent' } }
    default:
      // What happens to the app and its machine between two phases; the end of the phase says what is there.
      return world
  }
}

const UNKNOWN_APP = { app: { bootstrapped: false, drainedAt: null, idle: null } }

function reserved(guest: Guest, changedAt: Date): RowFacts {
  const nothingYet = {
    machineId: null,
    instanceId: null,
    teardownStartedAt: null,
    drainStartedAt: null,
    drainTold: false,
  }
  return { status: 'provisioning', operation: null, deployed: false, guest, changedAt, ...nothingYet }
}

function withRow(world: World, patch: Partial<RowFacts>): World {
  return { ...world, row: world.row && { ...world.row, ...patch } }
}

function without(fly: World['fly'], machineId: string): World['fly'] {
  return fly.kind === 'ours'
    ? { ...fly, machines: fly.machines.filter((machine) => machine.id !== machineId) }
    : fly
}

/** One machine, started, of the size that is wanted. */
function atRest(world: World, guest: Guest | undefined): World {
  const id = world.row?.machineId ?? 'new'
  const machine = { id, state: 'started', instanceId: null, guest: guest ?? null, owned: true }
  const patch = {
    status: 'active',
    operation: null,
    deployed: true,
    machineId: id,
    drainStartedAt: null,
    drainTold: false,
  } as const
  const app = { ...world.app, idle: null }
  return { ...withRow(world, patch), app, fly: { kind: 'ours', machines: [machine] } }
}

const WORDS: Record<Step['kind'], string> = {
  reserve: 'reserve a name and write the row of a new generation',
  rename: 'take the next name: this one belongs to somebody else',
  create_app: 'create the app on Fly',
  set_secrets: "set the app's secrets",
  create_machine: 'create the machine, which starts it',
  adopt_machine: 'write down a machine that is on Fly and not on the row',
  start_machine: 'start the machine',
  restart_machine: 'restart the machine, which idles',
  await_started: 'wait until the machine is started',
  await_healthy: 'wait for a heartbeat or for passing checks',
  activate: 'mark the app active',
  begin_resize: 'begin a change of size',
  update_machine: 'write the whole configuration with the new size, which starts a new instance',
  begin_repair: 'begin a repair',
  await_turn: 'wait for its turn',
  confirm: 'mark the app at rest',
  give_up: 'count a failed attempt, and try again later',
  begin_teardown: 'begin the teardown: this generation is finished, whatever comes',
  ask_to_drain: 'ask the app to drain',
  end_drain: 'record how the drain ended',
  stop_machine: 'stop the machine',
  delete_machine: 'delete the machine',
  delete_app: 'delete the app on Fly and see that it is gone',
  abandon: 'close the row and leave on Fly what is there',
  close: 'close the row, with its final cost',
}

function wordsOf(step: Step): string {
  const machine = 'machineId' in step ? ` (${step.machineId})` : ''
  const among = 'among' in step ? ` among the fleet's ${step.among}` : ''
  return `${WORDS[step.kind]}${machine}${among}${'reason' in step ? `: ${step.reason}` : ''}`
}

function seconds(ms: number): string {
  return `${Math.ceil(ms / 1000)} s`
}
