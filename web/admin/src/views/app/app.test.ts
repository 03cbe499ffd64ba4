import { describe, expect, test } from '@jest/globals'
import { draftOf, problemOf, requestOf, wordFor, type Draft } from './override-draft.ts'
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
  const draft: Draft = draftOf({ override: null })
  const NOW = Date.parse('2026-11-22T12:00:00Z')
  const before = {
    id: 1,
    desired: 'on' as const,
    guest: { cpuKind: 'performance' as const, cpus: 4, memoryMb: 8_192 },
    region: 'fra',
    reason: 'a trial',
    actor: 'user:1',
    created_at: '2026-11-20T10:00:00.000Z',
    expires_at: '2026-12-01T09:30:17.250Z',
  }

  test('that pauses carries nothing else', () => {
    expect(requestOf({ ...draft, cpus: '2', memoryMb: '512', region: 'iad' }, null)).toEqual({
      desired: 'paused',
    })
  })
  test('that switches on carries a size and a region, where they are given', () => {
    expect(requestOf({ ...draft, desired: 'on', cpus: '2', memoryMb: '1024', region: 'fra' }, null)).toEqual({
      desired: 'on',
      guest: { cpuKind: 'shared', cpus: 2, memoryMb: 1_024 },
      region: 'fra',
    })
  })
  test('that is opened and saved is the same as before: its size, its kind of CPU, its region, its end', () => {
    const { desired, guest, region, expires_at } = before
    expect(requestOf(draftOf({ override: before }), before)).toEqual({ desired, guest, region, expires_at })
  })
  test('of which one part is changed keeps the others', () => {
    const changed = requestOf({ ...draftOf({ override: before }), memoryMb: '16384' }, before)
    expect(changed.guest).toEqual({ cpuKind: 'performance', cpus: 4, memoryMb: 16_384 })
    expect(changed.expires_at).toBe(before.expires_at)
  })
  test('whose end is taken out lasts until somebody ends it', () => {
    const endless = requestOf({ ...draftOf({ override: before }), expiresAt: '' }, before)
    expect(endless.expires_at).toBeUndefined()
  })
  test('says what it still needs', () => {
    expect(problemOf({ ...draft, cpus: '2' }, NOW)).toMatch('together')
    expect(problemOf({ ...draft, region: 'Frankfurt' }, NOW)).toMatch('region')
    expect(problemOf({ ...draft, expiresAt: '2020-01-01T00:00' }, NOW)).toMatch('past')
    expect(problemOf(draft, NOW)).toBeUndefined()
  })
  test('that takes the app away is typed, like every other way to lose it', () => {
    const user = { user_id: 'u1', email: 'ann@example.test', app: { fly_app_name: 'app-ann' } }
    expect(wordFor('off', user)).toBe('app-ann')
    expect(wordFor('off', { ...user, app: null })).toBe('ann@example.test')
    expect([wordFor('on', user), wordFor('paused', user)]).toEqual([undefined, undefined])
  })
})
