import { expect, test } from '@jest/globals'
import { fuzz } from './testing/fuzz-run.ts'
import { useApi } from './testing/harness.ts'

const api = useApi()

test('a hundred requests of every kind: no failure of ours, and what is refused changes nothing', async () => {
  const answered = await fuzz(api, { numRuns: 100, seed: 20_260_301 })
  // It is of no use where nothing gets through.
  expect([...answered.keys()]).toEqual(expect.arrayContaining([200, 202, 401, 403, 404, 422]))
})
