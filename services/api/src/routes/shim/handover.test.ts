/**
 * Any interleaving of the shared backend, a user's apps, and what the worker does to those: never do both run the
 * user's traders, and once both sides do what the contract says they run somewhere within 60 s. What is on its way
 * (an answer, a confirmation) may arrive at any later time, and confirmations in any order and twice.
 */
import {
  confirmReleased,
  insertApp,
  listPlacement,
  lockApp,
  recordDrained,
  returnTraders,
  takeTraders,
  updateApp,
  type AppRow,
  type PlacementChanges,
  type RunsOn,
} from '@hangar/db'
import { createUser } from '@hangar/testkit'
import { expect, test } from '@jest/globals'
import fc from 'fast-check'
import { useApi } from '../../testing/harness.ts'
import { isDraining } from './app-caller.ts'
import { mayTrade, ordersFor } from './standing.ts'

const api = useApi()
const POLL_MS = 10_000

/** The shared backend, as the contract describes it, and what of it is under way. */
class SharedBackend {
  runs = true
  #cursor: string | undefined
  #answer: PlacementChanges | undefined
  #confirmations: { userId: string; move: number }[] = []
  readonly #userId: string

  constructor(userId: string) {
    this.#userId = userId
  }

  async poll(): Promise<void> {
    this.#answer ??= await listPlacement(api.db, this.#cursor)
  }

  hear(): void {
    const answer = this.#answer
    this.#answer = undefined
    if (!answer) return
    this.#cursor = answer.cursor
    const mine = answer.users.find(({ userId }) => userId === this.#userId)
    const runsOn: RunsOn | undefined = mine?.runsOn ?? (answer.complete ? 'shared' : undefined)
    if (runsOn !== undefined) this.runs = runsOn === 'shared'
    if (mine?.runsOn === 'moving') this.#confirmations.push({ userId: this.#userId, move: mine.move })
  }

  /** Sends any of what was ever to be sent; it stays where it is, to be sent again. */
  async confirm(which: number): Promise<void> {
    const one = this.#confirmations[which % Math.max(1, this.#confirmations.length)]
    if (one) await confirmReleased(api.db, [one])
  }

  async confirmLast(): Promise<void> {
    await this.confirm(this.#confirmations.length - 1)
  }

  /** Knows nothing, and runs no custom traders before it has heard from Hangar. */
  restart(): void {
    this.runs = false
    this.#cursor = undefined
    this.#answer = undefined
  }
}

/** One generation: its process, and what the worker does with it. */
class App {
  trades = false
  #drained = false
  #told: boolean | undefined
  row: AppRow

  constructor(row: AppRow) {
    this.row = row
  }

  get live(): boolean {
    return this.row.deletedAt === null
  }

  async ask(): Promise<void> {
    this.#told ??= await api.db.transaction().execute(async (tx) => {
      const row = await lockApp(tx, this.row.id)
      if (!row || row.deletedAt || isDraining(row)) return false
      const { runsOn, userFlyAppId } = await takeTraders(tx, row, 'confirmed')
      return mayTrade(
        ordersFor(row, { runsOn, placedAppId: userFlyAppId }, { quotas: {}, drainGraceMs: 30_000 }),
      )
    })
  }

  hear(): void {
    if (this.#told !== undefined && !this.#drained && this.live) this.trades = this.#told
    this.#told = undefined
  }

  /** The process starts anew: what it asked for before is nobody's any more. */
  crash(): void {
    this.trades = false
    this.#told = undefined
  }

  async beginTeardown(): Promise<void> {
    await this.#write({ status: 'deprovisioning', teardownStartedAt: 'now', drainStartedAt: 'now' })
  }

  /** Told by its heartbeat: stops, then says so. */
  async drain(): Promise<void> {
    if (!this.live || !isDraining(this.row)) return
    this.#drained = true
    this.trades = false
    await recordDrained(api.db, this.row.id, { signalsFlushed: 0, executionsFlushed: 0, lost: 0 })
  }

  /** The machine is stopped or was found gone, then the row is closed. */
  async end(): Promise<void> {
    if (!this.live) return
    this.crash()
    await this.#write({ status: 'deleted', deletedAt: 'now' })
    await returnTraders(api.db, this.row.id)
  }

  async #write(patch: Parameters<typeof updateApp>[2]): Promise<void> {
    this.row = await api.db.transaction().execute((tx) => updateApp(tx, this.row.id, patch))
  }
}

