import { describe, expect, test } from '@jest/globals'

import { FLY_ERRORS, FlyError, isFlyError, type FlyErrorCode } from './errors.ts'

/** What others build on: a code that changes its mind here breaks them. */
const PROMISES: Record<FlyErrorCode, [retryable: boolean, ambiguous: boolean]> = {
  aborted: [true, true],
  conflict: [true, false],
  host_capacity: [true, false],
  lease_held: [true, false],
  machine_failed: [false, false],
  machine_limit: [false, false],
  machine_name_taken: [false, false],
  name_taken: [false, false],
  network_after_send: [true, true],
  network_before_send: [true, false],
  not_found: [false, false],
  rate_limited: [true, false],
  region_capacity: [true, false],
  region_quota: [false, false],
  replaced: [true, false],
  timeout: [true, true],
  unauthorized: [false, false],
  unavailable: [true, true],
  unexpected_answer: [true, true],
  validation: [false, false],
  wait_deadline: [true, false],
}

const facts = {
  operation: 'machines.create',
  method: 'POST',
  path: '/v1/apps/a/machines',
  kind: 'mutation',
  sent: true,
} as const

describe('FlyError', () => {
  test.each(Object.entries(PROMISES))('%s: retryable, ambiguous = %p', (code, [retryable, ambiguous]) => {
    const error = new FlyError(code as FlyErrorCode, facts)
    expect([error.retryable, error.ambiguous]).toEqual([retryable, ambiguous])
    expect(new FlyError(code as FlyErrorCode, { ...facts, kind: 'read' }).ambiguous).toBe(false)
    expect(new FlyError(code as FlyErrorCode, { ...facts, sent: false }).ambiguous).toBe(false)
  })

  test('every code is promised and described', () => {
    expect(Object.keys(FLY_ERRORS).sort()).toEqual(Object.keys(PROMISES).sort())
    for (const cause of Object.values(FLY_ERRORS)) {
      expect(
        [cause.summary, cause.seen, cause.advice].every((text) => text.length > 5 && !text.includes('|')),
      ).toBe(true)
    }
  })

  test('says what was called, what Fly said and what to tell Fly’s support', () => {
    const error = new FlyError('conflict', {
      ...facts,
      reason: 'aborted: concurrent update',
      status: 409,
      requestId: '01X-iad',
      cause: new Error('inner'),
    })
    expect(error.message).toBe(
      'POST /v1/apps/a/machines: aborted: concurrent update (conflict, status 409, request 01X-iad)',
    )
    expect(error).toBeInstanceOf(Error)
    expect(error.cause).toEqual(new Error('inner'))
    expect('cause' in new FlyError('conflict', facts)).toBe(false)
  })

  test('isFlyError narrows to the codes asked for', () => {
    const error: unknown = new FlyError('not_found', facts)
    expect(isFlyError(error)).toBe(true)
    expect(isFlyError(error, 'conflict', 'not_found')).toBe(true)
    expect(isFlyError(error, 'conflict')).toBe(false)
    expect(isFlyError(new Error('x'))).toBe(false)
    expect(isFlyError(undefined)).toBe(false)
  })
})
