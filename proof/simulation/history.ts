/** One history from its seed to its verdict. */
import type { CallEntry } from '@hangar/fly-sim'
import { touchMachine } from './by-hand.ts'
import type { Store } from './database.ts'
import { Dice } from './dice.ts'
import type { Engine } from './engine.ts'
import type { Strike, Turn } from './scheduler.ts'
import { drawScript, type Event, type Script } from './script.ts'
import { Simulation } from './simulation.ts'
import { atRest, differences, judge, orphans, readStates } from './verdict.ts'

export type HistoryOptions = {
  seed: number
  store: Store
  readable?: boolean
  engine?: Partial<Engine>
  script?: Script
  /** From the end of the faults, or of the pause that four failures in a row had led to before. */
  convergeWithinMs?: number
  rewrite?: (sql: string) => string
  relay?: boolean
}

export type HistoryResult = {
  seed: number
  hash: string
  turns: number
  flips: number
  faults: ReadonlyMap<string, number>
  mutations: number
  violations: string[]
  /** From the end of the faults until all was at rest. */
  convergedAfterMs: number | null
  lines: readonly string[]
}

export const CONVERGE_WITHIN_MS = 60_000
/** A call that hangs when the faults end fails so much later, and may be the last of four failures in a row. */
const STILL_FELT_MS = 30_000
/** The guarantee that also tells of orphans. */
const END_STATE = 'what is desired is there'
/** From a call that got no answer to the look that must find what it did: 30 s, and a round of the guards' sweep. */
const LATE_LOOK_MS = 45_000
/** The health sweep has looked twice at what it repairs by then, though Fly's brake held it for a round or two. */
const NOTICED_MS = 60_000
/** How often it is looked whether all is at rest. */
const LOOK_EVERY_MS = 1_000

export async function runHistory(options: HistoryOptions): Promise<HistoryResult> {
  const dice = new Dice(options.seed)
  const script = options.script ?? drawScript(dice)
  const simulation = new Simulation({
    seed: options.seed,
    store: options.store,
    readable: options.readable === true,
    users: script.users,
    workers: script.workers,
    ...(options.engine && { engine: options.engine }),
    intervals: options.relay === false ? { ...script.intervals, relayMs: null } : script.intervals,
  })
  if (options.rewrite) simulation.sqlClock.rewrite = options.rewrite
  await simulation.start()
  try {
    perform(simulation, script, dice)
    await simulation.run(script.calmAtMs)
    simulation.calm()
    const { convergedAfterMs, found } = await converge(
      simulation,
      options.convergeWithinMs ?? CONVERGE_WITHIN_MS,
    )
    const violations = await verdictOf(simulation, found)
    return resultOf(simulation, script, convergedAfterMs, violations)
  } finally {
    simulation.stop()
  }
}

/** All that is wrong at the end of a history, given what differs from what the last tiers say. */
export async function verdictOf(simulation: Simulation, found: readonly string[]): Promise<string[]> {
  const left = await orphans(simulation)
  for (const orphan of left) if (orphan.late) simulation.count('orphan of a late call')
  // Where nobody sweeps, what a call leaves that came too late is nobody's fault.
  const excused = simulation.housekeeping.sweeps('orphans') ? [] : left.filter(({ late }) => late)
  return [
    ...found,
    ...simulation.housekeeping.broken,
    ...simulation.apps.doubles.map((which) => `two apps traded at once: ${which}`),
    ...(await judge(simulation))
      .filter(({ app, guarantee }) => guarantee !== END_STATE || !excused.some(({ name }) => name === app))
      .map(({ guarantee, what, app, userId }) => `${guarantee}: ${app ?? userId ?? ''} ${what}`),
  ]
}

function resultOf(
  simulation: Simulation,
  script: Script,
  convergedAfterMs: number | null,
  violations: string[],
): HistoryResult {
  const { trace, faults, memory } = simulation
  return {
    seed: simulation.seed,
    hash: trace.hash,
    turns: trace.turns,
    flips: script.events.filter(({ event }) => event.kind === 'flip').length,
    faults,
    mutations: memory.sim.calls.list().filter((call: CallEntry) => call.method !== 'GET').length,
    violations,
    convergedAfterMs,
    lines: trace.lines ?? [],
  }
}

