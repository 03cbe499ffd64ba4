import { expect, test } from '@jest/globals'

import { runChaos } from './testing/chaos-runs.ts'
import { CHAOS_KINDS } from './testing/chaos.ts'

test('each kind of fault, once and again: no orphan, no twin, no false "gone", no unhandled rejection', async () => {
  const { lives, unhandled } = await runChaos(CHAOS_KINDS.length * 2, 1)
  expect(unhandled).toEqual([])
  expect(lives).toHaveLength(CHAOS_KINDS.length * 2)
  // Most faults are survived: the app comes up in spite of them.
  expect(lives.filter(({ up }) => up === 'up').length).toBeGreaterThan(lives.length / 2)
})
