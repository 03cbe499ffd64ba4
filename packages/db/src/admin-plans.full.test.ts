/**
 * At 10,000 live apps, 20,000 closed rows and 1,000,000 events, every question of the admin's page is answered from
 * indexes: none reads the apps, the events, the audit log or the ledger from end to end, whatever values it is asked with.
 * Times are bounded generously: this machine may be busy, and a question that grows with history takes many times longer.
 */
import { makeBigFleet } from '@hangar/testkit/local'
import { useTestDatabase } from '@hangar/testkit'
import { beforeAll, expect, test } from '@jest/globals'
import { closeCostDays } from './index.ts'
import { explain } from './testing/explain.ts'
import { QUESTIONS } from './testing/questions.ts'

const MOST_MS = 1_000

const database = useTestDatabase()

beforeAll(async () => {
  await makeBigFleet(database.url, { apps: 10_000, former: 20_000, free: 10_000, events: 1_000_000 })
  while ((await closeCostDays(database.db)) > 0);
}, 600_000)

test.each(Object.entries(QUESTIONS))('%s', async (_name, { ask, reads }) => {
  const plans = await explain(database.url, ask)
  expect(plans.length).toBeGreaterThan(0)
  for (const { generic, readsWhole, tookMs } of plans) {
    expect({ generic, whole: readsWhole.filter((table) => !reads.includes(table)) }).toEqual({
      generic,
      whole: [],
    })
    expect(tookMs).toBeLessThan(MOST_MS)
  }
})
