import { describe, expect, test } from '@jest/globals'
import {
  formatAgo,
  formatCode,
  formatDay,
  formatDuration,
  formatGuest,
  formatMoney,
  plural,
} from './format.ts'

const NOW_MS = Date.parse('2026-11-22T12:00:00Z')
const at = (distanceMs: number) => new Date(NOW_MS + distanceMs).toISOString()

describe('money', () => {
  test.each([
    ['7.000000', '$7.00'],
    ['-12', '-$12.00'],
    ['0.004', '<$0.01'],
    ['9999.99', '$9,999.99'],
    ['10000.49', '$10,000'],
    [null, '–'],
    ['', '–'],
    ['NaN', '–'],
  ])('%s', (usd, text) => expect(formatMoney(usd)).toBe(text))
})

describe('durations', () => {
  test.each([
    [0, '0 ms'],
    [999, '999 ms'],
    [59_999, '59 s'],
    [60_000, '1 min'],
    [200_000, '3 min 20 s'],
    [7_500_000, '2 h 5 min'],
    [273_600_000, '3 d 4 h'],
  ])('%d', (ms, text) => expect(formatDuration(ms)).toBe(text))
})

describe('how long ago', () => {
  test.each([
    [-4_999, 'just now'],
    [4_999, 'just now'],
    [-12_000, '12 s ago'],
    [-3_599_000, '59 min ago'],
    [-172_800_000, '2 d ago'],
    [180_000, 'in 3 min'],
  ])('%d', (distanceMs, text) => expect(formatAgo(at(distanceMs), NOW_MS)).toBe(text))
  test('never, and no time at all', () => {
    expect(formatAgo(null, NOW_MS)).toBe('–')
    expect(formatAgo('yesterday', NOW_MS)).toBe('–')
  })
})

test('a day of the ledger is the same day in every time zone', () => {
  expect(formatDay('2026-11-01')).toBe('1 Nov')
  expect(formatDay('2026-11-01T00:00:00.000Z')).toBe('1 Nov')
})

test('words', () => {
  expect(formatGuest({ cpu_kind: 'shared', cpus: 1, memory_mb: 512 })).toBe('1 shared CPU, 512 MB')
  expect(formatGuest({ cpu_kind: 'performance', cpus: 2, memory_mb: 4_096 })).toBe('2 performance CPUs, 4 GB')
  expect(formatCode('fly_unreachable')).toBe('Fly unreachable')
  expect([plural(1, 'app'), plural(0, 'app'), plural(1_200, 'app')]).toEqual([
    '1 app',
    '0 apps',
    '1,200 apps',
  ])
})
