/**
 * A worker that dies at any statement of a bulk, before or after the server has carried it out: the next one goes on
 * from there, and nobody is asked twice or forgotten.
 */
import { useTestDatabase } from '@hangar/testkit'
import { expect, test } from '@jest/globals'
import { dieAndGoOn, dieBetweenWaves } from './testing.ts'

const database = useTestDatabase()

test.each(['before', 'after'] as const)('%s the statement is done', async (when) => {
  let at = 1
  while (!(await dieAndGoOn(database, { at, when }))) at++
  // Two items of about ten statements, and the looks around them.
  expect(at).toBeGreaterThan(20)
})

test.each(['done', 'failed'] as const)('between two waves, the first of which has %s', async (first) => {
  for (const when of ['before', 'after'] as const) {
    let at = 1
    while (!(await dieBetweenWaves(database, first, { at, when }))) at++
    expect(at).toBeGreaterThan(8)
  }
})
