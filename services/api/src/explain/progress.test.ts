import type { EventRow } from '@hangar/db'
import { describe, expect, test } from '@jest/globals'
import { operationUnderWay, progressOf } from './progress.ts'

/** Newest first, as they are read. */
function events(...types: string[]): EventRow[] {
  return types
    .map((eventType, n) => ({
      id: n + 1,
      userFlyAppId: null,
      userId: 'u',
      eventType,
      status: 'success' as const,
      message: null,
      metadata: {},
      actor: 'w',
      createdAt: new Date(Date.UTC(2026, 2, 1, 12, n)),
    }))
    .reverse()
}

const shown = (...args: Parameters<typeof progressOf>) =>
  progressOf(...args).steps.map(({ name, state }) => `${state}: ${name}`)

describe('how far an operation has come', () => {
  test('what is done, what comes now, and what is left', () => {
    const soFar = events('provision_started', 'provision_app_created', 'provision_secrets_set')
    expect(shown('provision', soFar, { failed: false })).toEqual([
      'done: Name is reserved',
      'done: App is made',
      'done: Secrets are set',
      'running: Machine is there',
      'waiting: Machine is started',
      'waiting: App is healthy',
      'waiting: App is active',
    ])
    expect(shown('provision', soFar, { failed: true })[3]).toBe('failed: Machine is there')
  })

  test('what was passed over is left out', () => {
    const soFar = events('deprovision_started', 'deprovision_machine_deleted', 'deprovision_app_deleting')
    expect(shown('deprovision', soFar, { failed: false })).toEqual([
      'done: Teardown is begun',
      'done: Machine is deleted',
      'done: Fly is asked to delete the app',
      'running: App is gone',
    ])
  })

  test('an earlier resize is no part of this one, and neither is what was before it', () => {
    const soFar = events(
      'provision_started',
      'provision_completed',
      'resize_started',
      'resize_drained',
      'resize_completed',
      'resize_started',
    )
    expect(shown('resize', soFar, { failed: false })[1]).toBe('running: App is told to drain')
    expect(progressOf('resize', soFar, { failed: false }).steps[0]?.at).toEqual(
      new Date(Date.UTC(2026, 2, 1, 12, 5)),
    )
  })

  test('before anything is written down, the first step is the one under way', () => {
    expect(shown('repair', [], { failed: false })[0]).toBe('running: Repair is begun')
  })
})

test.each([
  [null, null],
  [{ deployedAt: null }, 'provision'],
  [{ deployedAt: new Date(0) }, null],
  [{ deployedAt: new Date(0), operation: 'resize' }, 'resize'],
  [{ deployedAt: new Date(0), operation: 'repair', teardownStartedAt: new Date(0) }, 'deprovision'],
])('of %j: %s', (app, expected) => {
  expect(operationUnderWay(app && ({ teardownStartedAt: null, operation: null, ...app } as never))).toBe(
    expected,
  )
})
