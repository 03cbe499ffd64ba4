/**
 * Whatever happens to the shared backends, to a user's apps and to their machines: a cycle of the user's traders never
 * runs on both sides or on two machines at once, and a minute after the last thing that happened one runs again. Cycles
 * have a length, calls take their time or are lost, machines are cut off, replaced while they run, and die.
 *
 * What is left out is what docs/decisions/0019-handover.md calls impossible: a shared backend or a replaced machine that
 * is alive and out of reach for as long as it is waited for.
 */
import { createUser, useTestDatabase } from '@hangar/testkit'
import { expect, test } from '@jest/globals'
import fc from 'fast-check'
import { sql } from 'kysely'
import { HandoverWorld } from '../../testing/handover-world.ts'

const database = useTestDatabase({ maxConnections: 1 })

const MINUTE_MS = 60_000
/** One that died without a word is waited for since it last asked. */
const WAITED_FOR_MS = 60_000
/** Calls on their way, and a cycle's pause. */
const ON_THE_WAY_MS = 4_000

type Deed = (world: HandoverWorld, n: number) => Promise<void> | void

const DEEDS: Record<string, Deed> = {
  passes: (world, n) => world.pass(n * 400),
  passesLong: (world, n) => world.pass(n * 2_000),
  upgrade: async (world) => {
    if (world.row) return
    world.disturb()
    await done(world, world.provision())
  },
  /** Told at once, or by its next heartbeat; stopped when it has reported, or after the grace. */
  downgrade: async (world, n) => {
    const { process, row } = world
    if (!row) return
    await done(
      world,
      world.change({ status: 'deprovisioning', teardownStartedAt: 'now', drainStartedAt: 'now' }),
    )
    if (process && n % 2 === 0) void process.drain()
    for (let waited = 0; waited < 30_000 && process?.alive && !process.idle; waited += 500)
      await world.pass(500)
    for (const one of world.processes) if (one.row.id === row.id) one.die()
    world.disturb()
    await done(world, world.close('returned'))
  },
  /** Fly starts it again. */
  crash: (world, n) => {
    const { process } = world
    if (!process?.alive) return
    process.die()
    world.disturb()
    world.after(n * 50, () => world.boot(process.row, process.machineId))
  },
  /** Fly does not: the machine stays down until somebody repairs it, hours later. */
  machineDies: (world) => {
    world.process?.die()
    world.disturb()
  },
  /** A machine is made in the place of one that Fly says is gone. */
  repair: async (world) => {
    const { process, row } = world
    if (!row?.flyMachineId || row.teardownStartedAt) return
    const before = row.flyMachineId
    process?.die()
    await done(world, world.confirmStopped(before))
    await done(world, world.change({ flyMachineId: null }))
    world.disturb()
    await done(world, world.launch())
  },
  /** The same, while the one before runs on, unseen. */
  replaceUnseen: async (world) => {
    if (!world.row?.flyMachineId || world.row.teardownStartedAt) return
    await done(world, world.change({ flyMachineId: null }))
    world.disturb()
    await done(world, world.launch())
  },
  abandon: async (world) => {
    if (!world.row) return
    world.disturb()
    await done(world, world.close('left'))
  },
  cutOff: (world, n) => {
    const party = [world.process, ...world.shared][n % (world.shared.length + 1)]
    if (!party) return
    party.cutOffUntil = world.now + n * 80
    world.disturb()
  },
  anotherShared: (world) => {
    if (world.shared.filter(({ alive }) => alive).length < 3) world.addShared()
  },
  sharedLeaves: (world, n) => {
    const alive = world.shared.filter((one) => one.alive && !one.isLeaving)
    // One stays: what becomes of traders when nobody is there is no matter of the handover.
    if (alive.length < 2) return
    world.disturb()
    void alive[n % alive.length]?.leave()
  },
  sharedDies: (world, n) => {
    const alive = world.shared.filter((one) => one.alive && !one.isLeaving)
    if (alive.length < 2) return
    alive[n % alive.length]?.die()
    world.disturb()
  },
}