class World {
  readonly shared: SharedBackend
  readonly apps: App[] = []
  readonly #userId: string

  constructor(userId: string) {
    this.#userId = userId
    this.shared = new SharedBackend(userId)
  }

  get live(): App | undefined {
    return this.apps.find((app) => app.live)
  }

  async provision(): Promise<void> {
    if (this.live) return
    const generation = this.apps.length + 1
    const name = `vyx-user-${this.#userId.slice(0, 8)}-${generation}`
    const row = await api.db.transaction().execute((tx) =>
      insertApp(tx, {
        userId: this.#userId,
        generation,
        flyAppName: name,
        network: name,
        tier: 'pro',
        region: 'iad',
        image: 'i',
        cpuKind: 'shared',
        cpus: 1,
        memoryMb: 256,
      }),
    )
    this.apps.push(new App(row))
  }

  /** How many run the user's traders now. */
  get runners(): number {
    return Number(this.shared.runs) + this.apps.filter((app) => app.trades).length
  }
}

const STEPS: Record<string, (world: World, n: number) => Promise<void> | void> = {
  poll: (world) => world.shared.poll(),
  pollIsHeard: (world) => world.shared.hear(),
  confirm: (world, n) => world.shared.confirm(n),
  sharedRestarts: (world) => world.shared.restart(),
  provision: (world) => world.provision(),
  ask: (world) => world.live?.ask(),
  answerIsHeard: (world, n) => world.apps[n % Math.max(1, world.apps.length)]?.hear(),
  appCrashes: (world) => world.live?.crash(),
  teardownBegins: (world) => world.live?.beginTeardown(),
  drained: (world) => world.live?.drain(),
  ends: (world) => world.live?.end(),
  /** A worker that stalled repeats what it did at the end of an earlier life. */
  endsAgain: async ({ apps }, n) => {
    const app = apps[n % Math.max(1, apps.length)]
    if (app && !app.live) await returnTraders(api.db, app.row.id)
  },
  // What usually comes in one piece, so that the walk gets somewhere between two oddities.
  sharedTurn: async ({ shared }) => {
    await shared.poll()
    shared.hear()
  },
  appTurn: async (world) => {
    await world.provision()
    await world.live?.ask()
    world.live?.hear()
  },
  lifeEnds: async (world) => {
    await world.live?.beginTeardown()
    await world.live?.drain()
    await world.live?.end()
  },
}

/**
 * Both sides do as the contract says, and the worker ends a draining app. How many ms until the traders run where they
 * belong: in the live app, or else on the shared backend.
 */
async function settle(world: World): Promise<number> {
  for (let passedMs = 0; passedMs <= 60_000; passedMs += POLL_MS) {
    const where = world.live ? !isDraining(world.live.row) && world.live.trades : world.shared.runs
    if (where) return passedMs
    await world.shared.poll()
    world.shared.hear()
    await world.shared.confirmLast()
    if (isDrainingLive(world)) {
      await world.live?.drain()
      await world.live?.end()
    }
    world.live?.hear()
    await world.live?.ask()
    world.live?.hear()
    expect(world.runners).toBeLessThanOrEqual(1)
  }
  throw new Error('nobody runs the traders for 60 s')
}

function isDrainingLive({ live }: World): boolean {
  return live !== undefined && isDraining(live.row)
}

test('never both, and never nobody for longer than 60 s', async () => {
  const step = fc.tuple(fc.constantFrom(...Object.keys(STEPS)), fc.nat({ max: 7 }))
  const reached = { moved: 0, shared: 0 }
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 60, size: 'max' }), async (steps) => {
      const world = new World((await createUser(api.db, { tier: 'pro' })).userId)
      for (const [name, n] of steps) {
        await STEPS[name]?.(world, n)
        expect(world.runners).toBeLessThanOrEqual(1)
      }
      await settle(world)
      if (world.apps.some((app) => app.trades)) reached.moved += 1
      else reached.shared += 1
    }),
    { numRuns: 100, seed: 20_260_301 },
  )
  // The walk is worth nothing if it does not reach both ends.
  expect(reached.moved).toBeGreaterThan(5)
  expect(reached.shared).toBeGreaterThan(5)
}, 120_000)
