import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { BRAKE_NAMES, type BrakedAct, holdingBrake } from './brakes.ts'
import { FORCED_ACTIONS } from './lifecycle.ts'
import { chooseMachine, present } from './machine-states.ts'
import { plan, planUnseen } from './plan.ts'
import {
  PRO,
  ELITE,
  NOW,
  ago,
  entitled,
  elite,
  free,
  unknown,
  provisioning,
  machined,
  active,
  ending,
  machine,
  ours,
  absent,
  world,
  brief,
  drainedUnasked,
  refused,
} from './testing/worlds.ts'
import type { FlyFacts, MachineFacts, Plan, Step, World } from './world.ts'

describe('plan: a user who is entitled', () => {
  const up = 'await_started await_healthy activate'
  test.each<[string, Partial<World>, string]>([
    ['no row: a name is reserved before Fly is touched', {}, 'reserve'],
    ['no row, and a restored database may not know what is on Fly', { namesInDoubt: true }, 'wait 60000'],
    [
      'such a doubt holds up nobody who has a row',
      { row: active, fly: ours(machine('started')), namesInDoubt: true },
      'settled',
    ],
    ['a row and nothing on Fly', { row: provisioning }, `create_app set_secrets create_machine ${up}`],
    [
      'a row just reserved',
      { row: provisioning, fly: { kind: 'untouched' } },
      `create_app set_secrets create_machine ${up}`,
    ],
    ['an app without a machine', { row: provisioning, fly: ours() }, `set_secrets create_machine ${up}`],
    [
      'a machine that the row does not know yet',
      { row: provisioning, fly: ours(machine('starting')) },
      'adopt_machine',
    ],
    ['a machine on its way up', { row: machined, fly: ours(machine('starting')) }, up],
    ['a machine that is started', { row: machined, fly: ours(machine('started')) }, up],
    ['a machine that stopped', { row: machined, fly: ours(machine('stopped')) }, `start_machine ${up}`],
    [
      'a machine that failed',
      { row: provisioning, fly: ours(machine('failed')) },
      `delete_machine set_secrets create_machine ${up}`,
    ],
    ['a machine going away', { row: machined, fly: ours(machine('destroying')) }, 'wait 1000'],
    ['a state nobody knows', { row: machined, fly: ours(machine('hibernating')) }, 'wait 1000'],
    [
      'the same for a minute: asked less often',
      { row: { ...machined, changedAt: ago(60_000) }, fly: ours(machine('hibernating')) },
      'wait 30000',
    ],
    [
      'never less often than once a minute',
      { row: { ...machined, changedAt: ago(150_000) }, fly: ours(machine('destroying')) },
      'wait 60000',
    ],
    [
      'longer than a start may take: a failed attempt',
      { row: { ...machined, changedAt: ago(180_001) }, fly: ours(machine('destroying')) },
      'give_up',
    ],
    [
      'a destroyed machine counts as none',
      { row: provisioning, fly: ours(machine('destroyed')) },
      `set_secrets create_machine ${up}`,
    ],
    ["the name is a stranger's", { row: provisioning, fly: { kind: 'stranger' } }, 'rename'],
    ['Fly does not answer', { row: provisioning, fly: { kind: 'unreachable' } }, 'wait 15000'],
    [
      'an error row goes on where it was',
      { row: { ...provisioning, status: 'error' }, fly: ours() },
      `set_secrets create_machine ${up}`,
    ],
    ['active and as wanted', { row: active, fly: ours(machine('started')) }, 'settled'],
    [
      'up, and the row says otherwise',
      { row: { ...active, status: 'error' }, fly: ours(machine('started')) },
      'confirm',
    ],
    ['active, and the app is gone: made anew, at its turn', { row: active, fly: absent }, 'await_turn close'],
    ['active, and the machine is missing', { row: active, fly: ours() }, 'begin_repair'],
    ['active, and the machine was stopped', { row: active, fly: ours(machine('stopped')) }, 'begin_repair'],
    [
      'under repair, machine missing',
      { row: { ...active, operation: 'repair' }, fly: ours() },
      'set_secrets create_machine await_started await_healthy confirm',
    ],
    [
      'under repair, machine stopped',
      { row: { ...active, operation: 'repair' }, fly: ours(machine('stopped')) },
      'start_machine await_started await_healthy confirm',
    ],
    [
      'active with two machines',
      { row: active, fly: ours(machine('started'), machine('started', { id: 'm2' })) },
      'await_turn delete_machine',
    ],
    [
      'active, and it idles since it was refused',
      { row: active, app: refused, fly: ours(machine('started')) },
      'begin_repair',
    ],
    [
      'under repair, and it idles',
      {
        row: { ...active, operation: 'repair' },
        app: refused,
        fly: ours(machine('started')),
      },
      'restart_machine await_started await_healthy confirm',
    ],
    [
      'active, and it may have drained unasked',
      { row: active, app: drainedUnasked(60_000), fly: ours(machine('started')) },
      'wait 30000',
    ],
    [
      'active, and it has drained unasked',
      { row: active, app: drainedUnasked(90_000), fly: ours(machine('started')) },
      'begin_repair',
    ],
    [
      'being resized, and it drained as soon as it was up',
      {
        row: { ...active, operation: 'resize', guest: ELITE },
        entitlement: elite,
        app: drainedUnasked(90_000),
        fly: ours(machine('started', { guest: ELITE })),
      },
      'restart_machine await_started await_healthy confirm',
    ],
    ['active, Fly does not answer', { row: active, fly: { kind: 'unreachable' } }, 'wait 15000'],
    ['the guest changed', { row: active, entitlement: elite, fly: ours(machine('started')) }, 'begin_resize'],
    [
      'resizing: drained first',
      { row: { ...active, operation: 'resize' }, entitlement: elite, fly: ours(machine('started')) },
      'ask_to_drain',
    ],
    [
      'resizing: draining',
      {
        row: { ...active, operation: 'resize', drainStartedAt: ago(10_000) },
        entitlement: elite,
        fly: ours(machine('started')),
      },
      'wait 20000',
    ],
    [
      'resizing: grace over',
      {
        row: { ...active, operation: 'resize', drainStartedAt: ago(30_000) },
        entitlement: elite,
        fly: ours(machine('started')),
      },
      'end_drain stop_machine update_machine await_started await_healthy confirm',
    ],
    [
      'flipped back after the drain began: the drained app is started anew',
      { row: { ...active, operation: 'resize', drainStartedAt: ago(30_000) }, fly: ours(machine('started')) },
      'end_drain stop_machine update_machine await_started await_healthy confirm',
    ],
    [
      'resizing: a machine that failed is made anew, not updated',
      { row: { ...active, operation: 'resize' }, entitlement: elite, fly: ours(machine('failed')) },
      'delete_machine set_secrets create_machine await_started await_healthy confirm',
    ],
    [
      'resizing: nor is one that is going away',
      { row: { ...active, operation: 'resize' }, entitlement: elite, fly: ours(machine('destroying')) },
      'wait 1000',
    ],
    [
      'resizing: nor one in a state that nobody knows',
      { row: { ...active, operation: 'resize' }, entitlement: elite, fly: ours(machine('hibernating')) },
      'wait 1000',
    ],
    [
      'resizing: replaced by Fly, and that does not end',
      {
        row: { ...active, operation: 'resize', changedAt: ago(200_000) },
        entitlement: elite,
        fly: ours(machine('replacing')),
      },
      'give_up',
    ],
    [
      'updated: brought up',
      { row: { ...active, operation: 'resize' }, fly: ours(machine('replacing')) },
      'await_started await_healthy confirm',
    ],
    [
      'upgraded while the old generation ends: it is finished first',
      { row: ending, fly: ours(machine('stopped')) },
      'delete_machine delete_app close',
    ],
  ])('%s', (_, facts, expected) => {
    expect(brief(plan(world(facts)))).toBe(expected)
  })
})