/** Lets time pass until it is. */
async function done(world: HandoverWorld, deed: Promise<unknown>): Promise<void> {
  const state = { isOver: false }
  void deed.then(() => (state.isOver = true))
  while (!state.isOver) await world.pass(100)
}

const randomOf = (seed: number) => {
  let state = seed >>> 0
  return {
    between: (from: number, to: number) => {
      state = (Math.imul(state ^ (state >>> 15), 2_246_822_519) + 0x9e37_79b9) >>> 0
      return from + (state % (to - from + 1))
    },
  }
}

type Step = readonly [name: string, n: number]
const reached = { dedicated: 0, shared: 0 }

async function live(steps: readonly Step[], seed: number): Promise<HandoverWorld> {
  await sql`truncate hangar.shared_backends, hangar.trader_placement`.execute(database.db)
  const { userId } = await createUser(database.db, { tier: 'pro' })
  const world = new HandoverWorld(database.db, userId, randomOf(seed))
  world.addShared()
  await world.pass(12_000)
  for (const [name, n] of steps) {
    await DEEDS[name]?.(world, n)
    await world.pass(n * 30)
    expect(world.violations).toEqual([])
  }
  // From the last thing that happened it is quiet.
  world.disturb()
  world.longestGapMs = 0
  await world.pass(2 * MINUTE_MS + WAITED_FOR_MS)
  expect(world.violations).toEqual([])
  return world
}

test('never both, and a minute after the last thing that happened they run again', async () => {
  // Most of the time nothing happens, and there is an app.
  const often = ['upgrade', 'upgrade', 'upgrade', 'passesLong', 'passesLong', 'passesLong', 'passesLong']
  const step = fc.tuple(fc.constantFrom(...Object.keys(DEEDS), ...often), fc.nat({ max: 100 }))
  const steps = fc.array(step, { maxLength: 25, size: 'max' })
  await fc.assert(
    fc.asyncProperty(steps, fc.nat(), async (some, seed) => {
      const world = await live(some, seed)
      const waits = some.some(([name]) => name === 'sharedDies') ? WAITED_FOR_MS : 0
      expect(Math.max(world.longestGapMs, world.gapMs)).toBeLessThanOrEqual(MINUTE_MS + waits + ON_THE_WAY_MS)
      reached[world.process?.mayRun && world.process.alive ? 'dedicated' : 'shared'] += 1
      for (const one of [...world.processes, ...world.shared]) one.die()
    }),
    { numRuns: 25, seed: 20_260_301 },
  )
  // The walk is worth nothing if it does not reach both ends.
  expect(reached.dedicated).toBeGreaterThan(3)
  expect(reached.shared).toBeGreaterThan(3)
}, 120_000)

test('the whole way there and back, on the default intervals, takes no minute on either side', async () => {
  const world = await live([['passesLong', 10]], 1)
  await DEEDS['upgrade']?.(world, 0)
  await world.pass(MINUTE_MS)
  expect(world.process?.mayRun).toBe(true)
  await DEEDS['downgrade']?.(world, 0)
  await world.pass(MINUTE_MS)
  expect(world.shared[0]?.mayRun).toBe(true)
  expect(world.violations).toEqual([])
  expect(world.longestGapMs).toBeLessThan(20_000)
})

test.each([
  ['a deploy: the one before in the middle of a cycle', ['anotherShared', 'upgrade', 'sharedLeaves']],
  ['a machine that dies and stays down', ['upgrade', 'passesLong', 'machineDies']],
  ['a machine replaced while it runs', ['upgrade', 'passesLong', 'replaceUnseen']],
  ['an app given up, and the next generation', ['upgrade', 'passesLong', 'abandon', 'upgrade']],
])('%s', async (_what, names) => {
  const world = await live(
    names.map((name): Step => [name, 40]),
    7,
  )
  expect(Math.max(world.longestGapMs, world.gapMs)).toBeLessThanOrEqual(MINUTE_MS + ON_THE_WAY_MS)
})
