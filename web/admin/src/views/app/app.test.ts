import { describe, expect, test } from '@jest/globals'
import { draftOf, problemOf, requestOf, type Draft } from './override-draft.ts'
import { lastRunOf } from './run-of.ts'

describe('the last run', () => {
  const events = (...types: string[]) => types.map((event_type) => ({ event_type }))
  const names = (...types: string[]) => lastRunOf(events(...types)).map((event) => event.event_type)

  test('from the last time that an operation began, oldest first', () => {
    expect(
      names('resize_completed', 'resize_machine_started', 'resize_started', 'provision_completed'),
    ).toEqual(['resize_started', 'resize_machine_started', 'resize_completed'])
  })
  test('a machine or a drain that started is no beginning', () => {
    expect(
      names('deprovision_drain_started', 'provision_machine_started', 'deprovision_started'),
    ).toHaveLength(3)
  })
  test('where no beginning is among them, all of them', () => {
    expect(names('health_check_failed', 'drift_found')).toEqual(['drift_found', 'health_check_failed'])
  })
})

describe('an override', () => {
  const draft: Draft = { ...draftOf({ override: null }), reason: ' load test ' }

  test('that pauses carries nothing else', () => {
    expect(requestOf({ ...draft, cpus: '2', memoryMb: '512', region: 'iad' })).toEqual({
      desired: 'paused',
      reason: 'load test',
    })
  })
  test('that switches on carries a size and a region, where they are given', () => {
    expect(requestOf({ ...draft, desired: 'on', cpus: '2', memoryMb: '1024', region: 'fra' })).toEqual({
      desired: 'on',
      reason: 'load test',
      guest: { cpuKind: 'shared', cpus: 2, memoryMb: 1_024 },
      region: 'fra',
    })
  })
  test('says what it still needs', () => {
    expect(problemOf({ ...draft, reason: ' ' })).toMatch('reason')
    expect(problemOf({ ...draft, cpus: '2' })).toMatch('together')
    expect(problemOf({ ...draft, region: 'Frankfurt' })).toMatch('region')
    expect(problemOf(draft)).toBeUndefined()
  })
})
