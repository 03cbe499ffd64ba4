import { expect, test } from '@jest/globals'
import { afterFailure, createKeys } from './idempotency.ts'
import { ConnectionError, ProblemError } from './problem.ts'

const problem = (code: string, status = 409) => new ProblemError(status, { title: code, code }, null)

function counting() {
  let made = 0
  return createKeys(() => `key ${String((made += 1))}`)
}

test('the same request is asked again with the same key, another one with a key of its own', () => {
  const keys = counting()
  expect(keys.of({ reason: 'typo', count: 3 })).toBe('key 1')
  expect(keys.of({ reason: 'typo', count: 3 })).toBe('key 1')
  expect(keys.of({ reason: 'better', count: 3 })).toBe('key 2')
  expect(keys.of({ reason: 'better', count: 4 })).toBe('key 3')
})

test('a request that comes back to an earlier one has the key of then: it is still the same request', () => {
  const keys = counting()
  expect([keys.of('a'), keys.of('b'), keys.of('a')]).toEqual(['key 1', 'key 2', 'key 1'])
})

test.each(['idempotency_mismatch', 'idempotency_answer_lost'])(
  'after %s the next try has a new key, and it is said what happened',
  (code) => {
    const keys = counting()
    const first = keys.of('a')
    expect(afterFailure(problem(code), keys)).toMatch(/audit log/)
    expect(keys.of('a')).not.toBe(first)
  },
)

test('without an answer the key stays, and it is said that trying again does it once', () => {
  const keys = counting()
  const first = keys.of('a')
  expect(afterFailure(new ConnectionError('timeout', undefined), keys)).toMatch(/once/)
  expect(keys.of('a')).toBe(first)
})

test('any other refusal needs no more words', () => {
  const keys = counting()
  const first = keys.of('a')
  for (const error of [problem('idempotency_in_flight'), problem('forbidden', 403)]) {
    expect(afterFailure(error, keys)).toBeUndefined()
  }
  expect(keys.of('a')).toBe(first)
})
