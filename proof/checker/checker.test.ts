/** Each guarantee with a history that breaks it, so that none is a check that cannot fail. */
import { describe, expect, test } from '@jest/globals'
import { check, GUARANTEES, type Violation } from './index.ts'
import {
  aCall,
  anEvent,
  APP,
  aRow,
  at,
  cleanHistory,
  cleanHistoryWhileUp,
  type Draft,
  USER,
} from './testing/history.ts'
import { atSeconds, event, without } from './testing/drafts.ts'

test('a history in which all is well has no violation, at rest without an app and with one', () => {
  expect(check(cleanHistory())).toEqual([])
  expect(check(cleanHistoryWhileUp())).toEqual([])
})

type Case = [guarantee: string, what: RegExp, brake: (draft: Draft) => void, of?: () => Draft]

const OTHER = 'vyx-user-bbbbbbbb'
const secondRow = (change: Parameters<typeof aRow>[0] = {}) =>
  aRow({ id: '00000000-0000-4000-8000-0000000000a2', generation: 2, flyAppName: OTHER, ...change })

/** What a worker tells of with an event of its own, in the history in which all is well. */
const CHANGES = [
  'apps.create',
  'secrets.set',
  'machines.create',
  'machines.stop',
  'machines.delete',
  'apps.delete',
]
const TOLD = [
  'provision_app_created',
  'provision_secrets_set',
  'provision_machine_created',
  'deprovision_machine_stopped',
  'deprovision_machine_deleted',
  'deprovision_app_deleted',
]
const fenceTold = (one: Draft['events'][number]) => Number(one.metadata['fence'])
const twice = (draft: Draft, operation: string) => {
  const call = draft.calls.find((one) => one.operation === operation)!
  atSeconds(draft, { ...call, atMs: call.atMs + 1, requestId: 'the same again' })
}

