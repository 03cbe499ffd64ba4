/**
 * A worker that dies at a statement of a bulk, before or after the server has carried it out: the next one goes on
 * from there, and nobody is asked twice or forgotten.
 */
import { useTestDatabase } from '@hangar/testkit'
import { expect, test } from '@jest/globals'
import { dieAndGoOn, dieBetweenWaves } from './testing.ts'

const database = useTestDatabase()

/** Each of them is in dies.full.test.ts. These are in the middle of the first and the second item, and at their commits. */
test.each([4, 9, 12, 13, 14, 18])('the %ith', async (at) => {
  for (const when of ['before', 'after'] as const)
    expect(await dieAndGoOn(database, { at, when })).toBe(false)
})

test.each(['done', 'failed'] as const)(
  'the 7th, between two waves, the first of which has %s',
  async (first) => {
    for (const when of ['before', 'after'] as const)
      expect(await dieBetweenWaves(database, first, { at: 7, when })).toBe(false)
  },
)
