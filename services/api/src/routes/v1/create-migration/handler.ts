import { defineRoute } from '../../../http/route.ts'
import { requestMigration } from '../../../work/request-migration.ts'
import { dryRunQuery } from '../fields.ts'
import { viewMigration } from '../migration-fields.ts'
import { createdMigrationAnswer, createMigrationBody, migrationPreviewAnswer } from './schema.ts'

export const createMigrationRoute = defineRoute({
  method: 'post',
  path: '/v1/migrations',
  access: 'operator',
  summary: 'Gives users who pay and have no app of their own one, in waves',
  description:
    'Some users, a tier, or all. The next wave begins when all of the one before have come to an end; where too many fail it stops itself. Brakes hold it. Nobody is in two at once. With `dryRun`: the preview, by name.',
  bodyLimit: 'list',
  reads: { query: dryRunQuery, body: createMigrationBody },
  answers: {
    200: { description: 'A dry run: what would be done.', body: migrationPreviewAnswer },
    202: { description: 'It is written down, and will be carried out.', body: createdMigrationAnswer },
  },
  problems: ['bulk_changed', 'bulk_pointless'],
  handle: async ({ query, body }, context) => {
    const dryRun = query.dryRun || body.dryRun
    const { preview, bulk } = await requestMigration({ ...body, dryRun }, context)
    return bulk === null
      ? { status: 200, body: preview }
      : { status: 202, body: { migration_id: bulk.id, migration: viewMigration(bulk) } }
  },
})
