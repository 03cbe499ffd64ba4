import { describe, expect, test } from '@jest/globals'
import { foreseeWavesSeconds, judgeWave } from './waves.ts'

describe('a wave', () => {
  const counts = (waiting: number, asked: number, done: number, failed: number) => ({
    waiting,
    asked,
    done,
    failed,
  })
  test.each([
    ['nobody has come to an end', counts(10, 0, 0, 0), {}, 'goes_on'],
    ['as many as may fail have failed', counts(4, 2, 3, 1), {}, 'goes_on'],
    ['one more, whatever becomes of the rest', counts(4, 2, 2, 2), {}, 'failing'],
    ['the last is under way', counts(0, 1, 9, 0), {}, 'goes_on'],
    ['all have ended well', counts(0, 0, 10, 0), {}, 'over'],
    ['all have ended, at the share exactly', counts(0, 0, 9, 1), {}, 'over'],
    ['all were left out', counts(0, 0, 0, 0), {}, 'over'],
    ['it went well and those before did not', counts(0, 0, 10, 0), { done: 80, failed: 20 }, 'failing'],
    ['those before do not end it in the middle', counts(0, 1, 9, 0), { done: 0, failed: 20 }, 'goes_on'],
  ] as const)('%s', (_what, wave, before, verdict) => {
    const { done, failed } = { done: 0, failed: 0, ...before }
    const all = { done: wave.done + done, failed: wave.failed + failed }
    expect(judgeWave(wave, all, 0.1)).toBe(verdict)
  })

  test('a share of 1 stops nothing, one of 0 with the first', () => {
    expect(judgeWave(counts(0, 0, 0, 5), { done: 0, failed: 5 }, 1)).toBe('over')
    expect(judgeWave(counts(99, 0, 0, 1), { done: 0, failed: 1 }, 0)).toBe('failing')
  })
})

describe('how long it takes', () => {
  const all = {
    waiting: 500,
    asked: 0,
    waveSize: 100,
    wavePauseMs: 30_000,
    perMinute: 60,
    itemSeconds: null,
  }
  test('asking, the last of each wave, and the pauses between', () => {
    expect(foreseeWavesSeconds(all)).toBe(500 + 5 * 60 + 4 * 30)
    expect(foreseeWavesSeconds({ ...all, itemSeconds: 2 })).toBe(500 + 5 * 2 + 4 * 30)
  })
  test('no pace is quicker than what Fly is known to take', () => {
    expect(foreseeWavesSeconds({ ...all, perMinute: 6_000 })).toBe(foreseeWavesSeconds(all))
    expect(foreseeWavesSeconds({ ...all, perMinute: 30 })).toBe(1_000 + 5 * 60 + 4 * 30)
  })
  test('its end', () => {
    expect(foreseeWavesSeconds({ ...all, waiting: 0, asked: 3 })).toBe(60)
    expect(foreseeWavesSeconds({ ...all, waiting: 0 })).toBe(0)
  })
})
