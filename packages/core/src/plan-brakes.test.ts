import { describe, expect, test } from '@jest/globals'
import type { BrakeName } from './brakes.ts'
import { plan, planUnseen } from './plan.ts'
import {
  ago,
  elite,
  free,
  unknown,
  provisioning,
  machined,
  active,
  ending,
  machine,
  ours,
  world,
  brief,
} from './testing/worlds.ts'
import type { World } from './world.ts'

const HOLD_CHANGES: BrakeName[] = ['unhealthy_share', 'restored', 'operator']

describe('plan: under a brake', () => {
  const started = { fly: ours(machine('started')) }
  test.each<[string, BrakeName, Partial<World>, string]>([
    [
      'a burst: no new teardown',
      'deletion_burst',
      { entitlement: free, row: active, ...started },
      'wait 300000',
    ],
    [
      'a burst: one that began goes no further',
      'deletion_burst',
      { entitlement: free, row: ending, fly: ours() },
      'wait 300000',
    ],
    [
      'a burst: a user who came back gets the end of the old life',
      'deletion_burst',
      { row: ending, fly: ours() },
      'delete_app close',
    ],
    ['a burst: upgrades go on', 'deletion_burst', {}, 'reserve'],
    ['a burst: repairs go on', 'deletion_burst', { row: active, fly: ours() }, 'begin_repair'],
    ['many unhealthy: no repair', 'unhealthy_share', { row: active, fly: ours() }, 'wait 300000'],
    [
      'many unhealthy: a repair under way stops',
      'unhealthy_share',
      { row: { ...active, operation: 'repair' }, fly: ours() },
      'wait 300000',
    ],
    [
      'many unhealthy: an upgrade goes on',
      'unhealthy_share',
      { row: provisioning, fly: ours() },
      'set_secrets create_machine await_started await_healthy activate',
    ],
    ['restored: not even for a user who came back', 'restored', { row: ending, fly: ours() }, 'wait 300000'],
    ['Fly is away: nothing at all', 'fly_unreachable', {}, 'wait 300000'],
    [
      'many unhealthy: an app that vanished is not made anew',
      'unhealthy_share',
      { row: active },
      'wait 300000',
    ],
    ['paused by an operator: nor then', 'operator', { row: active }, 'wait 300000'],
    [
      'restored: the row of an earlier generation is closed, so that the present one is found',
      'restored',
      { row: active },
      'await_turn close',
    ],
    ...HOLD_CHANGES.flatMap((brake): [string, BrakeName, Partial<World>, string][] => [
      [
        `${brake}: an app that works is not resized`,
        brake,
        { entitlement: elite, row: active, ...started },
        'wait 300000',
      ],
      [
        `${brake}: a resize that has begun stops before its drain`,
        brake,
        { entitlement: elite, row: { ...active, operation: 'resize' }, ...started },
        'wait 300000',
      ],
      [
        `${brake}: an app that has drained for its resize is not left so`,
        brake,
        {
          entitlement: elite,
          row: { ...active, operation: 'resize', drainStartedAt: ago(30_000) },
          ...started,
        },
        'end_drain stop_machine update_machine await_started await_healthy confirm',
      ],
      [
        `${brake}: a second machine is left`,
        brake,
        { row: active, fly: ours(machine('started'), machine('started', { id: 'm2' })) },
        'wait 300000',
      ],
      [
        `${brake}: a new user's app comes up beside it`,
        brake,
        { row: machined, fly: ours(machine('started'), machine('started', { id: 'm2' })) },
        'await_started await_healthy activate',
      ],
    ]),
    [
      'many unhealthy: a resize whose machine is down',
      'unhealthy_share',
      { entitlement: elite, row: { ...active, operation: 'resize' }, fly: ours(machine('stopped')) },
      'wait 300000',
    ],
    [
      'Fly is away: a user without a row who wants none is at rest',
      'fly_unreachable',
      { entitlement: free },
      'settled',
    ],
    [
      'paused by an operator: no teardown',
      'operator',
      { entitlement: free, row: active, ...started },
      'wait 300000',
    ],
  ])('%s', (_, brake, facts, expected) => {
    expect(brief(plan(world({ ...facts, brakes: [brake] })))).toBe(expected)
  })
})

describe('plan: forced by an operator', () => {
  test.each<[string, Partial<World>, string]>([
    [
      'skip_drain: no question to the app',
      { entitlement: free, row: ending, fly: ours(machine('started')), forced: 'skip_drain' },
      'stop_machine delete_machine delete_app close',
    ],
    ['abandon: begun like any end', { row: active, forced: 'abandon' }, 'begin_teardown'],
    [
      'abandon: the row is closed whatever Fly says',
      { entitlement: free, row: ending, fly: { kind: 'unreachable' }, forced: 'abandon' },
      'abandon',
    ],
    [
      'recreate: an entitled generation ends',
      { row: active, fly: ours(machine('started')), forced: 'recreate' },
      'begin_teardown',
    ],
    [
      'a burst does not hold what is forced',
      { entitlement: free, row: active, brakes: ['deletion_burst'], forced: 'skip_drain' },
      'begin_teardown',
    ],
    [
      'abandon: needs nothing of Fly, so no outage holds it',
      { row: active, fly: { kind: 'unreachable' }, brakes: ['fly_unreachable'], forced: 'abandon' },
      'begin_teardown',
    ],
    [
      'abandon: nor its end',
      { row: ending, fly: { kind: 'unreachable' }, brakes: ['fly_unreachable'], forced: 'abandon' },
      'abandon',
    ],
    ['an unknown entitlement does', { entitlement: unknown, row: ending, forced: 'abandon' }, 'wait 60000'],
  ])('%s', (_, facts, expected) => {
    expect(brief(plan(world(facts)))).toBe(expected)
  })
})

describe('planUnseen: what Fly need not be asked for', () => {
  test.each<[string, Partial<World>, string | null]>([
    [
      'a teardown that a brake holds',
      { entitlement: free, row: active, brakes: ['restored'] },
      'wait 300000',
    ],
    ['one that had begun', { entitlement: free, row: ending, brakes: ['deletion_burst'] }, 'wait 300000'],
    ['an outage', { row: active, brakes: ['fly_unreachable'] }, 'wait 300000'],
    ['an entitlement that cannot be told', { entitlement: unknown, row: ending }, 'wait 60000'],
    ['a teardown that is free', { entitlement: free, row: ending }, null],
    ['an app that may need nothing', { row: active, brakes: ['operator', 'unhealthy_share'] }, null],
  ])('%s', (_, facts, expected) => {
    const decided = planUnseen(world(facts))
    expect(decided && brief(decided)).toBe(expected)
  })
})
