import { listBulkItems } from '@hangar/db'
import { z } from 'zod'
import { page, pageOf, pageQuery } from '../../../http/cursor.ts'
import { defineRoute } from '../../../http/route.ts'
import { bulkItemState, bulkPath } from '../bulk-fields.ts'
import { idText } from '../fields.ts'
import { findMigration, migrationItemAnswer, viewMigrationItem } from '../migration-fields.ts'

export const listMigrationItemsRoute = defineRoute({
  method: 'get',
  path: '/v1/migrations/:id/items',
  access: 'viewer',
  summary: 'What became of each user, in the order in which they are asked',
  reads: {
    path: bulkPath,
    query: z.strictObject({ ...pageQuery(idText), state: bulkItemState.optional() }),
  },
  answers: { 200: pageOf(migrationItemAnswer) },
  problems: ['not_found'],
  handle: async ({ path: { id }, query: { limit, cursor, state } }, { deps }) => {
    const migration = await findMigration(deps.db, id)
    const rows = await listBulkItems(deps.db, id, { limit: limit + 1, state, afterPlace: cursor })
    const view = viewMigrationItem(migration)
    return { status: 200, body: page(rows, limit, { key: (item) => item.place, view }) }
  },
})
