import { expect, test } from '@jest/globals'
import { ConnectionError, explain, isSignedOut, mayPass, problemOf } from './problem.ts'

const answered = (status: number, body: unknown, headers: Record<string, string> = {}) =>
  problemOf(new Response(typeof body === 'string' ? body : JSON.stringify(body), { status, headers }))

test('a problem document becomes words', async () => {
  const problem = await answered(409, {
    title: "The user's subscription says otherwise.",
    detail: 'tier pro',
    code: 'entitlement_conflict',
    request_id: 'r1',
  })
  expect(explain(problem)).toEqual({ title: "The user's subscription says otherwise.", detail: 'tier pro' })
  expect([problem.code, problem.requestId, mayPass(problem)]).toEqual(['entitlement_conflict', 'r1', false])
})

test('fields that are wrong, and a role that is missing, are said', async () => {
  const wrong = await answered(422, {
    title: 'A field is wrong.',
    errors: [{ field: 'region', message: 'unknown' }],
  })
  expect(explain(wrong).detail).toBe('region: unknown')
  const forbidden = await answered(403, { title: 'Not allowed.', needed_role: 'admin' })
  expect(explain(forbidden).detail).toBe('It takes the role admin.')
})

test('an answer of something in between is a problem too', async () => {
  const problem = await answered(502, '<html>Bad gateway</html>', { 'retry-after': '2' })
  expect(explain(problem)).toEqual({ title: 'The server answered 502.', detail: undefined })
  expect([problem.retryAfterSeconds, mayPass(problem), isSignedOut(problem)]).toEqual([2, true, false])
})

test('no answer may pass', () => {
  expect(mayPass(new ConnectionError('timeout', undefined))).toBe(true)
  expect(explain(new ConnectionError('unreachable', undefined)).title).toBe('The server cannot be reached.')
})
