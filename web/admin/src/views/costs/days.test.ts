import { expect, test } from '@jest/globals'
import { daysOf } from './days.ts'

test('days without cost are there, at nothing, until today', () => {
  const days = daysOf('2026-02', [{ day: '2026-02-02', usd: '1.50' }], '2026-02-03T09:00:00.000Z')
  expect(days).toEqual([
    { day: '2026-02-01', usd: '0' },
    { day: '2026-02-02', usd: '1.50' },
    { day: '2026-02-03', usd: '0' },
  ])
})

test('a month that is over has all of its days', () => {
  expect(daysOf('2024-02', [], '2026-11-22T00:00:00.000Z')).toHaveLength(29)
  expect(daysOf('2026-12', [], '2027-01-01T00:00:00.000Z').at(-1)?.day).toBe('2026-12-31')
})
