import { type BulkVerb } from '@hangar/db'
import { z } from 'zod'
import { defineRoute } from '../../../http/route.ts'
import { changeBulkState } from '../../../work/change-bulk.ts'
import { bulkPath } from '../bulk-fields.ts'
import { actionBody, dryRunQuery } from '../fields.ts'
import { findMigration, migrationAnswer, viewMigration } from '../migration-fields.ts'

const SUMMARY: Record<BulkVerb, string> = {
  pause: 'Asks nobody more until it is resumed; who was asked comes to an end',
  resume: 'Goes on where it was paused, or where it has stopped itself: what failed until now counts no more',
  cancel: 'Asks nobody more; who was asked comes to an end, and the others stay as they are',
}

const defineVerb = (verb: BulkVerb) =>
  defineRoute({
    method: 'post',
    path: `/v1/migrations/:id/${verb}`,
    access: 'operator',
    summary: SUMMARY[verb],
    reads: { path: bulkPath, query: dryRunQuery, body: actionBody },
    answers: {
      200: z
        .strictObject({ changed: z.boolean(), dry_run: z.boolean(), migration: migrationAnswer })
        .describe('`changed` is false where it was so already.'),
    },
    problems: ['not_found', 'bulk_over'],
    handle: async ({ path: { id }, query, body }, context) => {
      await findMigration(context.deps.db, id)
      const dryRun = query.dryRun || body.dryRun
      const { changed, bulk } = await changeBulkState({ id, verb, reason: body.reason, dryRun }, context)
      return { status: 200, body: { changed, dry_run: dryRun, migration: viewMigration(bulk) } }
    },
  })

export const pauseMigrationRoute = defineVerb('pause')
export const resumeMigrationRoute = defineVerb('resume')
export const cancelMigrationRoute = defineVerb('cancel')
