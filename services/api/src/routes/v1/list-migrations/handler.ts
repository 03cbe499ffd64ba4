import { listBulks } from '@hangar/db'
import { z } from 'zod'
import { page, pageOf, pageQuery } from '../../../http/cursor.ts'
import { defineRoute } from '../../../http/route.ts'
import { idText } from '../fields.ts'
import { migrationAnswer, viewMigration } from '../migration-fields.ts'

export const listMigrationsRoute = defineRoute({
  method: 'get',
  path: '/v1/migrations',
  access: 'viewer',
  summary: 'Migrations of existing users, newest first',
  reads: { query: z.strictObject(pageQuery(idText)) },
  answers: { 200: pageOf(migrationAnswer) },
  handle: async ({ query: { limit, cursor } }, { deps }) => {
    const rows = await listBulks(deps.db, { limit: limit + 1, beforeId: cursor, action: 'migrate' })
    return { status: 200, body: page(rows, limit, { key: (bulk) => bulk.id, view: viewMigration }) }
  },
})
