/** What looks odd in a history and is right: no guarantee may say anything of it. */
import { describe, expect, test } from '@jest/globals'
import { check } from './index.ts'
import { atSeconds, event, inOrder, without } from './testing/drafts.ts'
import { aCall, anEvent, APP, at, cleanHistory, type Draft, USER } from './testing/history.ts'

describe('what is allowed', () => {
  const allowed: [string, (draft: Draft) => void][] = [
    [
      'one call of the loser, in flight when it lost the lease',
      (draft) => atSeconds(draft, aCall('machines.create', 62.5, { applied: false, status: 409 })),
    ],
    [
      "an app that a loser's call made after the end, and that was deleted as an orphan",
      (draft) => {
        atSeconds(draft, aCall('apps.create', 70), aCall('apps.delete', 80, { attempt: '3.1' }))
        draft.events.push(
          anEvent('orphan_deleting', 79, 3, { status: 'started' }),
          anEvent('orphan_deleted', 81, 3, { metadata: { app: APP } }),
        )
        draft.works[0]!.fence = 3
      },
    ],
    [
      'a change whose answer was lost, and the failure that this is to its worker',
      (draft) => {
        without(draft, 'provision_completed')
        without(draft, 'provision_machine_started')
        without(draft, 'provision_machine_created')
        draft.events.push(anEvent('provision_retried', 22, 1, { status: 'failed' }))
        inOrder(draft)
      },
    ],
    [
      'a change whose answer was lost, found by the next fence',
      (draft) => {
        without(draft, 'deprovision_completed')
        const third = draft.calls.at(-1)!
        draft.calls = [...draft.calls.slice(0, -1), { ...third, status: null, outcome: 'reset' }]
        event(draft, 'deprovision_app_deleted').metadata = { fence: 3 }
        draft.works[0]!.fence = 3
      },
    ],
    [
      'a call that Fly answered with "not there yet", and that was repeated',
      (draft) => atSeconds(draft, aCall('secrets.set', 10.9, { applied: false, status: 404 })),
    ],
    [
      'two calls of one kind, each with its event: the drain is signalled, then the machine is stopped',
      (draft) => {
        atSeconds(draft, aCall('machines.stop', 61.5, { attempt: '2.1' }))
        draft.events.push(anEvent('deprovision_drain_signalled', 61.6, 2))
        inOrder(draft)
      },
    ],
    [
      'a machine that is slow to stop: the first who waited for it says so, the second nothing',
      (draft) => {
        const slow = ['2.1', '3.1', '4.1'].map((attempt, index) =>
          aCall('machines.stop', 61.5 + index / 10, { attempt }),
        )
        draft.calls = draft.calls.filter((call) => call.operation !== 'machines.stop')
        draft.calls = draft.calls.map((call) => (call.attempt === '2.1' ? { ...call, attempt: '4.1' } : call))
        atSeconds(draft, ...slow)
        draft.events = draft.events.map((one) =>
          Number(one.createdAt) < Number(at(62)) ? one : { ...one, metadata: { ...one.metadata, fence: 4 } },
        )
        draft.events.push(anEvent('deprovision_machine_stopping', 61.55, 2, { status: 'started' }))
        draft.works[0]!.fence = 4
        inOrder(draft)
      },
    ],
    [
      'a machine that the next fence found, lost sight of and forgot, and the one after it found again',
      (draft) => {
        const made = event(draft, 'provision_machine_created')
        made.metadata = { fence: 2, machine_id: 'machine-1', adopted: true }
        const found = { metadata: { fence: 3, machine_id: 'machine-1', adopted: true } }
        draft.events = [
          ...draft.events.filter((one) => Number(one.createdAt) < Number(at(13))),
          anEvent('provision_machine_created', 12.8, 3, found),
          ...draft.events
            .filter((one) => Number(one.createdAt) >= Number(at(13)))
            .map((one) => ({ ...one, metadata: { ...one.metadata, fence: 3 } })),
        ]
        draft.calls = draft.calls.map((call) => (call.attempt === '2.1' ? { ...call, attempt: '3.1' } : call))
        draft.works[0]!.fence = 3
        inOrder(draft)
      },
    ],
    [
      'a name that was taken by what the fence before had made: the event is of the call that was told so',
      (draft) => {
        atSeconds(
          draft,
          aCall('machines.create', 12.1, { attempt: '2.1', machine: null, applied: false, status: 409 }),
        )
        draft.events = draft.events.map((one) =>
          Number(one.createdAt) < Number(at(12)) ? one : { ...one, metadata: { ...one.metadata, fence: 2 } },
        )
      },
    ],
    [
      'an orphan that two leases tried to delete: it was written once that it would be',
      (draft) => {
        atSeconds(
          draft,
          aCall('apps.create', 70),
          aCall('apps.delete', 80, { attempt: '3.1' }),
          aCall('apps.delete', 90, { attempt: '4.1' }),
        )
        draft.events.push(
          anEvent('orphan_deleting', 79, 3, { status: 'started' }),
          anEvent('orphan_deleted', 91, 3, { metadata: { app: APP } }),
        )
        draft.works[0]!.fence = 4
      },
    ],
    [
      'a teardown up to one guard after the user came back',
      (draft) =>
        void draft.tierChanges.push({
          userId: USER,
          entitled: true,
          notBefore: at(59.5),
          committedBy: at(59.6),
        }),
    ],
    [
      'a machine that health checks missed costs nothing until somebody works on the app',
      (draft) => {
        draft.costIntervals[0]!.endedAt = at(40)
        draft.apps[0]!.finalCostUsd = '0.000027'
        draft.events.push(anEvent('health_check_failed', 35, 1, { status: 'failed', metadata: { app: APP } }))
        inOrder(draft)
      },
    ],
    [
      'an app that went missing, closed without a teardown',
      (draft) => {
        draft.apps[0]!.teardownStartedAt = null
        draft.calls = draft.calls.filter((call) => call.attempt === '1.1')
        draft.events = [
          ...draft.events.filter((one) => Number(one.createdAt) < Number(at(60))),
          anEvent('app_missing', 63, 2, { status: 'skipped' }),
        ]
      },
    ],
  ]
  test.each(allowed)('%s', (_what, change) => {
    const draft = cleanHistory()
    change(draft)
    expect(check(draft)).toEqual([])
  })
})
