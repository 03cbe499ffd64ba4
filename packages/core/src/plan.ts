/**
 * The heart of Hangar: given what a user should have and what is there, the next steps. Pure and total: every
 * combination of entitlement, row and Fly has an answer, and the answers are level-triggered: whoever asks again
 * with the same facts gets the same plan, so a worker may die between any two steps.
 *
 * Four rules stand above all others:
 * - an unknown entitlement or an unseen Fly never creates and never destroys;
 * - what a brake holds is not begun and not continued, unless an operator forces it on this very row;
 * - a generation whose teardown has begun is finished, never revived; the user's next life is a new generation;
 * - an app that is running a user's traders is drained before its machine is stopped, resized or deleted.
 */
import { type BrakedAct, heldReason, holdingBrake } from './brakes.ts'
import { type Guest, sameGuest } from './lifecycle.ts'
import {
  BROKEN,
  chooseMachine,
  COMING_UP,
  isLost,
  isRunning,
  isUnrecorded,
  isUp,
  mayTrade,
  present,
  STARTABLE,
} from './machine-states.ts'
import type { MachineFacts, Plan, RowFacts, Step, World } from './world.ts'

/** How long to leave a row alone when nothing can be done for it now. */
const HOLD_MS = 60_000
/** The same for what a brake holds: its release makes them due, so this is for what nobody told of, like the sweep. */
const BRAKED_MS = 5 * 60_000
/** How soon to look again at a machine between two states. */
const SETTLING_MS = 1_000
/** How soon to ask again for an app that Fly shows in one place and not in another. */
const UNSEEN_MS = 15_000

export function plan(world: World): Plan {
  const { row, entitlement } = world
  if (entitlement.kind === 'unknown') return hold(world, entitlement.reason)
  const decided = planUnseen(world)
  if (decided) return decided
  if (!row) return steps([{ kind: 'reserve' }], entitlement.reason)
  if (row.teardownStartedAt) return planTeardown(world, row)
  if (entitlement.kind === 'not_entitled') return beginTeardown(entitlement.reason)
  if (isForcedToEnd(world)) return beginTeardown(`${world.forced}, forced by an operator`)
  if (world.fly.kind === 'unreachable') return UNSEEN
  return row.deployed ? planActive(world, row, entitlement.guest) : planProvision(world, row)
}

/** What is decided whatever Fly shows, so that Fly need not be asked; null: it depends, or there is something to do. */
export function planUnseen(world: Omit<World, 'fly'>): Plan | null {
  const { row, entitlement } = world
  if (entitlement.kind === 'unknown') return hold(world, entitlement.reason)
  if (!row && entitlement.kind === 'not_entitled')
    return { kind: 'settled', reason: `nothing there, and nothing wanted: ${entitlement.reason}` }
  const stopped = held(world, 'anything')
  if (stopped) return stopped
  if (!row && world.namesInDoubt) return NAMES_IN_DOUBT
  const ends = row?.teardownStartedAt || entitlement.kind === 'not_entitled' || isForcedToEnd(world)
  return row && ends ? held(world, 'teardown') : null
}

function isForcedToEnd({ forced }: Pick<World, 'forced'>): boolean {
  return forced === 'recreate' || forced === 'abandon'
}

const UNSEEN: Plan = { kind: 'wait', delayMs: UNSEEN_MS, reason: 'Fly cannot be seen' }

const NAMES_IN_DOUBT: Plan = {
  kind: 'wait',
  delayMs: HOLD_MS,
  reason: 'the database was restored: what is on Fly is looked through first',
}

function hold({ row }: Pick<World, 'row'>, reason: string): Plan {
  const atRest = !row || (row.deployed && !row.operation && !row.teardownStartedAt)
  if (atRest) return { kind: 'settled', reason: `left as it is: ${reason}` }
  return { kind: 'wait', delayMs: HOLD_MS, reason: `held: ${reason}` }
}

function beginTeardown(reason: string): Plan {
  return steps([{ kind: 'begin_teardown' }], reason)
}

/**
 * The wait that a brake imposes, or null. An operator's force on the row is stronger, but not than an outage; an
 * outage holds no `abandon` either, which needs nothing of Fly.
 */
function held({ row, brakes, entitlement, forced }: Omit<World, 'fly'>, act: BrakedAct): Plan | null {
  if (row && forced !== null && (forced === 'abandon' || act !== 'anything')) return null
  const brake = holdingBrake(brakes, act, entitlement)
  return brake && { kind: 'wait', delayMs: BRAKED_MS, reason: heldReason(brake) }
}

const BRING_UP: readonly Step[] = [{ kind: 'await_started' }, { kind: 'await_healthy' }]

