import { describe, expect, test } from '@jest/globals'
import { hit, recordPoints, SCENARIOS } from './failpoints.ts'
import { useStore } from './testing.ts'

/** One point in so many; failpoints.full.test.ts has them all. */
const ONE_IN = 40

const store = useStore()

describe('failpoints, a sample of them', () => {
  test.each(SCENARIOS)('$name', async (scenario) => {
    const points = await recordPoints(scenario, store.current)
    for (let index = 0; index < points.length; index += ONE_IN + 1) {
      const point = points[index]!
      expect([point, await hit(scenario, point, store.current)]).toEqual([point, []])
    }
  })
})
