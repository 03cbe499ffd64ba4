/**
 * Model-based: fast-check draws lists of commands, runs them on the simulated world, and shrinks a list that fails.
 * The model is no more than each user's last tier.
 */
import { expect, test } from '@jest/globals'
import fc from 'fast-check'
import { carryOut, converge, CONVERGE_WITHIN_MS, verdictOf } from './history.ts'
import type { Intervals } from './housekeeping.ts'
import type { Event } from './script.ts'
import { Simulation } from './simulation.ts'
import { useStore } from './testing.ts'

const SEED = 20_260_301
/** On a machine that has nothing else to do, some 10 s of them. */
const RUNS = 80
const USERS = 2
const WORKERS = 2

type Model = { tiers: Map<number, string> }

/** Something happens, and then the world goes on for a while. */
class Happening implements fc.AsyncCommand<Model, Simulation> {
  readonly #event: Event | null
  readonly #thenMs: number

  constructor(event: Event | null, thenMs: number) {
    this.#event = event
    this.#thenMs = thenMs
  }

  check(): boolean {
    return true
  }

  async run(model: Model, simulation: Simulation): Promise<void> {
    if (this.#event) carryOut(simulation, this.#event)
    if (this.#event?.kind === 'flip') model.tiers.set(this.#event.user, this.#event.tier)
    await simulation.run(this.#thenMs)
  }

  toString(): string {
    return `${JSON.stringify(this.#event ?? 'tick')} then ${this.#thenMs} ms`
  }
}

const user = fc.nat(USERS - 1)
const worker = fc.nat(WORKERS - 1)
const thenMs = fc.oneof(fc.nat(200), fc.nat(4_000), fc.nat(30_000))
/** No webhook, one, or two: soon, late, and so in any order. */
const deliveriesMs = fc.array(fc.oneof(fc.nat(300), fc.nat(20_000)), { maxLength: 2 })
const tier = fc.constantFrom('free' as const, 'pro' as const, 'elite' as const)

const event: fc.Arbitrary<Event> = fc.oneof(
  { weight: 5, arbitrary: fc.record({ kind: fc.constant('flip' as const), user, tier, deliveriesMs }) },
  fc.record({ kind: fc.constant('call' as const), user }),
  fc.record({ kind: fc.constant('crash' as const), worker, forMs: fc.nat(6_000) }),
  fc.record({ kind: fc.constant('freeze' as const), worker, forMs: fc.nat(40_000) }),
  fc.constant({ kind: 'flush' as const }),
  fc.record({
    kind: fc.constant('fly' as const),
    fault: fc.record({
      kind: fc.constantFrom(
        ...(['internal', 'rate_limited', 'hang', 'hang_after', 'reset_before', 'reset_after'] as const),
        ...(['error_after', 'start_failed', 'app_half_gone', 'checks_missing', 'stuck_state'] as const),
      ),
      count: fc.integer({ min: 1, max: 3 }),
      seed: fc.nat(1_000),
    }),
    forMs: fc.nat(20_000),
  }),
)

const command = fc
  .tuple(fc.option(event, { freq: 8 }), thenMs)
  .map(([happens, waitMs]) => new Happening(happens, waitMs))

const store = useStore()

/** Runs the commands, ends the faults, and tells what is wrong then. */
function violationsAfter(intervals: Partial<Intervals>) {
  return fc.asyncProperty(fc.commands([command], { maxCommands: 12 }), async (commands) => {
    const simulation = new Simulation({
      seed: SEED,
      store: store.current,
      users: USERS,
      workers: WORKERS,
      intervals,
    })
    await simulation.start()
    try {
      const model: Model = { tiers: new Map() }
      await fc.asyncModelRun(() => ({ model, real: simulation }), commands)
      simulation.calm()
      const { found } = await converge(simulation, CONVERGE_WITHIN_MS)
      expect(await verdictOf(simulation, found)).toEqual([])
      for (const [index, last] of model.tiers) expect(simulation.tiers.get(simulation.user(index))).toBe(last)
    } finally {
      simulation.stop()
    }
  })
}

test('whatever happens, the last tier wins', async () => {
  await fc.assert(violationsAfter({}), { numRuns: RUNS, seed: SEED })
}, 180_000)

test('without the relay it does not, and what is left of the commands is one change whose webhook is lost', async () => {
  const { failed, counterexample } = await fc.check(violationsAfter({ relayMs: null }), {
    numRuns: 30,
    seed: SEED,
  })
  expect(failed).toBe(true)
  const left = [...(counterexample?.[0] ?? [])].map(String)
  expect(left.length).toBeLessThanOrEqual(2)
  expect(left.join()).toContain('"deliveriesMs":[]')
}, 180_000)