describe('plan: a user who is not entitled', () => {
  test.each<[string, Partial<World>, string]>([
    ['no row: nothing is done or written', {}, 'settled'],
    ['provisioning', { row: provisioning, fly: ours(machine('starting')) }, 'begin_teardown'],
    ['active', { row: active, fly: ours(machine('started')) }, 'begin_teardown'],
    [
      'active, and Fly does not answer: the mark needs no Fly',
      { row: active, fly: { kind: 'unreachable' } },
      'begin_teardown',
    ],
    ['ending: a running app is drained', { row: ending, fly: ours(machine('started')) }, 'ask_to_drain'],
    [
      'ending: draining',
      { row: { ...ending, drainStartedAt: ago(5_000) }, fly: ours(machine('started')) },
      'wait 25000',
    ],
    [
      'ending: stopping within its grace',
      { row: { ...ending, drainStartedAt: ago(5_000) }, fly: ours(machine('stopping')) },
      'wait 25000',
    ],
    [
      'ending: draining, and it may not have heard',
      { row: { ...ending, drainStartedAt: ago(5_000), drainTold: false }, fly: ours(machine('started')) },
      'ask_to_drain',
    ],
    [
      'ending: its grace is over, whether or not it has heard',
      { row: { ...ending, drainStartedAt: ago(30_000), drainTold: false }, fly: ours(machine('started')) },
      'end_drain stop_machine delete_machine delete_app close',
    ],
    [
      'ending: reported',
      {
        row: { ...ending, drainStartedAt: ago(5_000) },
        app: { bootstrapped: true, drainedAt: ago(1_000), idle: null },
        fly: ours(machine('started')),
      },
      'end_drain stop_machine delete_machine delete_app close',
    ],
    [
      'ending: a report from before the drain counts for nothing',
      {
        row: { ...ending, drainStartedAt: ago(5_000) },
        app: { bootstrapped: true, drainedAt: ago(9_000), idle: null },
        fly: ours(machine('started')),
      },
      'wait 25000',
    ],
    [
      'ending: never bootstrapped, nothing to drain',
      {
        row: ending,
        app: { bootstrapped: false, drainedAt: null, idle: null },
        fly: ours(machine('started')),
      },
      'stop_machine delete_machine delete_app close',
    ],
    ['ending: no machine', { row: ending, fly: ours() }, 'delete_app close'],
    [
      'ending: several machines',
      { row: ending, fly: ours(machine('stopped'), machine('failed', { id: 'm2' })) },
      'delete_machine delete_machine delete_app close',
    ],
    ['ending: deleted by hand', { row: ending, fly: absent }, 'close'],
    ["ending: the name became a stranger's", { row: ending, fly: { kind: 'stranger' } }, 'close'],
    ['ending: Fly does not answer', { row: ending, fly: { kind: 'unreachable' } }, 'wait 15000'],
    [
      'an error row in teardown goes on',
      { row: { ...ending, status: 'error' }, fly: ours() },
      'delete_app close',
    ],
  ])('%s', (_, facts, expected) => {
    expect(brief(plan(world({ entitlement: free, ...facts })))).toBe(expected)
  })
})