function planProvision(world: World, row: RowFacts): Plan {
  const { fly } = world
  const finish: Step[] = [...BRING_UP, { kind: 'activate' }]
  const fromMachine: Step[] = [{ kind: 'set_secrets' }, { kind: 'create_machine' }, ...finish]
  switch (fly.kind) {
    case 'untouched':
    case 'absent':
      return steps([{ kind: 'create_app' }, ...fromMachine], 'no app yet')
    case 'stranger':
      return steps([{ kind: 'rename' }], 'the name belongs to somebody else')
    case 'ours':
      return bringUp(world, row, present(fly.machines), { fromMachine, finish })
    case 'unreachable':
      return UNSEEN
  }
}

type Path = { fromMachine: Step[]; finish: Step[] }

/** From whatever machines are there to one that is started and healthy. */
function bringUp(world: World, row: RowFacts, machines: MachineFacts[], path: Path): Plan {
  const machine = chooseMachine(machines, row.machineId)
  const others = machines.filter((other) => other.id !== machine?.id)
  const extra = held(world, 'surplus') ? [] : deleteAll(others)
  if (!machine) return steps([...extra, ...path.fromMachine], 'no machine of ours yet')
  const { state } = machine
  if (state === 'destroying') return settling(world, row, 'a machine is going away')
  if (BROKEN.has(state))
    return steps([...extra, ...deleteAll([machine]), ...path.fromMachine], `machine ${state}`)
  if (isUnrecorded(machine, row)) return adopt(machine)
  if (STARTABLE.has(state))
    return steps(
      [...extra, { kind: 'start_machine', machineId: machine.id }, ...path.finish],
      `machine ${state}`,
    )
  if (isIdle(world, machine))
    return steps(
      [...extra, { kind: 'restart_machine', machineId: machine.id }, ...path.finish],
      whatIsWrong(world, machine),
    )
  if (isRunning(machine) || COMING_UP.has(state)) return steps([...extra, ...path.finish], `machine ${state}`)
  return settling(world, row, `machine ${state}`)
}

/**
 * Between two states: looked at ever less often. One that takes longer than a start may is a failed attempt, so that it is
 * counted, told of and put off like any other.
 */
function settling({ now, settleDeadlineMs }: World, row: RowFacts, what: string): Plan {
  const waitedMs = now.getTime() - row.changedAt.getTime()
  if (waitedMs > settleDeadlineMs) return steps([{ kind: 'give_up', reason: `${what}, for too long` }], what)
  return {
    kind: 'wait',
    delayMs: Math.max(SETTLING_MS, Math.min(Math.round(waitedMs / 2), HOLD_MS)),
    reason: what,
  }
}

function adopt(machine: MachineFacts): Plan {
  return steps([{ kind: 'adopt_machine', machineId: machine.id }], 'a machine that the row does not know yet')
}

/** It runs, and does nothing until it is started anew. */
function isIdle({ app, row, now }: World, machine: MachineFacts): boolean {
  const isCertain = app.idle !== null && (app.idle.from === null || app.idle.from <= now)
  return isCertain && isRunning(machine) && machine.id === row?.machineId
}

function whatIsWrong(world: World, machine: MachineFacts | undefined): string {
  const { idle } = world.app
  return idle && machine && isIdle(world, machine) ? idle.reason : `machine ${machine?.state ?? 'missing'}`
}

/** All is as wanted, but the app has said that it runs nothing any more. */
function doubt({ app, now }: World): Plan | null {
  const leftMs = (app.idle?.from ?? now).getTime() - now.getTime()
  return leftMs > 0
    ? { kind: 'wait', delayMs: leftMs, reason: 'it said that it has drained; is it heard again?' }
    : null
}

/** Its user gets a new generation next, so it is paced like any repair. */
const RECREATE = steps(
  [
    { kind: 'await_turn', among: 'repairs' },
    { kind: 'close', reason: 'the app is gone from Fly' },
  ],
  'the app is gone from Fly',
)

