/**
 * Every point at which a worker can be hit, one after the other: a scenario runs once as it should and its turns are
 * counted (each statement or transaction, each call to Fly), and then once for each turn, moment and kind of trouble.
 */
import type { Store } from './database.ts'
import { converge, CONVERGE_WITHIN_MS, verdictOf } from './history.ts'
import type { Strike, Turn } from './scheduler.ts'
import type { Tier } from './script.ts'
import { Simulation } from './simulation.ts'

export type Scenario = {
  name: string
  /** Reached in peace, before the points are counted. */
  before: Tier | null
  /** One after the other, each so many milliseconds after the one before. */
  flips: { tier: Tier; afterMs: number }[]
}

/** `flip`: to and fro while the first change is still being made. */
export const SCENARIOS: readonly Scenario[] = [
  { name: 'provision', before: null, flips: [{ tier: 'pro', afterMs: 0 }] },
  { name: 'deprovision', before: 'pro', flips: [{ tier: 'free', afterMs: 0 }] },
  { name: 'resize', before: 'pro', flips: [{ tier: 'elite', afterMs: 0 }] },
  {
    name: 'flip',
    before: 'pro',
    flips: [
      { tier: 'free', afterMs: 0 },
      { tier: 'elite', afterMs: 150 },
      { tier: 'pro', afterMs: 3_000 },
    ],
  },
]

export type Point = { turn: number; label: string; when: Strike['when']; what: Strike['what'] }

const WHENS = ['before', 'after'] as const
const WHATS = ['error', 'delay', 'exit'] as const
/** Beyond the lease and beyond every timeout of a call. */
const DELAY_MS = 20_000

const SEED = 20_260_301
/** Long enough for the scenario to have been hit and for the blow to have been dealt with or given up. */
const SETTLE_MS = 5_000

/** What can be hit in the scenario, in order. */
export async function recordPoints(scenario: Scenario, store: Store): Promise<Point[]> {
  const turns: Turn[] = []
  const { violations } = await play(scenario, store, (turn) => {
    turns.push(turn)
    return null
  })
  if (violations.length > 0) throw new Error(`${scenario.name} without any fault: ${violations.join('; ')}`)
  return turns.flatMap(({ label }, turn) =>
    WHENS.flatMap((when) => WHATS.map((what): Point => ({ turn, label, when, what }))),
  )
}

/** Violations when the scenario is hit at this point; null if the point was never reached. */
export async function hit(scenario: Scenario, point: Point, store: Store): Promise<string[] | null> {
  const { struck, violations } = await play(scenario, store, (_turn, index) =>
    index === point.turn ? { when: point.when, what: point.what, delayMs: DELAY_MS } : null,
  )
  return struck ? violations : null
}

async function play(
  scenario: Scenario,
  store: Store,
  strikeAt: (turn: Turn, index: number) => Strike | null,
): Promise<{ struck: boolean; violations: string[] }> {
  const simulation = new Simulation({ seed: SEED, store, users: 1, workers: 2 })
  await simulation.start()
  try {
    const user = simulation.user(0)
    if (scenario.before !== null) {
      simulation.flip(user, scenario.before, [1])
      await converge(simulation, CONVERGE_WITHIN_MS)
    }
    let index = 0
    let struck = false
    simulation.scheduler.saboteur = (turn) => {
      const counts = (turn.kind === 'sql' || turn.kind === 'fly') && turn.actor.name.startsWith('worker')
      if (!counts) return null
      const strike = strikeAt(turn, index++)
      struck ||= strike !== null
      return strike
    }
    for (const { tier, afterMs } of scenario.flips) {
      if (afterMs > 0) await simulation.run(afterMs)
      simulation.flip(user, tier, [1])
    }
    await simulation.run(SETTLE_MS)
    // The blow may come later still: the points go on until all is at rest.
    const { found } = await converge(simulation, CONVERGE_WITHIN_MS + DELAY_MS)
    return { struck, violations: await verdictOf(simulation, found) }
  } finally {
    simulation.stop()
  }
}
