import type { Clock } from '@hangar/core'
import { testClock } from '@hangar/testkit'
import { afterEach, describe, expect, test } from '@jest/globals'

import { startLoop, type LoopOptions } from './loop.ts'

let current = new AbortController()
afterEach(() => current.abort())

/** A loop on a clock that is moved by hand; `starts` are the times its steps began, in ms. */
function loopOf(step: (clock: Clock) => Promise<void>, options: Partial<LoopOptions> = {}) {
  current = new AbortController()
  const clock = testClock()
  const startMs = clock.now().getTime()
  const starts: number[] = []
  const events: string[] = []
  const loop = startLoop({
    intervalMs: 1000,
    signal: current.signal,
    clock,
    step: () => {
      starts.push(clock.now().getTime() - startMs)
      return step(clock)
    },
    onFailure: (error, failuresInARow) => events.push(`${(error as Error).message} ${failuresInARow}`),
    onRecovery: (failuresInARow) => events.push(`well again after ${failuresInARow}`),
    ...options,
  })
  const advance = async (ms: number) => {
    await clock.untilSleeping()
    await clock.advance(ms)
    await clock.untilSleeping()
  }
  return { clock, loop, starts, events, advance }
}

const away = () => Promise.reject(new Error('away'))

describe('a loop whose steps succeed', () => {
  test('starts one each interval, whatever a step takes', async () => {
    const { starts, advance } = loopOf((clock) => clock.sleep(300))
    await advance(3000)
    expect(starts).toEqual([0, 1000, 2000, 3000])
  })

  test('rests a while even when a step takes longer than the interval', async () => {
    const { starts, advance } = loopOf((clock) => clock.sleep(5000))
    await advance(12_000)
    expect(starts).toEqual([0, 5250, 10_500])
  })
})

describe('a loop whose steps fail', () => {
  test('pauses longer with each failure, up to its cap, and never spins', async () => {
    const { starts, advance } = loopOf(away, { maxBackoffMs: 5000 })
    await advance(60_000)
    const pauses = starts.slice(1).map((start, index) => start - starts[index]!)
    expect(pauses[0]).toBeGreaterThanOrEqual(1000)
    expect(pauses[0]).toBeLessThanOrEqual(2000)
    for (const pause of pauses.slice(3)) {
      expect(pause).toBeGreaterThanOrEqual(2500)
      expect(pause).toBeLessThanOrEqual(5000)
    }
    expect(starts.length).toBeGreaterThan(10)
    expect(starts.length).toBeLessThan(30)
  })

  test('tells of each failure and of the recovery, and goes back to its interval', async () => {
    let works = false
    const { starts, events, advance } = loopOf(() => (works ? Promise.resolve() : away()))
    await advance(2000)
    expect(events).toEqual(['away 1', 'away 2'])
    works = true
    await advance(4000)
    expect(events.at(-1)).toBe('well again after 2')
    const before = starts.length
    await advance(3000)
    expect(starts.length - before).toBe(3)
  })
})

describe('the end', () => {
  test('comes at once while resting', async () => {
    const { loop, clock } = loopOf(() => Promise.resolve())
    await clock.untilSleeping()
    current.abort()
    await loop.ended
  })

  test('waits for the step in hand', async () => {
    const step = Promise.withResolvers<undefined>()
    const { loop, starts } = loopOf(() => step.promise)
    current.abort()
    let ended = false
    void loop.ended.then(() => (ended = true))
    await new Promise((resolve) => setImmediate(resolve))
    expect(ended).toBe(false)
    step.resolve(undefined)
    await loop.ended
    expect(starts).toEqual([0])
  })
})

test('a step that hangs shows: the loop no longer counts as turning', async () => {
  const { loop, clock } = loopOf(() => new Promise<never>(() => {}))
  await clock.advance(30_000)
  await loop.checkTurning()
  await clock.advance(10_000)
  await expect(loop.checkTurning()).rejects.toThrow('no turn for 40000 ms')
})
