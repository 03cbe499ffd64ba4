import { describe, expect, test } from '@jest/globals'
import { MAX_RETRIES, pauseMs } from './failure.ts'

describe('the pause after a failed attempt', () => {
  const minutes = (ms: number) => ms / 60_000
  test('2, 4 and 8 seconds for the retries', () => {
    expect([1, 2, 3].map((attempt) => pauseMs(attempt, 2_000, 0))).toEqual([2_000, 4_000, 8_000])
    expect(MAX_RETRIES).toBe(3)
  })
  test('then half a minute, doubling up to six hours; from five minutes on where nothing passes by itself', () => {
    expect([4, 5, 6, 13, 14, 40].map((attempt) => minutes(pauseMs(attempt, 2_000, 0)))).toEqual([
      0.5, 1, 2, 256, 360, 360,
    ])
    expect([4, 5, 6, 11].map((attempt) => minutes(pauseMs(attempt, 2_000, 0, true)))).toEqual([
      5, 10, 20, 360,
    ])
  })
  test('spread by up to a fifth, so that many failures do not come back at once', () => {
    expect(pauseMs(1, 2_000, 1)).toBe(2_400)
    expect(pauseMs(3, 2_000, 0.5)).toBe(8_800)
  })
})
