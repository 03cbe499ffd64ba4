import { expect, jest, test } from '@jest/globals'
import { QueryClient } from '@tanstack/react-query'
import { sessionQuery, type Session } from '../api/session.ts'
import { previewKey } from '../live/changes.ts'
import { goOn, sessionOver } from './session-over.ts'

const session = (actor: string, csrf: string): Session => ({
  actor,
  email: `${actor}@example.test`,
  role: 'admin',
  expires_at: '2026-11-22T12:00:00Z',
  idle_timeout_ms: 1_800_000,
  csrf_token: csrf,
})

test('a session that is over is told once, and again when the next one is', () => {
  const listener = jest.fn()
  const leave = sessionOver.subscribe(listener)
  sessionOver.set(true)
  sessionOver.set(true)
  expect([sessionOver.get(), listener.mock.calls.length]).toEqual([true, 1])
  sessionOver.set(false)
  expect([sessionOver.get(), listener.mock.calls.length]).toEqual([false, 2])
  leave()
})

test('whoever signs in again goes on where they were: data is asked for again, what is to be confirmed stays', () => {
  const queries = new QueryClient()
  const preview = previewKey('bulk', 'retry')
  queries.setQueryData(sessionQuery.queryKey, session('ann', 'old'))
  queries.setQueryData(['alerts', 'list'], [])
  queries.setQueryData(preview, { eligible: 3 })
  sessionOver.set(true)
  expect(goOn(queries, session('ann', 'new'))).toBe(true)
  expect(sessionOver.get()).toBe(false)
  expect(queries.getQueryData(sessionQuery.queryKey)?.csrf_token).toBe('new')
  expect(queries.getQueryState(['alerts', 'list'])?.isInvalidated).toBe(true)
  expect(queries.getQueryState(preview)?.isInvalidated).toBe(false)
  expect(queries.getQueryState(sessionQuery.queryKey)?.isInvalidated).toBe(false)
  queries.clear()
})

test('somebody else does not go on with what the one before has read and typed', () => {
  const queries = new QueryClient()
  queries.setQueryData(sessionQuery.queryKey, session('ann', 'old'))
  sessionOver.set(true)
  expect(goOn(queries, session('bob', 'new'))).toBe(false)
  expect(sessionOver.get()).toBe(true)
  sessionOver.set(false)
  queries.clear()
})
