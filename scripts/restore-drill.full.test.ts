/** The restore drill, as `npm run restore-drill` runs it. */
import { expect, test } from '@jest/globals'
import { failuresOf } from './restore/judge.ts'
import { drillOnce } from './restore/setting.ts'

test('PostgreSQL goes back by an hour: who pays keeps their app, no name comes twice, and deletions wait to be agreed to', async () => {
  const told: string[] = []
  const result = await drillOnce({ say: (line) => told.push(line) })
  expect(failuresOf(result)).toEqual([])
  // Without these the drill would have shown nothing.
  expect(result.noticed).toMatch(/its last event is \d+, and event \d+ was seen before/)
  expect(Object.entries(result.before).map(([name, app]) => [name, app !== null])).toEqual([
    ['ada', true],
    ['bob', true],
    ['cyd', true],
    ['dan', false],
    ['eve', false],
  ])
  expect(told.join('\n')).toMatch(/cyd has \S+, generation 2\./)
}, 400_000)
