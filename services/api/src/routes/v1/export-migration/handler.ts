import { type BulkSummary, eachBulkItem, type Database } from '@hangar/db'
import { z } from 'zod'
import { shownAs, textInPieces } from '../../../http/answer-fields.ts'
import { type Cell, csvLine } from '../../../http/csv.ts'
import { defineRoute } from '../../../http/route.ts'
import { bulkPath } from '../bulk-fields.ts'
import {
  findMigration,
  migrationAnswer,
  migrationItemAnswer,
  viewMigration,
  viewMigrationItem,
} from '../migration-fields.ts'

type Item = z.output<typeof migrationItemAnswer>

const DISPOSITION = { 'Content-Disposition': 'A name for the file.' }
const named = (id: number, ending: string) => ({
  'Content-Disposition': `attachment; filename="hangar-migration-${id}.${ending}"`,
})

export const exportMigrationCsv = defineRoute({
  method: 'get',
  path: '/v1/migrations/:id/report.csv',
  access: 'viewer',
  summary: 'What became of each user, as a file for a spreadsheet',
  description:
    'All of them, however many, as they are now. CSV (RFC 4180, UTF-8) with a line of names. Text that a spreadsheet would run as a formula has an apostrophe before it. A file that breaks off in the middle ends the connection.',
  reads: { path: bulkPath },
  answers: { 200: { body: textInPieces, type: 'text/csv', headers: DISPOSITION } },
  problems: ['not_found'],
  handle: async ({ path: { id } }, { deps: { db } }) => {
    const migration = await findMigration(db, id)
    return { status: 200, headers: named(id, 'csv'), body: lines(eachItem(db, migration)) }
  },
})

const report = z.strictObject({ migration: migrationAnswer, items: z.array(migrationItemAnswer) })

export const exportMigrationJson = defineRoute({
  method: 'get',
  path: '/v1/migrations/:id/report.json',
  access: 'viewer',
  summary: 'The migration and what became of each user, in one document',
  description:
    'All of them, however many, as they are now. A document that breaks off in the middle ends the connection.',
  reads: { path: bulkPath },
  answers: {
    200: {
      body: shownAs(z.custom<AsyncIterable<string>>(), report),
      type: 'application/json',
      headers: DISPOSITION,
    },
  },
  problems: ['not_found'],
  handle: async ({ path: { id } }, { deps: { db } }) => {
    const migration = await findMigration(db, id)
    return { status: 200, headers: named(id, 'json'), body: document(migration, eachItem(db, migration)) }
  },
})

async function* eachItem(db: Database, migration: BulkSummary): AsyncGenerator<Item[]> {
  const view = viewMigrationItem(migration)
  for await (const items of eachBulkItem(db, migration.id)) yield items.map(view)
}

const COLUMNS: Readonly<Record<string, (item: Item) => Cell>> = {
  user_id: (item) => item.user_id,
  email: (item) => item.email,
  tier: (item) => item.tier,
  wave: (item) => item.wave,
  state: (item) => item.state,
  code: (item) => item.code,
  text: (item) => item.text,
  app_name: (item) => item.app_name,
  app_status: (item) => item.app_status,
  monthly_cost_usd: (item) => item.monthly_cost_usd,
  asked_at: (item) => item.asked_at,
  at: (item) => item.at,
}

async function* lines(pages: AsyncIterable<Item[]>): AsyncGenerator<string> {
  const columns = Object.values(COLUMNS)
  yield csvLine(Object.keys(COLUMNS))
  for await (const items of pages)
    yield items.map((item) => csvLine(columns.map((column) => column(item)))).join('')
}

async function* document(migration: BulkSummary, pages: AsyncIterable<Item[]>): AsyncGenerator<string> {
  yield `{"migration":${JSON.stringify(viewMigration(migration))},"items":[`
  let between = ''
  for await (const items of pages) {
    yield between + items.map((item) => JSON.stringify(item)).join(',')
    between = ','
  }
  yield ']}\n'
}
