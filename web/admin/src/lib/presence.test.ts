import { expect, test } from '@jest/globals'
import { createPresence } from './presence.ts'

test('somebody is there for half a minute after each sign of theirs', () => {
  let nowMs = 1_000
  const page = new EventTarget()
  const presence = createPresence(() => nowMs)
  presence.watch(page)
  expect(presence.isPresent()).toBe(true)
  nowMs += 30_000
  expect(presence.isPresent()).toBe(false)
  page.dispatchEvent(new Event('keydown'))
  expect(presence.isPresent()).toBe(true)
  nowMs += 29_999
  expect(presence.isPresent()).toBe(true)
  nowMs += 1
  page.dispatchEvent(new Event('scroll'))
  expect(presence.isPresent()).toBe(false)
})
