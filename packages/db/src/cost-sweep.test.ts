import { makeBigFleet } from '@hangar/testkit/local'
import { useTestDatabase } from '@hangar/testkit'
import { beforeAll, expect, test } from '@jest/globals'
import { listCostSubjects } from './cost-sweep.ts'
import { explain } from './testing/explain.ts'

const database = useTestDatabase()
const APPS = 600
const PAGE = 50

beforeAll(() => makeBigFleet(database.url, { apps: APPS, former: 0, free: 0, events: 0 }))

test('a page of the cost sweep reads no intervals of the pages before it', async () => {
  const subjects = await listCostSubjects(database.db, { limit: APPS })
  expect(subjects.length).toBeGreaterThan(APPS / 2)
  const afterId = subjects.at(-PAGE - 1)!.id
  const plans = await explain(database.url, (db) => listCostSubjects(db, { limit: PAGE, afterId }), {
    small: true,
  })
  expect(plans[0]?.rowsRead).toBeGreaterThanOrEqual(PAGE)
  // Apps and their intervals, and apps that are not at rest between them.
  for (const { rowsRead } of plans) expect(rowsRead).toBeLessThan(4 * PAGE)
})
