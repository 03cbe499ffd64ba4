import { describe, expect, test } from '@jest/globals'
import { foresee } from './foresee.ts'
import { DEFAULT_POLICY } from './entitlement.ts'
import type { RowFacts, World } from './world.ts'

const PRO = DEFAULT_POLICY.guests['pro']!
const ELITE = DEFAULT_POLICY.guests['elite']!
const NOW = new Date('2026-03-01T12:00:00Z')
const entitled = { kind: 'entitled', tier: 'pro', guest: PRO, region: null, reason: 'tier pro' } as const
const free = { kind: 'not_entitled', reason: 'tier free' } as const
const active: RowFacts = {
  status: 'active',
  operation: null,
  machineId: 'm1',
  instanceId: 'v1',
  guest: PRO,
  deployed: true,
  teardownStartedAt: null,
  drainStartedAt: null,
  drainTold: false,
  changedAt: NOW,
}
const started = { id: 'm1', instanceId: 'v1', state: 'started', guest: PRO, owned: true }
const world = (facts: Partial<World>): World => ({
  now: NOW,
  entitlement: entitled,
  row: active,
  fly: { kind: 'ours', machines: [started] },
  app: { bootstrapped: true, drainedAt: null, idle: null },
  brakes: [],
  forced: null,
  namesInDoubt: false,
  drainGraceMs: 30_000,
  settleDeadlineMs: 180_000,
  ...facts,
})
const way = (facts: Partial<World>) =>
  foresee(world(facts))
    .steps.map(({ step }) => step)
    .join(' ')

const UP = 'create_app set_secrets create_machine await_started await_healthy activate'
const DOWN = 'begin_teardown ask_to_drain wait end_drain stop_machine delete_machine delete_app close'

describe('the whole way, when all goes well', () => {
  test.each<[string, Partial<World>, string]>([
    ['as wanted', {}, ''],
    ['a new user', { row: null, fly: { kind: 'absent' } }, `reserve ${UP}`],
    ['a user who stops paying', { entitlement: free }, DOWN],
    [
      'a user who never bootstrapped',
      { entitlement: free, app: { bootstrapped: false, drainedAt: null, idle: null } },
      'begin_teardown stop_machine delete_machine delete_app close',
    ],
    [
      'without the drain',
      { entitlement: free, forced: 'skip_drain' },
      'begin_teardown stop_machine delete_machine delete_app close',
    ],
    ['recreated', { forced: 'recreate' }, `${DOWN} reserve ${UP}`],
    ['abandoned', { forced: 'abandon', entitlement: free }, 'begin_teardown abandon'],
    [
      'another size',
      { entitlement: { ...entitled, guest: ELITE } },
      'begin_resize ask_to_drain wait end_drain stop_machine update_machine await_started await_healthy confirm',
    ],
    [
      'a machine that is missing',
      { fly: { kind: 'ours', machines: [] } },
      'begin_repair set_secrets create_machine await_started await_healthy confirm',
    ],
    [
      'one machine too many',
      { fly: { kind: 'ours', machines: [started, { ...started, id: 'm2' }] } },
      'await_turn delete_machine',
    ],
    ['an app that is gone', { fly: { kind: 'absent' } }, `await_turn close reserve ${UP}`],
    ['a brake', { entitlement: free, brakes: ['deletion_burst'] }, 'wait'],
    ['Fly not seen', { fly: { kind: 'unreachable' } }, 'wait'],
  ])('%s', (_what, facts, expected) => {
    expect(way(facts)).toBe(expected)
  })

  test('the drain takes its grace, and each step is told in words', () => {
    const { next, steps, endsWith } = foresee(world({ entitlement: free }))
    expect(next).toMatchObject({ kind: 'steps', steps: [{ kind: 'begin_teardown' }] })
    expect(steps.find(({ step }) => step === 'wait')?.text).toBe('wait up to 30 s: draining')
    expect(steps.find(({ step }) => step === 'stop_machine')?.text).toBe('stop the machine (m1)')
    expect(endsWith).toBe('nothing there, and nothing wanted: tier free')
  })
})