describe('plan: a user whose entitlement is unknown', () => {
  test.each<[string, Partial<World>, string]>([
    ['no row', {}, 'settled'],
    ['active: left as it is', { row: active, fly: ours(machine('started')) }, 'settled'],
    ['provisioning: held', { row: provisioning, fly: ours() }, 'wait 60000'],
    ['ending: held', { row: ending, fly: ours(machine('stopped')) }, 'wait 60000'],
  ])('%s', (_, facts, expected) => {
    expect(brief(plan(world({ entitlement: unknown, ...facts })))).toBe(expected)
  })
})

const machineArbitrary = fc.record({
  id: fc.constantFrom('m1', 'm2', 'm3'),
  state: fc.constantFrom(
    ...[
      'created',
      'started',
      'stopped',
      'suspended',
      'failed',
      'creating',
      'starting',
      'stopping',
      'restarting',
    ],
    ...[
      'suspending',
      'destroying',
      'launch_failed',
      'updating',
      'replacing',
      'destroyed',
      'replaced',
      'migrated',
      'new?',
    ],
  ),
  guest: fc.constantFrom(PRO, ELITE, null),
  instanceId: fc.constantFrom('v1', 'v2', null),
  owned: fc.boolean(),
})
const from = fc.option(fc.integer({ min: -120_000, max: 120_000 }).map(ago))
const idle = fc.option(fc.record({ from, reason: fc.constant('it idles') }))
const moment = fc.option(fc.integer({ min: 0, max: 120_000 }).map(ago))
const worldArbitrary: fc.Arbitrary<World> = fc.record({
  now: fc.constant(NOW),
  entitlement: fc.constantFrom(entitled, elite, free, unknown),
  row: fc.option(
    fc.record({
      status: fc.constantFrom('provisioning', 'active', 'deprovisioning', 'error'),
      operation: fc.constantFrom(null, 'resize', 'repair'),
      machineId: fc.constantFrom(null, 'm1', 'm2'),
      instanceId: fc.constantFrom(null, 'v1', 'v2'),
      guest: fc.constantFrom(PRO, ELITE),
      deployed: fc.boolean(),
      teardownStartedAt: moment,
      drainStartedAt: moment,
      drainTold: fc.boolean(),
      changedAt: fc.integer({ min: 0, max: 300_000 }).map(ago),
    }),
  ),
  fly: fc.oneof(
    fc.constantFrom<FlyFacts>(
      { kind: 'untouched' },
      { kind: 'unreachable' },
      { kind: 'absent' },
      { kind: 'stranger' },
    ),
    fc.array(machineArbitrary, { maxLength: 3 }).map((machines): FlyFacts => ({ kind: 'ours', machines })),
  ),
  app: fc.record({ bootstrapped: fc.boolean(), drainedAt: moment, idle }),
  // Half of the worlds are free of both, as nearly all are in life.
  brakes: fc.oneof(fc.constant([]), fc.subarray([...BRAKE_NAMES])),
  forced: fc.oneof(fc.constant(null), fc.constantFrom(...FORCED_ACTIONS)),
  namesInDoubt: fc.boolean(),
  drainGraceMs: fc.constant(30_000),
  settleDeadlineMs: fc.constant(180_000),
})

