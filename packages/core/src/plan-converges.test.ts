/**
 * The plan carried out on a model of Fly: from any state of affairs, if nothing more changes, it comes to an end, and
 * the end is what was wanted. The model knows what each step does and nothing of why.
 */
import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import type { Entitlement } from './entitlement.ts'
import { FORCED_ACTIONS, sameGuest } from './lifecycle.ts'
import { plan } from './plan.ts'
import type { FlyFacts, MachineFacts, RowFacts, Step, World } from './world.ts'

const PRO = { cpuKind: 'shared', cpus: 2, memoryMb: 512 } as const
const ELITE = { cpuKind: 'shared', cpus: 2, memoryMb: 1024 } as const
const entitled = (guest: typeof PRO | typeof ELITE): Entitlement => ({
  kind: 'entitled',
  tier: 'pro',
  guest,
  region: null,
  reason: 'tier',
})
const NOW = new Date('2026-03-01T12:00:00Z')
const MOST_LOOKS = 60

/** The same worlds each time: a test that fails fails for everybody. */
const SEED = 20_260_301
const RUNS = 5_000

/** What time does by itself to a machine that is between two states. */
const NEXT_STATE: Readonly<Record<string, string>> = {
  ...{
    creating: 'started',
    starting: 'started',
    restarting: 'started',
    updating: 'started',
    replacing: 'started',
  },
  ...{ stopping: 'stopped', suspending: 'suspended', destroying: 'destroyed', 'new?': 'stopped' },
}

class Model {
  world: World
  #made = 0

  constructor(world: World) {
    this.world = world
  }

  get machines(): MachineFacts[] {
    return this.world.fly.kind === 'ours' ? this.world.fly.machines : []
  }

  /** Null when it has come to rest. */
  look(): 'moved' | null {
    const next = plan(this.world)
    if (next.kind === 'settled') return null
    if (next.kind === 'wait') this.#pass(next.delayMs)
    else for (const step of next.steps) this.#apply(step)
    return 'moved'
  }