const CASES: Case[] = [
  [
    'one live app',
    /generation 1 ended .*, generation 2 began/,
    (draft) =>
      void draft.apps.push(
        secondRow({ createdAt: at(30), teardownStartedAt: null, deletedAt: null, status: 'active' }),
      ),
  ],
  [
    'one live app',
    /no row ever named/,
    (draft) => atSeconds(draft, aCall('apps.create', 12, { app: OTHER, attempt: '1.1' })),
  ],
  ['one live app', /before its row was made/, (draft) => atSeconds(draft, aCall('apps.create', 9))],
  [
    'one live app',
    /after its row had ended/,
    (draft) => atSeconds(draft, aCall('machines.create', 70, { attempt: '2.1' })),
  ],

  [
    'one app trades',
    /it traded from .*, and vyx-user-aaaaaaaa until/,
    (draft) => void draft.tradingSpells.push({ userId: USER, app: OTHER, from: at(61), to: at(70) }),
  ],
  [
    'one app trades',
    /it traded from .*, and vyx-user-bbbbbbbb to the end/,
    (draft) => void draft.tradingSpells.push({ userId: USER, app: OTHER, from: at(10), to: null }),
  ],

  [
    'brakes hold',
    /its teardown began at .*, under the brake operator/,
    (draft) => void draft.brakeSpells.push({ brake: 'operator', from: at(30), to: null }),
  ],
  ['entitled apps stay', /its teardown began/, (draft) => void (draft.apps[0]!.teardownStartedAt = at(58))],
  [
    'entitled apps stay',
    /its teardown began/,
    (draft) => {
      draft.tierChanges.push({ userId: USER, entitled: true, notBefore: at(59.5), committedBy: at(59.6) })
      draft.apps[0]!.teardownStartedAt = at(74.7)
    },
  ],
  ['entitled apps stay', /reserved .* not entitled/, (draft) => void (draft.apps[0]!.createdAt = at(8))],
  [
    'entitled apps stay',
    /apps\.delete .* before its teardown/,
    (draft) => atSeconds(draft, aCall('apps.delete', 59)),
  ],
  [
    'entitled apps stay',
    /machines\.stop .* before its teardown/,
    (draft) => atSeconds(draft, aCall('machines.stop', 40)),
  ],
  [
    'entitled apps stay',
    /machines\.delete .* before its teardown/,
    (draft) => atSeconds(draft, aCall('machines.delete', 40)),
  ],
  [
    'entitled apps stay',
    /nobody found its app gone/,
    (draft) => void (draft.apps[0]!.teardownStartedAt = null),
  ],

  [
    'the lease holds',
    /after fence 2 called, and after/,
    (draft) => atSeconds(draft, aCall('machines.start', 62.5), aCall('machines.start', 62.6)),
  ],
  [
    'the lease holds',
    /on another generation/,
    (draft) => {
      draft.apps.push(secondRow({ createdAt: at(65) }))
      atSeconds(draft, aCall('machines.create', 66, { app: OTHER }))
    },
  ],
  [
    'the lease holds',
    /provision_app_created of fence 1 after one of fence 2/,
    (draft) => void draft.events.push(anEvent('provision_app_created', 64, 1)),
  ],
  ['the lease holds', /only 1 claims/, (draft) => void (draft.works[0]!.fence = 1)],
  ['the lease holds', /under no lease/, (draft) => void (draft.calls[0]!.attempt = null)],

  ...[
    'provision_app_created',
    'provision_secrets_set',
    'provision_machine_created',
    'deprovision_machine_deleted',
    'deprovision_app_deleting',
  ].map((type): Case => [
    'calls have events',
    /has no event, and its worker went on/,
    (draft) => without(draft, type),
  ]),
  [
    'calls have events',
    /machines\.update .* has no event/,
    (draft) => atSeconds(draft, aCall('machines.update', 11.5)),
  ],
  [
    'calls have events',
    /machines\.start .* has no event/,
    (draft) => atSeconds(draft, aCall('machines.start', 11.5)),
  ],
  [
    'calls have events',
    /machines\.stop .* has no event/,
    (draft) => without(draft, 'deprovision_machine_stopped'),
  ],
  ...['apps.create', 'secrets.set', 'machines.create', 'machines.stop', 'machines.delete', 'apps.delete'].map(
    (operation): Case => [
      'events have calls',
      new RegExp(`has no call ${operation}`),
      (draft) => void (draft.calls = draft.calls.filter((call) => call.operation !== operation)),
    ],
  ),
  ...CHANGES.map((operation): Case => [
    'calls have events',
    new RegExp(`${operation.replace('.', '\\.')} .* has no event`),
    (draft) => twice(draft, operation),
  ]),
  [
    'calls have events',
    /machines\.create .* has no event(.*\n.*machines\.create .* has no event){3}/,
    (draft) => atSeconds(draft, ...[12.1, 12.11, 12.12, 12.13].map((at) => aCall('machines.create', at))),
  ],
  ...TOLD.map((type): Case => [
    'events have calls',
    new RegExp(`${type} has no call .* of its own`),
    (draft) => {
      const first = event(draft, type)
      draft.events.push({ ...anEvent(type, 0, fenceTold(first)), createdAt: first.createdAt })
    },
  ]),
  [
    'events have calls',
    /orphan_deleted has no call apps\.delete of its own/,
    (draft) => {
      atSeconds(draft, aCall('apps.delete', 80, { attempt: '3.1' }))
      const deleted = { metadata: { app: APP } }
      draft.events.push(
        anEvent('orphan_deleting', 79, 3, { status: 'started' }),
        anEvent('orphan_deleted', 81, 3, deleted),
        anEvent('orphan_deleted', 82, 3, deleted),
      )
    },
  ],
  [
    'calls have events',
    /apps\.delete .* has no event/,
    (draft) => {
      const third = { attempt: '3.1' }
      atSeconds(draft, aCall('apps.delete', 80, third), aCall('apps.delete', 80.5, third))
      draft.events.push(
        anEvent('orphan_deleting', 79, 3, { status: 'started' }),
        anEvent('health_check_recovered', 81, 3),
      )
    },
  ],
  [
    'events have calls',
    /has no call machines\.create of its own/,
    (draft) => {
      const found = { metadata: { fence: 2, machine_id: 'machine-1', adopted: true } }
      draft.events.push(
        anEvent('repair_machine_created', 40, 2, found),
        anEvent('repair_machine_created', 41, 2, found),
      )
    },
  ],
  [
    'events have calls',
    /has no call machines\.start/,
    (draft) => void draft.events.push(anEvent('provision_machine_launched', 66, 2)),
  ],

  [
    'cancelled work stops',
    /machines\.create .* after its teardown had begun under fence 2/,
    (draft) => atSeconds(draft, aCall('machines.create', 61.5, { attempt: '2.1' })),
  ],
  [
    'cancelled work stops',
    /apps\.create/,
    (draft) => atSeconds(draft, aCall('apps.create', 60.5), aCall('apps.create', 60.6)),
  ],

  ['names are used once', /its generations are 2/, (draft) => void (draft.apps[0]!.generation = 2)],
  [
    'names are used once',
    /flyAppName of 2 rows/,
    (draft) => void draft.apps.push(secondRow({ flyAppName: APP, createdAt: at(70) })),
  ],
  [
    'names are used once',
    /a generation that had ended/,
    (draft) => atSeconds(draft, aCall('apps.create', 70, { attempt: '2.1' })),
  ],

  [
    'strangers are left alone',
    /no row of ours ever had this name/,
    (draft) =>
      atSeconds(draft, { ...aCall('apps.delete', 30, { attempt: '1.1' }), app: 'vyx-user-another0' }),
  ],

  [
    'nothing is lost',
    /had 50 rows and has 49/,
    (draft) => void (draft.retained.after = { 'public.trader_signals': { rows: 49, checksum: 'a' } }),
  ],
  [
    'nothing is lost',
    /were changed/,
    (draft) => void (draft.retained.after = { 'public.trader_signals': { rows: 50, checksum: 'b' } }),
  ],
  ['nothing is lost', /was not read again/, (draft) => void (draft.retained.after = {})],
  [
    'nothing is lost',
    /event 1000000 x is gone/,
    (draft) => void draft.earlierEvents.push({ id: 1_000_000, eventType: 'x', userId: USER }),
  ],
  [
    'nothing is lost',
    /is now provision_started/,
    (draft) =>
      void draft.earlierEvents.push({ ...event(draft, 'provision_started'), eventType: 'provision_failed' }),
  ],

  [
    'the ledger is whole',
    /interval 1 ends at .* and interval 2 begins/,
    (draft) =>
      void draft.costIntervals.push({
        ...draft.costIntervals[0]!,
        id: 2,
        startedAt: at(60),
        endedAt: at(61),
      }),
  ],
  [
    'the ledger is whole',
    /1 intervals are open on a row that has ended/,
    (draft) => void (draft.costIntervals[0]!.endedAt = null),
  ],
  [
    'the ledger is whole',
    /0 intervals are open on an active row/,
    (draft) => void (draft.costIntervals = []),
    cleanHistoryWhileUp,
  ],
  [
    'the ledger is whole',
    /nothing is paid for from/,
    (draft) => void (draft.costIntervals[0]!.endedAt = at(40)),
  ],
  ['the ledger is whole', /add up to/, (draft) => void (draft.apps[0]!.finalCostUsd = '0.000060')],

  [
    'secrets stay secret',
    /the master key is in worker\.log/,
    (draft) => void (draft.surfaces[0]!.text = '{"key":"sentinel-of-the-master-key"}'),
  ],

  ...endStateCases(),
]

