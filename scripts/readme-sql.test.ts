// The SQL of the README and of docs/operate is what an operator will paste. It runs here as it stands, on a database with
// the product's tables, apart from the values that only the operator can know.
import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from '@jest/globals'
import { useTestDatabase } from '@hangar/testkit'
import { runSql } from '@hangar/testkit/local'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const pages = [
  'README.md',
  ...readdirSync(join(root, 'docs/operate')).map((name) => join('docs/operate', name)),
]
const fenced = (page: string) =>
  readFileSync(join(root, page), 'utf8').matchAll(/^ *```sql\n([\s\S]*?)^ *```$/gm)
const blocks = pages
  .flatMap((page) => [...fenced(page)])
  .map(([, text = '']) =>
    text
      .replaceAll("'whsec_…'", "'whsec_bG9jYWwtb25seS1ub3QtYS1zZWNyZXQ='")
      .replaceAll("'…'", "'00000000-0000-4000-8000-000000000000'"),
  )

const database = useTestDatabase()

test('there is SQL on these pages', () => {
  expect(blocks.length).toBeGreaterThan(4)
})

test.each(blocks)('runs: %s', async (text) => {
  await expect(runSql(database.url, text)).resolves.toBeUndefined()
})