function planActive(world: World, row: RowFacts, guest: Guest): Plan {
  const { fly } = world
  if (fly.kind === 'absent' || fly.kind === 'stranger') return held(world, 'recreate') ?? RECREATE
  if (fly.kind !== 'ours') return settling(world, row, 'Fly was not asked')
  const machines = present(fly.machines)
  const machine = chooseMachine(machines, row.machineId)
  const wrongSize = machine !== undefined && !sameGuest(machine.guest ?? row.guest, guest)
  if (machine && row.operation === 'resize' && !isLost(machine)) {
    if (isUnrecorded(machine, row)) return adopt(machine)
    if (row.drainStartedAt || wrongSize) return planResize(world, row, machine)
  }
  const finish: Step[] = [...BRING_UP, { kind: 'confirm' }]
  const isUpAsRecorded =
    machine !== undefined && isRunning(machine) && machine.id === row.machineId && !isIdle(world, machine)
  if (!isUpAsRecorded) {
    const braked = held(world, 'repair')
    if (braked) return braked
  }
  if (row.operation)
    return bringUp(world, row, machines, {
      fromMachine: [{ kind: 'set_secrets' }, { kind: 'create_machine' }, ...finish],
      finish,
    })
  if (!isUpAsRecorded) return steps([{ kind: 'begin_repair', reason: whatIsWrong(world, machine) }], 'drift')
  if (row.status !== 'active') return steps([{ kind: 'confirm' }], 'up, and the row does not say so')
  if (wrongSize) return held(world, 'resize') ?? steps([{ kind: 'begin_resize' }], 'the guest changed')
  const extra = deleteAll(machines.filter((other) => other.id !== machine.id))
  if (extra.length > 0)
    return (
      held(world, 'surplus') ??
      steps([{ kind: 'await_turn', among: 'corrections' }, ...extra], 'more than one machine')
    )
  return doubt(world) ?? { kind: 'settled', reason: 'one machine, started, of the right size' }
}

/**
 * A machine that is to be resized is drained like one that is to go, and stopped before the drain is called over:
 * the instance that the update starts must not find itself told to drain. Once it drains no brake holds it but an
 * outage: what is left half-way is an app that is paid for and does not trade.
 */
function planResize(world: World, row: RowFacts, machine: MachineFacts): Plan {
  const braked = row.drainStartedAt ? null : held(world, isRunning(machine) ? 'resize' : 'repair')
  if (braked) return braked
  const drain = planDrain(world, row, [machine])
  if (drain) return drain
  const { state } = machine
  if (!mayTrade(machine) && !STARTABLE.has(state)) return settling(world, row, `machine ${state}`)
  const update: Step = { kind: 'update_machine', machineId: machine.id }
  return steps(
    [...drainEnd(row), ...stopIfUp([machine]), update, ...BRING_UP, { kind: 'confirm' }],
    'drained, or nothing to drain',
  )
}

function planTeardown(world: World, row: RowFacts): Plan {
  const { fly, forced } = world
  if (forced === 'abandon') return steps([{ kind: 'abandon', reason: 'forced by an operator' }], 'abandoned')
  switch (fly.kind) {
    case 'unreachable':
      return UNSEEN
    case 'untouched':
    case 'absent':
      return close('no app on Fly')
    case 'stranger':
      return close("the name is somebody else's app")
    case 'ours': {
      const machines = present(fly.machines)
      const drain = planDrain(world, row, machines)
      if (drain) return drain
      const stop = machines
        .filter(isUp)
        .map((machine): Step => ({ kind: 'stop_machine', machineId: machine.id }))
      const end: Step[] = [{ kind: 'delete_app' }, { kind: 'close', reason: 'deprovisioned' }]
      return steps(
        [...drainEnd(row), ...stop, ...deleteAll(machines), ...end],
        'drained, or nothing to drain',
      )
    }
  }
}

/** The drain's next step or wait, or null when it is over or there is nothing to drain. */
function planDrain(world: World, row: RowFacts, machines: MachineFacts[]): Plan | null {
  if (world.forced === 'skip_drain' && row.teardownStartedAt) return null
  const running = machines.find(mayTrade)
  if (!running || !world.app.bootstrapped) return null
  const ask: Step = { kind: 'ask_to_drain', machineId: running.id }
  if (!row.drainStartedAt) return steps([ask], 'it may be trading')
  if (world.app.drainedAt && world.app.drainedAt >= row.drainStartedAt) return null
  const leftMs = row.drainStartedAt.getTime() + world.drainGraceMs - world.now.getTime()
  if (leftMs <= 0) return null
  if (!row.drainTold) return steps([ask], 'the word to drain may not have arrived')
  return { kind: 'wait', delayMs: leftMs, reason: 'draining' }
}

function drainEnd(row: RowFacts): Step[] {
  return row.drainStartedAt ? [{ kind: 'end_drain' }] : []
}

function stopIfUp(machines: MachineFacts[]): Step[] {
  return machines.filter(isUp).map((machine) => ({ kind: 'stop_machine', machineId: machine.id }))
}

function deleteAll(machines: MachineFacts[]): Step[] {
  return machines.map((machine) => ({ kind: 'delete_machine', machineId: machine.id }))
}

function close(reason: string): Plan {
  return steps([{ kind: 'close', reason }], reason)
}

function steps(list: Step[], reason: string): Plan {
  return { kind: 'steps', steps: list, reason }
}