  #pass(ms: number): void {
    const { fly } = this.world
    const seen: FlyFacts = fly.kind === 'unreachable' ? { kind: 'ours', machines: [] } : fly
    this.world = { ...this.world, now: new Date(this.world.now.getTime() + ms), fly: seen }
    this.#setMachines(this.machines.map((one) => ({ ...one, state: NEXT_STATE[one.state] ?? one.state })))
  }

  #row(patch: Partial<RowFacts>): void {
    if (this.world.row)
      this.world = { ...this.world, row: { ...this.world.row, changedAt: this.world.now, ...patch } }
  }

  #setMachines(machines: MachineFacts[]): void {
    if (this.world.fly.kind === 'ours') this.world = { ...this.world, fly: { kind: 'ours', machines } }
  }

  #change(id: string, patch: Partial<MachineFacts>): void {
    this.#setMachines(this.machines.map((one) => (one.id === id ? { ...one, ...patch } : one)))
  }

  get #guest() {
    const { entitlement } = this.world
    return entitlement.kind === 'entitled' ? entitlement.guest : PRO
  }

  /** A machine as Fly makes or remakes it: started, under a version of its own. */
  #launch(id: string): void {
    const instanceId = `v-new-${++this.#made}`
    const machine = { id, state: 'started', instanceId, guest: this.#guest, owned: true }
    this.#setMachines([...this.machines.filter((one) => one.id !== id), machine])
    this.#row({ machineId: id, instanceId, guest: this.#guest, drainStartedAt: null })
    this.#hear()
  }

  /** A program that has just started takes up whatever the one before was told. */
  #hear(): void {
    this.world = { ...this.world, app: { ...this.world.app, idle: null } }
  }

  #apply(step: Step): void {
    switch (step.kind) {
      case 'reserve':
        this.world = { ...this.world, row: RESERVED, fly: { kind: 'untouched' } }
        return
      case 'rename':
        this.world = { ...this.world, fly: { kind: 'absent' } }
        return
      case 'create_app':
        this.world = { ...this.world, fly: { kind: 'ours', machines: [] } }
        return
      case 'create_machine': {
        this.#launch(`new-${++this.#made}`)
        return
      }
      case 'update_machine': {
        this.#launch(step.machineId)
        return
      }
      case 'adopt_machine': {
        const machine = this.machines.find((one) => one.id === step.machineId)
        this.#row({
          machineId: step.machineId,
          instanceId: machine?.instanceId ?? null,
          guest: machine?.guest ?? PRO,
          drainStartedAt: null,
        })
        return
      }
      case 'start_machine': {
        this.#change(step.machineId, { state: 'started' })
        this.#hear()
        return
      }
      case 'restart_machine': {
        this.#hear()
        return
      }
      case 'stop_machine': {
        this.#change(step.machineId, { state: 'stopped' })
        return
      }
      case 'delete_machine': {
        this.#setMachines(this.machines.filter((one) => one.id !== step.machineId))
        return
      }
      case 'delete_app':
        this.world = { ...this.world, fly: { kind: 'absent' } }
        return
      // What is forced is bound to the row.
      case 'close':
        this.world = { ...this.world, row: null, forced: null }
        return
      // Whatever is left on Fly is the orphan scan's.
      case 'abandon':
        this.world = { ...this.world, row: null, forced: null, fly: { kind: 'absent' } }
        return
      case 'ask_to_drain': {
        this.#row({ drainStartedAt: this.world.now, drainTold: true })
        return
      }
      // A failed attempt is written on the row, and sits out a pause.
      case 'give_up': {
        this.#row({})
        this.#pass(2_000)
        return
      }
      case 'begin_teardown': {
        this.#row({ status: 'deprovisioning', teardownStartedAt: this.world.now, operation: null })
        return
      }
      case 'begin_resize': {
        this.#row({ operation: 'resize' })
        return
      }
      case 'begin_repair': {
        this.#row({ operation: 'repair' })
        return
      }
      case 'activate':
      case 'confirm': {
        this.#row({ status: 'active', deployed: true, operation: null })
        return
      }
      case 'await_started': {
        this.#setMachines(this.machines.map((one) => ({ ...one, state: NEXT_STATE[one.state] ?? one.state })))
        return
      }
      case 'set_secrets':
      case 'await_healthy':
      case 'await_turn':
      case 'end_drain':
    }
  }
}

const RESERVED: RowFacts = {
  status: 'provisioning',
  operation: null,
  machineId: null,
  instanceId: null,
  guest: PRO,
  deployed: false,
  teardownStartedAt: null,
  drainStartedAt: null,
  drainTold: false,
  changedAt: NOW,
}