/** Waits until nothing is left to do, or the time is up; then what is not as it should be. */
export async function converge(
  simulation: Simulation,
  withinMs: number,
): Promise<{ convergedAfterMs: number | null; found: string[] }> {
  const calmAtMs = simulation.time.nowMs
  const noticedAtMs = simulation.wasTouched ? calmAtMs + NOTICED_MS : 0
  let untilMs = Math.max(calmAtMs, noticedAtMs) + withinMs
  const look = lookWhereSomethingChanged(simulation)
  while (simulation.time.nowMs < untilMs) {
    const isEarly = simulation.time.nowMs < calmAtMs + STILL_FELT_MS
    await simulation.run(LOOK_EVERY_MS)
    if (!simulation.lanes.idle && !isEarly) continue
    const states = await look()
    if (isEarly) untilMs = Math.max(untilMs, ...states.map((state) => (state.pausedUntilMs ?? 0) + withinMs))
    const lateMs = states.map(({ lateSinceMs }) => (lateSinceMs === null ? 0 : lateSinceMs + LATE_LOOK_MS))
    if (!atRest(simulation, states)) continue
    if (simulation.housekeeping.sweeps('orphans') && (await orphans(simulation)).length > 0) continue
    const found = differences(simulation, states)
    // What somebody did by hand is there to be noticed.
    if (found.length > 0 && noticedAtMs > simulation.time.nowMs) continue
    // What a late call did is there to be found by the look that is to come.
    if (found.length > 0 && lateMs.some((ms) => ms > simulation.time.nowMs)) {
      untilMs = Math.max(untilMs, ...lateMs.map((ms) => ms + withinMs))
      continue
    }
    return { convergedAfterMs: simulation.time.nowMs - calmAtMs, found }
  }
  const states = await readStates(simulation)
  const busy = states
    .filter((state) => state.wanted > state.done)
    .map((state) => `user ${state.userId.slice(-4)} is not done ${withinMs / 1000} s after the faults`)
  return { convergedAfterMs: null, found: [...busy, ...differences(simulation, states)] }
}

/** Most looks in a long pause would find what the one before has found: a lease apart, time alone changes nothing. */
function lookWhereSomethingChanged(simulation: Simulation): () => ReturnType<typeof readStates> {
  let last: { writes: number; states: Awaited<ReturnType<typeof readStates>> } | null = null
  return async () => {
    const { writes } = simulation.sqlClock
    if (last?.writes === writes && !last.states.some((state) => state.leased)) return last.states
    last = { writes, states: await readStates(simulation) }
    return last.states
  }
}

function perform(simulation: Simulation, script: Script, dice: Dice): void {
  for (const { atMs, event } of script.events) simulation.later(atMs, () => carryOut(simulation, event))
  const chance = dice.fork()
  const manners = dice.fork()
  const growRough = () => {
    simulation.scheduler.saboteur = (turn) => strike(turn, script, chance, (kind) => simulation.count(kind))
    simulation.apps.manners = () => ({
      beats: !manners.chance(script.silentChance),
      drains: !manners.chance(script.stubbornChance),
    })
  }
  if (script.roughFromMs) simulation.later(script.roughFromMs, growRough)
  else growRough()
}

export function carryOut(simulation: Simulation, event: Event): void {
  // Drawn for the very moment of the calm, trouble would begin after it.
  if (simulation.isCalm && event.kind !== 'flip' && event.kind !== 'call') return
  switch (event.kind) {
    case 'flip':
      if (event.deliveriesMs.length === 0) simulation.count('webhook lost')
      if (event.deliveriesMs.length > 1) simulation.count('webhook doubled')
      simulation.flip(simulation.user(event.user), event.tier, event.deliveriesMs)
      return
    case 'call':
      simulation.callByHand(simulation.user(event.user))
      return
    case 'crash':
      simulation.crash(event.worker, event.forMs)
      return
    case 'freeze':
      simulation.freeze(event.worker, event.forMs)
      return
    case 'flush':
      simulation.flushQueue()
      return
    case 'fly':
      simulation.flyFault(event.fault, event.forMs)
      return
    case 'hand':
      touchMachine(simulation, simulation.user(event.user), event.deed).catch(simulation.scheduler.onError)
      return
    case 'pause':
      simulation.operator.pause(event.forMs)
      return
    case 'caution':
      simulation.operator.beCautious()
  }
}

function strike(turn: Turn, script: Script, dice: Dice, count: (kind: string) => void): Strike | null {
  if (turn.kind !== 'sql' && turn.kind !== 'fly') return null
  const when = dice.chance(0.5) ? 'before' : 'after'
  const what = turn.kind === 'sql' ? 'statement' : 'call'
  const roll = dice.next()
  if (roll < script.errorChance) {
    count(`${what} broken ${when}`)
    return { when, what: 'error', delayMs: 0 }
  }
  if (roll < script.errorChance + script.delayChance) {
    count(`${what} delayed`)
    return { when, what: 'delay', delayMs: dice.pick([200, 3_000, 12_000, 20_000]) }
  }
  if (
    roll < script.errorChance + script.delayChance + script.exitChance &&
    turn.actor.name.startsWith('worker')
  )
    return { when, what: 'exit', delayMs: 0 }
  return null
}
