import { defineRoute } from '../../../http/route.ts'
import { bulkPath } from '../bulk-fields.ts'
import { findMigration, migrationAnswer, viewMigration } from '../migration-fields.ts'

export const getMigrationRoute = defineRoute({
  method: 'get',
  path: '/v1/migrations/:id',
  access: 'viewer',
  summary: 'How far a migration has come',
  reads: { path: bulkPath },
  answers: { 200: migrationAnswer },
  problems: ['not_found'],
  handle: async ({ path: { id } }, { deps }) => ({
    status: 200,
    body: viewMigration(await findMigration(deps.db, id)),
  }),
})