const DESTROYS = new Set<Step['kind']>(['begin_teardown', 'delete_app'])
const CREATES = new Set<Step['kind']>([
  'reserve',
  'create_app',
  'create_machine',
  'update_machine',
  'start_machine',
])
const isUp = (own: MachineFacts | undefined) => own?.state === 'started'
const stepsOf = (result: Plan) => (result.kind === 'steps' ? result.steps : [])

describe('plan: whatever the facts', () => {
  const holds = (rule: (facts: World, result: Plan) => boolean | undefined) =>
    fc.assert(
      fc.property(worldArbitrary, (facts) => rule(facts, plan(facts)) ?? true),
      { numRuns: 20_000, seed: 20_260_301 },
    )

  test('there is always an answer, and a plan is never empty', () => {
    holds((_, result) => result.kind !== 'steps' || result.steps.length > 0)
  })
  test("an entitled user's current generation is never destroyed, and stopped only to be started anew", () => {
    holds(({ entitlement, row, forced }, result) => {
      if (entitlement.kind !== 'entitled' || row?.teardownStartedAt) return true
      if (forced === 'recreate' || forced === 'abandon') return true
      const kinds = stepsOf(result).map((step) => step.kind)
      if (kinds.some((kind) => DESTROYS.has(kind))) return false
      const stopped = kinds.indexOf('stop_machine')
      return stopped < 0 || kinds.indexOf('update_machine') > stopped
    })
  })
  test('an unknown entitlement or an unseen Fly creates nothing and destroys nothing', () => {
    holds(({ entitlement, row, fly, forced }, result) => {
      if (entitlement.kind !== 'unknown' && !(row && fly.kind === 'unreachable')) return true
      return stepsOf(result).every(
        (step) =>
          (step.kind === 'begin_teardown' && (entitlement.kind === 'not_entitled' || forced !== null)) ||
          (step.kind === 'abandon' && forced === 'abandon' && entitlement.kind !== 'unknown'),
      )
    })
  })
  test('what a brake holds is neither begun nor continued, unless an operator forces it on this very row', () => {
    const has = (result: Plan, ...kinds: Step['kind'][]) =>
      stepsOf(result).some((step) => kinds.includes(step.kind))
    holds(({ row, entitlement, brakes, forced, fly }, result) => {
      if (!row || forced !== null) return true
      if (brakes.includes('fly_unreachable')) return result.kind !== 'steps'
      const isHeld = (act: BrakedAct) => holdingBrake(brakes, act, entitlement) !== null
      if (row.teardownStartedAt !== null || entitlement.kind === 'not_entitled')
        return (
          !isHeld('teardown') ||
          !has(result, ...DESTROYS, 'stop_machine', 'delete_machine', 'ask_to_drain', 'close')
        )
      const own = fly.kind === 'ours' ? chooseMachine(present(fly.machines), row.machineId) : undefined
      const takesOther = stepsOf(result).some(
        (step) => step.kind === 'delete_machine' && step.machineId !== own?.id,
      )
      if (isHeld('surplus') && takesOther) return false
      if (!row.deployed) return true
      const restarts: Step['kind'][] = ['begin_resize', 'ask_to_drain', 'stop_machine', 'update_machine']
      return !(
        (isHeld('repair') && has(result, 'begin_repair', 'create_machine', 'start_machine')) ||
        (isHeld('repair') && isHeld('surplus') && has(result, 'delete_machine')) ||
        (isHeld('recreate') && has(result, 'close')) ||
        (isHeld('resize') && row.drainStartedAt === null && isUp(own) && has(result, ...restarts))
      )
    })
  })
  test('what is decided without Fly is what is decided with it', () => {
    holds((facts, result) => {
      const decided = planUnseen(facts)
      return decided === null || JSON.stringify(decided) === JSON.stringify(result)
    })
  })
  test('a look that cannot act yet is not repeated more often than it is worth', () => {
    holds(({ row, now, fly }, result) => {
      if (!row || fly.kind !== 'ours' || result.kind !== 'wait' || result.reason === 'draining') return true
      return result.delayMs >= Math.min((now.getTime() - row.changedAt.getTime()) / 2, 60_000) - 1
    })
  })
  test('an app that vanished is made anew only at its turn', () => {
    holds(({ row, entitlement, forced }, result) => {
      if (!row?.deployed || row.teardownStartedAt || entitlement.kind !== 'entitled' || forced !== null)
        return true
      const kinds = stepsOf(result).map((step) => step.kind)
      return !kinds.includes('close') || kinds[0] === 'await_turn'
    })
  })
  test('a machine beside the one that is on record and at work goes only at its turn', () => {
    holds(({ row, entitlement }, result) => {
      if (!row?.deployed || row.operation || row.teardownStartedAt || entitlement.kind !== 'entitled')
        return true
      const kinds = stepsOf(result).map((step) => step.kind)
      return !kinds.includes('delete_machine') || kinds[0] === 'await_turn'
    })
  })
  test('a generation whose teardown began is never brought up again', () => {
    holds(
      ({ row }, result) => !row?.teardownStartedAt || !stepsOf(result).some((step) => CREATES.has(step.kind)),
    )
  })
  test('a bootstrapped, running app is stopped, resized or deleted only after its drain ended', () => {
    const ends = new Set<Step['kind']>(['stop_machine', 'update_machine', 'delete_app'])
    holds(({ row, fly, app, now, forced, drainGraceMs }, result) => {
      if (!row || forced === 'skip_drain' || !app.bootstrapped || fly.kind !== 'ours') return true
      const stopped = stepsOf(result).filter((step) => ends.has(step.kind))
      const running = fly.machines.filter((one) => one.state === 'started').map((one) => one.id)
      const touched = stopped.some((step) => !('machineId' in step) || running.includes(step.machineId))
      if (!touched || running.length === 0) return true
      const drained = row.drainStartedAt && app.drainedAt && app.drainedAt >= row.drainStartedAt
      const over = row.drainStartedAt && now.getTime() - row.drainStartedAt.getTime() >= drainGraceMs
      return Boolean(drained) || Boolean(over)
    })
  })
  test("a stranger's app is never touched", () => {
    holds(({ fly }, result) => {
      if (fly.kind !== 'stranger') return true
      const harmless = new Set<Step['kind']>([
        'reserve',
        'rename',
        'await_turn',
        'close',
        'begin_teardown',
        'abandon',
      ])
      return stepsOf(result).every((step) => harmless.has(step.kind))
    })
  })
})
