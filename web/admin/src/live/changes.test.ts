import { QueryClient, type InfiniteData } from '@tanstack/react-query'
import { afterEach, beforeEach, expect, jest, test } from '@jest/globals'
import { toggled, withAll } from '../ui/data-table/selection.ts'
import {
  appCountsKey,
  appKey,
  appListKey,
  createChanges,
  previewKey,
  type AppChange,
  type Changes,
} from './changes.ts'

type Row = { user_id: string; status: string; health_status: string; updated_at: string }
type Pages = InfiniteData<{ items: Row[]; next_cursor: string | null }>

const row = (userId: string): Row => ({
  user_id: userId,
  status: 'provisioning',
  health_status: 'unknown',
  updated_at: '2026-11-22T11:00:00Z',
})
const LIST = [...appListKey, {}, '-updated_at']
const PAGES: Pages = {
  pages: [
    { items: [row('a'), row('b')], next_cursor: '1' },
    { items: [row('c'), row('d')], next_cursor: null },
  ],
  pageParams: [null, '1'],
}

let queries: QueryClient
let changes: Changes
let seen: AppChange[]

beforeEach(() => {
  jest.useFakeTimers()
  queries = new QueryClient({ defaultOptions: { queries: { gcTime: Infinity } } })
  seen = []
  changes = createChanges(queries, (change) => seen.push(change))
  queries.setQueryData(LIST, PAGES)
})

afterEach(() => {
  changes.close()
  queries.clear()
  jest.useRealTimers()
})

const appEvent = (userId: string, status = 'active') => ({
  type: 'app',
  id: '1',
  data: JSON.stringify({ user_id: userId, status, health_status: 'healthy', at: '2026-11-22T12:00:00Z' }),
})
const list = (): Pages => queries.getQueryData<Pages>(LIST)!

test('a row changes where it stands: the others are the very same objects, and what is selected stays selected', () => {
  const selected = withAll(toggled(new Set(), 'c'), ['a', 'd'], true)
  changes.handle(appEvent('c'))
  expect(list().pages[1]?.items[0]).toEqual({
    user_id: 'c',
    status: 'active',
    health_status: 'healthy',
    updated_at: '2026-11-22T12:00:00Z',
  })
  expect(list().pages[0]).toBe(PAGES.pages[0])
  expect(list().pages[1]?.items[1]).toBe(PAGES.pages[1]?.items[1])
  const rows = list().pages.flatMap((page) => page.items)
  expect(rows.filter((one) => selected.has(one.user_id)).map((one) => one.user_id)).toEqual(['a', 'c', 'd'])
  expect(changes.isListOutdated()).toBe(false)
})

test('a user whom the list does not have makes it outdated, until it is read again', () => {
  let told = 0
  changes.subscribe(() => (told += 1))
  changes.handle(appEvent('new'))
  changes.handle(appEvent('another'))
  expect([changes.isListOutdated(), told]).toEqual([true, 1])
  expect(list()).toBe(PAGES)
  changes.listWasLoaded()
  expect([changes.isListOutdated(), told]).toEqual([false, 2])
})

test('a storm of changes asks for each sum once, and never for the whole list', () => {
  for (const key of [appCountsKey, ['overview'], appKey('a')]) queries.setQueryData(key, {})
  const invalidate = jest.spyOn(queries, 'invalidateQueries')
  for (let i = 0; i < 500; i++) changes.handle(appEvent('a'))
  jest.advanceTimersByTime(2_000)
  const asked = invalidate.mock.calls.map(([filters]) => JSON.stringify(filters?.queryKey)).sort()
  expect(asked).toEqual([
    '["alerts"]',
    '["app","a"]',
    '["apps","counts"]',
    '["brakes"]',
    '["events"]',
    '["overview"]',
  ])
  expect(queries.getQueryState(LIST)?.isInvalidated).toBe(false)
  expect(queries.getQueryState(['overview'])?.isInvalidated).toBe(true)
})

test('what another admin does to a user is asked for again, and changes no row by itself', () => {
  for (const key of [appKey('a'), ['audit'], ['brakes']]) queries.setQueryData(key, {})
  const audit = (userId: string | null) => ({
    type: 'audit',
    id: '5',
    data: JSON.stringify({ user_id: userId, at: '' }),
  })
  changes.handle(audit('a'))
  changes.handle(audit(null))
  jest.advanceTimersByTime(2_000)
  for (const key of [appKey('a'), ['audit'], ['brakes']])
    expect(queries.getQueryState(key)?.isInvalidated).toBe(true)
  expect(list()).toBe(PAGES)
  expect([seen, changes.isListOutdated()]).toEqual([[], false])
})

test('where the server cannot say what was missed, everything is asked for again', () => {
  for (const key of [['overview'], appKey('a')]) queries.setQueryData(key, {})
  changes.handle({ type: 'reset', id: '9', data: '' })
  jest.advanceTimersByTime(2_000)
  expect(queries.getQueryState(['overview'])?.isInvalidated).toBe(true)
  expect(queries.getQueryState(appKey('a'))?.isInvalidated).toBe(true)
  expect(changes.isListOutdated()).toBe(true)
})

test('who watches is told; what is no change is passed over', () => {
  changes.handle(appEvent('a'))
  changes.handle({ type: 'app', id: '2', data: 'not json' })
  changes.handle({ type: 'app', id: '3', data: '{}' })
  changes.handle({ type: 'hello', id: '4', data: '{}' })
  expect(seen.map((change) => change.user_id)).toEqual(['a'])
})

test('what somebody is about to confirm stays as it was shown, whatever happens meanwhile', () => {
  const key = previewKey('bulk', 'deprovision', ['a'])
  queries.setQueryData(key, { eligible: 3 })
  for (const type of ['app', 'alert', 'bulk', 'audit', 'reset']) {
    changes.handle({ id: '1', type, data: JSON.stringify({ user_id: 'a' }) })
  }
  jest.advanceTimersByTime(10_000)
  expect(queries.getQueryState(key)?.isInvalidated).toBe(false)
  expect(previewKey('act', 'a', 'retry')[0]).toBe(key[0])
})
