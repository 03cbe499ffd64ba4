import { expect, test } from '@jest/globals'

import { runChaos } from './testing/chaos-runs.ts'

test('a thousand seeded lives under faults: no orphan, no twin, no false "gone", no unhandled rejection', async () => {
  const { lives, unhandled } = await runChaos(1000, 1000)
  expect(unhandled).toEqual([])
  expect(lives).toHaveLength(1000)
}, 300_000)
