/** A small history in which all is well, for tests to break: one user pays, gets an app, and stops paying. */
import type { AppRow, EventRow, WorkRow } from '@hangar/db'
import type { CallEntry } from '@hangar/fly-sim'
import type { CostInterval, History } from '../history.ts'

export const USER = '00000000-0000-4000-8000-000000000001'
export const APP = 'vyx-user-aaaaaaaa'
const GUEST = { cpuKind: 'shared', cpus: 2, memoryMb: 512 } as const

/** So many seconds into the history. */
export const at = (seconds: number): Date => new Date(Date.UTC(2026, 0, 1) + seconds * 1_000)

type Mutable<T> = { -readonly [K in keyof T]: T[K] extends readonly (infer One)[] ? One[] : T[K] }
export type Draft = Mutable<History>

/** Without the columns that no guarantee reads. */
export function aRow(change: Partial<AppRow> = {}): AppRow {
  const row: Partial<AppRow> = {
    ...GUEST,
    id: '00000000-0000-4000-8000-0000000000a1',
    userId: USER,
    generation: 1,
    flyAppName: APP,
    network: change.flyAppName ?? APP,
    flyMachineId: 'machine-1',
    flyInstanceId: 'instance-1',
    status: 'deleted',
    tier: 'pro',
    region: 'iad',
    image: 'registry.example/screener:1',
    healthStatus: 'unknown',
    lastHealthCheck: null,
    healthFailures: 0,
    monthlyCostEstimateUsd: '6.00',
    finalCostUsd: '0.000050',
    errorMessage: null,
    errorCode: null,
    retryCount: 0,
    operation: null,
    secretsVersion: 1,
    launchedAt: at(12),
    startedAt: at(13),
    drainStartedAt: at(61),
    teardownStartedAt: at(60),
    createdAt: at(10),
    deployedAt: at(14),
    updatedAt: at(65),
    deletedAt: at(65),
    ...change,
  }
  return row as AppRow
}

let calls = 0
export function aCall(operation: string, seconds: number, change: Partial<CallEntry> = {}): CallEntry {
  const method = operation.endsWith('.delete') ? 'DELETE' : operation.endsWith('.get') ? 'GET' : 'POST'
  return {
    seq: (calls += 1),
    atMs: Number(at(seconds)),
    endedAtMs: Number(at(seconds)) + 10,
    settledAtMs: Number(at(seconds)) + 10,
    requestId: `request-${calls}`,
    method,
    path: '/v1/apps',
    operation,
    app: APP,
    machine: operation.startsWith('machines.') ? 'machine-1' : null,
    attempt: '1.1',
    token: 'token-1',
    status: 200,
    applied: method !== 'GET',
    fault: null,
    outcome: 'answered',
    ...change,
  }
}

let events = 0
export function anEvent(
  eventType: string,
  seconds: number,
  fence: number,
  change: Partial<EventRow> = {},
): EventRow {
  return {
    id: (events += 1),
    userFlyAppId: aRow().id,
    userId: USER,
    eventType,
    status: 'success',
    message: null,
    metadata: { fence, machine_id: 'machine-1', app: APP },
    actor: 'worker-a',
    createdAt: at(seconds),
    ...change,
  }
}

function aWork(): WorkRow {
  return {
    userId: USER,
    doneVersion: 3,
    plannedVersion: 3,
    owner: null,
    fence: 2,
    leaseExpiresAt: null,
    failedAttempts: 0,
    failedVersion: 0,
    nextAttemptAt: null,
    parkedReason: null,
    failedReason: null,
    overtakenAt: null,
    updatedAt: at(66),
  }
}

const anInterval = (): CostInterval => ({
  id: 1,
  userFlyAppId: aRow().id,
  usdPerSecond: '0.000001000000',
  startedAt: at(13),
  endedAt: at(63),
})

/** A copy each time. The first claim brings the app up, the second takes it down. */
export function cleanHistory(): Draft {
  const second = { attempt: '2.1' }
  return {
    appPrefix: 'vyx-user-',
    calls: [
      aCall('apps.create', 10.2),
      aCall('secrets.set', 11),
      aCall('machines.create', 12, { machine: null }),
      aCall('machines.get', 12.5),
      aCall('machines.stop', 62, second),
      aCall('machines.delete', 63.5, second),
      aCall('apps.delete', 64.2, second),
    ],
    apps: [aRow()],
    events: [
      anEvent('provision_started', 10, 1, { status: 'started' }),
      anEvent('provision_app_created', 10.5, 1),
      anEvent('provision_secrets_set', 11.2, 1),
      anEvent('provision_machine_created', 12.2, 1),
      anEvent('provision_machine_started', 13, 1),
      anEvent('provision_completed', 14, 1),
      anEvent('deprovision_started', 60, 2, { status: 'started' }),
      anEvent('deprovision_drain_started', 61, 2, { status: 'started' }),
      anEvent('deprovision_machine_stopped', 63, 2),
      anEvent('deprovision_machine_deleted', 63.8, 2),
      anEvent('deprovision_app_deleting', 64, 2, { status: 'started' }),
      anEvent('deprovision_app_deleted', 65, 2),
      anEvent('deprovision_completed', 65, 2),
    ],
    costIntervals: [anInterval()],
    works: [aWork()],
    wants: [{ userId: USER, wantedVersion: 3 }],
    tierChanges: [
      { userId: USER, entitled: true, notBefore: at(9), committedBy: at(9.1) },
      { userId: USER, entitled: false, notBefore: at(59), committedBy: at(59.1) },
    ],
    flyAtTheEnd: { apps: [] },
    retained: {
      before: { 'public.trader_signals': { rows: 50, checksum: 'a' } },
      after: { 'public.trader_signals': { rows: 50, checksum: 'a' } },
    },
    earlierEvents: [],
    brakeSpells: [],
    tradingSpells: [{ userId: USER, app: APP, from: at(14), to: at(62) }],
    users: [{ userId: USER, guest: null }],
    surfaces: [{ name: 'worker.log', text: 'reconciled' }],
    secrets: [{ name: 'the master key', value: 'sentinel-of-the-master-key' }],
  }
}

/** The same user in the middle of it: paying, with an app that is up. */
export function cleanHistoryWhileUp(): Draft {
  const draft = cleanHistory()
  const up = {
    status: 'active',
    teardownStartedAt: null,
    drainStartedAt: null,
    deletedAt: null,
    finalCostUsd: null,
  } as const
  draft.apps = [aRow(up)]
  draft.calls = draft.calls.filter((call) => call.attempt === '1.1')
  draft.events = draft.events.filter((event) => Number(event.createdAt) < Number(at(60)))
  draft.costIntervals = [{ ...anInterval(), endedAt: null }]
  draft.tierChanges = draft.tierChanges.slice(0, 1)
  draft.users = [{ userId: USER, guest: GUEST }]
  const guest = { cpu_kind: 'shared', cpus: 2, memory_mb: 512 }
  draft.flyAtTheEnd = { apps: [{ name: APP, machines: [{ id: 'machine-1', state: 'started', guest }] }] }
  return draft
}
