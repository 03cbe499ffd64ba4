/** As in admin-plans.full.test.ts, of a small fleet: for every question there is an index. */
import { makeBigFleet } from '@hangar/testkit/local'
import { useTestDatabase } from '@hangar/testkit'
import { beforeAll, expect, test } from '@jest/globals'
import { closeCostDays } from './index.ts'
import { explain } from './testing/explain.ts'
import { QUESTIONS } from './testing/questions.ts'

const database = useTestDatabase()

beforeAll(async () => {
  await makeBigFleet(database.url, { apps: 100, former: 200, free: 100, events: 2_000 })
  while ((await closeCostDays(database.db)) > 0);
})

test('every question of the admin’s page is answered from indexes', async () => {
  const wrong: string[] = []
  for (const [name, { ask, reads }] of Object.entries(QUESTIONS))
    for (const { generic, readsWhole } of await explain(database.url, ask, { small: true }))
      for (const table of readsWhole)
        if (!reads.includes(table)) wrong.push(`${name} reads all of ${table}${generic ? ', prepared' : ''}`)
  expect(wrong).toEqual([])
})