const from = fc.option(fc.integer({ min: -60_000, max: 60_000 }).map((ms) => new Date(NOW.getTime() - ms)))
const idle = fc.option(fc.record({ from, reason: fc.constant('it idles') }))
const moment = fc.option(fc.integer({ min: 0, max: 60_000 }).map((ms) => new Date(NOW.getTime() - ms)))
const machine: fc.Arbitrary<MachineFacts> = fc.record({
  id: fc.constantFrom('m1', 'm2', 'm3'),
  state: fc.constantFrom(
    ...[
      'created',
      'started',
      'stopped',
      'suspended',
      'failed',
      'launch_failed',
      'destroyed',
      'replaced',
      'migrated',
    ],
    ...Object.keys(NEXT_STATE),
  ),
  instanceId: fc.constantFrom('v1', 'v2', null),
  guest: fc.constantFrom(PRO, ELITE, null),
  owned: fc.boolean(),
})
const fly: fc.Arbitrary<FlyFacts> = fc.oneof(
  fc.constantFrom<FlyFacts>({ kind: 'unreachable' }, { kind: 'absent' }, { kind: 'stranger' }),
  fc
    .uniqueArray(machine, { maxLength: 3, selector: (one) => one.id })
    .map((machines): FlyFacts => ({ kind: 'ours', machines })),
)
const row: fc.Arbitrary<RowFacts> = fc.record({
  status: fc.constantFrom('provisioning', 'active', 'deprovisioning', 'error'),
  operation: fc.constantFrom(null, 'resize', 'repair'),
  machineId: fc.constantFrom(null, 'm1', 'm2'),
  instanceId: fc.constantFrom(null, 'v1', 'v2'),
  guest: fc.constantFrom(PRO, ELITE),
  deployed: fc.boolean(),
  teardownStartedAt: moment,
  drainStartedAt: moment,
  drainTold: fc.boolean(),
  changedAt: fc.constantFrom(NOW, new Date(NOW.getTime() - 3_600_000)),
})
const worlds = (entitlement: fc.Arbitrary<Entitlement>): fc.Arbitrary<World> =>
  fc.record({
    now: fc.constant(NOW),
    entitlement,
    row: fc.option(row),
    fly,
    app: fc.record({ bootstrapped: fc.boolean(), drainedAt: moment, idle }),
    brakes: fc.constant([]),
    forced: fc.oneof(fc.constant(null), fc.constantFrom(...FORCED_ACTIONS)),
    namesInDoubt: fc.constant(false),
    drainGraceMs: fc.constant(30_000),
    settleDeadlineMs: fc.constant(180_000),
  })

function runToTheEnd(world: World): Model {
  // What is on Fly belongs to a row; without one there is nothing to look at.
  const model = new Model(world.row ? world : { ...world, fly: { kind: 'absent' } })
  for (let looks = 0; model.look() !== null; looks++)
    if (looks > MOST_LOOKS)
      throw new Error(`no end after ${MOST_LOOKS} looks: ${JSON.stringify(plan(model.world))}`)
  return model
}

const check = (entitlement: fc.Arbitrary<Entitlement>, holds: (model: Model, before: World) => void) =>
  fc.assert(
    fc.property(worlds(entitlement), (world) => holds(runToTheEnd(world), world)),
    { numRuns: RUNS, seed: SEED },
  )

describe('the plan, carried out with nothing else changing', () => {
  test('an entitled user ends with one app at rest and one machine in it, started, of the right size, on record', () => {
    check(fc.constantFrom(entitled(PRO), entitled(ELITE)), (model) => {
      const { row, entitlement } = model.world
      expect(row).toMatchObject({
        status: 'active',
        deployed: true,
        operation: null,
        teardownStartedAt: null,
      })
      const [only, ...more] = model.machines.filter(
        (one) => !['destroyed', 'replaced', 'migrated'].includes(one.state),
      )
      expect(more).toEqual([])
      expect(only).toMatchObject({ id: row?.machineId, state: 'started', owned: true })
      const guest = only?.guest ?? row?.guest
      expect(guest && entitlement.kind === 'entitled' && sameGuest(guest, entitlement.guest)).toBe(true)
    })
  })

  test('a user who is not entitled ends with no row, and with no app of ours', () => {
    check(fc.constant<Entitlement>({ kind: 'not_entitled', reason: 'tier free' }), (model) => {
      expect(model.world.row).toBeNull()
      expect(['absent', 'stranger', 'untouched']).toContain(model.world.fly.kind)
    })
  })

  test('while the entitlement is unknown, nothing is made and nothing is taken away', () => {
    fc.assert(
      fc.property(worlds(fc.constant<Entitlement>({ kind: 'unknown', reason: 'no row seen' })), (world) => {
        const model = new Model(world)
        for (let looks = 0; looks < 5; looks++) model.look()
        expect(model.world.row).toEqual(world.row)
        const ids = (facts: FlyFacts) =>
          facts.kind === 'ours' ? facts.machines.map((one) => one.id) : facts.kind
        if (world.fly.kind !== 'unreachable') expect(ids(model.world.fly)).toEqual(ids(world.fly))
      }),
      { numRuns: RUNS, seed: SEED },
    )
  })
})
