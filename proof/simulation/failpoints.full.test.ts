import { describe, expect, test } from '@jest/globals'
import { hit, recordPoints, SCENARIOS } from './failpoints.ts'
import { useStore } from './testing.ts'

/** Fewer turns than this in a scenario, and something is no longer counted. */
const LEAST_TURNS: Record<string, number> = { provision: 30, deprovision: 60, resize: 45, flip: 100 }

const store = useStore()

describe('every failpoint: before and after each statement and each call, with error, delay and exit', () => {
  test.each(SCENARIOS)(
    '$name',
    async (scenario) => {
      const points = await recordPoints(scenario, store.current)
      const turns = new Set(points.map((point) => point.turn)).size
      expect(points).toHaveLength(turns * 6)
      expect(turns).toBeGreaterThanOrEqual(LEAST_TURNS[scenario.name]!)
      const failures: unknown[] = []
      let reached = 0
      for (const point of points) {
        const violations = await hit(scenario, point, store.current)
        if (violations !== null) reached++
        if (violations?.length !== 0) failures.push({ ...point, violations })
      }
      expect(failures).toEqual([])
      expect(reached).toBe(points.length)
      process.stdout.write(`failpoints: ${scenario.name}, ${points.length} reached\n`)
    },
    600_000,
  )
})
