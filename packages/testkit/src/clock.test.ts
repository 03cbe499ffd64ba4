import { expect, test } from '@jest/globals'
import { testClock } from './index.ts'

test('stands still until it is moved', async () => {
  const clock = testClock('2026-03-01T00:00:00.000Z')
  expect(clock.now()).toEqual(new Date('2026-03-01T00:00:00.000Z'))
  await clock.advance(1_500)
  expect(clock.now()).toEqual(new Date('2026-03-01T00:00:01.500Z'))
})

test('wakes sleepers in order, those too that fall asleep again on the way', async () => {
  const clock = testClock()
  const start = clock.now().getTime()
  const woken: [string, number][] = []
  const note = (who: string) => woken.push([who, clock.now().getTime() - start])
  const loop = async () => {
    for (let round = 0; round < 3; round++) {
      await clock.sleep(100)
      note('loop')
    }
  }
  const both = Promise.all([loop(), clock.sleep(250).then(() => note('once'))])
  await clock.untilSleeping(2)
  await clock.advance(300)
  await both
  expect(woken).toEqual([
    ['loop', 100],
    ['loop', 200],
    ['once', 250],
    ['loop', 300],
  ])
})

test('an aborted sleeper leaves with the reason', async () => {
  const clock = testClock()
  const controller = new AbortController()
  const sleep = clock.sleep(1_000, controller.signal)
  await clock.untilSleeping()
  controller.abort(new Error('enough'))
  await expect(sleep).rejects.toThrow('enough')
  expect(clock.sleeping).toBe(0)
})
