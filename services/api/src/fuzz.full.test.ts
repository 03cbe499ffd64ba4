import { expect, test } from '@jest/globals'
import { fuzz } from './testing/fuzz-run.ts'
import { useApi } from './testing/harness.ts'

const api = useApi()

test('5,000 requests of every kind: no failure of ours, and what is refused changes nothing', async () => {
  const answered = await fuzz(api, { numRuns: 5_000, seed: 20_260_301 })
  expect([...answered.keys()]).toEqual(expect.arrayContaining([200, 202, 204, 400, 401, 403, 404, 409, 422]))
}, 600_000)