function endStateCases(): Case[] {
  const name = 'what is desired is there'
  const up = cleanHistoryWhileUp
  const machines = (...list: [id: string, state: string, memoryMb: number][]) => ({
    apps: [
      {
        name: APP,
        machines: list.map(([id, state, memory_mb]) => ({
          id,
          state,
          guest: { cpu_kind: 'shared', cpus: 2, memory_mb },
        })),
      },
    ],
  })
  return [
    [name, /entitled to nothing/, (draft) => void (draft.users[0]!.guest = null), up],
    [
      name,
      /has none/,
      (draft) => void (draft.users[0]!.guest = { cpuKind: 'shared', cpus: 2, memoryMb: 512 }),
    ],
    [name, /is error .* entitled to an active app/, (draft) => void (draft.apps[0]!.status = 'error'), up],
    [name, /its row has shared:2:1024/, (draft) => void (draft.apps[0]!.memoryMb = 1024), up],
    [name, /Fly has no such app/, (draft) => void (draft.flyAtTheEnd = { apps: [] }), up],
    [
      name,
      /has 2 machines/,
      (draft) =>
        void (draft.flyAtTheEnd = machines(['machine-1', 'started', 512], ['machine-2', 'started', 512])),
      up,
    ],
    [
      name,
      /machine-1 is stopped/,
      (draft) => void (draft.flyAtTheEnd = machines(['machine-1', 'stopped', 512])),
      up,
    ],
    [
      name,
      /its row says machine-1/,
      (draft) => void (draft.flyAtTheEnd = machines(['machine-2', 'started', 512])),
      up,
    ],
    [
      name,
      /its machine has shared:2:256/,
      (draft) => void (draft.flyAtTheEnd = machines(['machine-1', 'started', 256])),
      up,
    ],
    [name, /no live row has it/, (draft) => void (draft.flyAtTheEnd = machines())],
    [name, /lease is still held/, (draft) => void (draft.works[0]!.owner = 'a dead worker')],
    [name, /version 4 is wanted, version 3 is done/, (draft) => void (draft.wants[0]!.wantedVersion = 4)],
    [name, /was never a user/, (draft) => void (draft.users = []), up],
  ]
}

describe('a history that breaks', () => {
  test.each(CASES)('%s: %s', (guarantee, what, brake, of = cleanHistory) => {
    const draft = of()
    brake(draft)
    const found = check(draft).filter((violation) => violation.guarantee === guarantee)
    expect(found.map((violation: Violation) => violation.what).join('\n')).toMatch(what)
  })

  test('every guarantee is broken by one of these', () => {
    const broken = new Set(CASES.map(([guarantee]) => guarantee))
    expect(GUARANTEES.map(({ name }) => name).filter((name) => !broken.has(name))).toEqual([])
  })
})
