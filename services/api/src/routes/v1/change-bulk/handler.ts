import { type BulkVerb } from '@hangar/db'
import { z } from 'zod'
import { defineRoute } from '../../../http/route.ts'
import { changeBulkState } from '../../../work/change-bulk.ts'
import { bulkAnswer, bulkPath, viewBulk } from '../bulk-fields.ts'
import { actionBody, dryRunQuery } from '../fields.ts'

const SUMMARY: Record<BulkVerb, string> = {
  pause: 'Asks nobody more until it is resumed; who was asked comes to an end',
  resume: 'Goes on where it was paused',
  cancel: 'Asks nobody more; who was asked comes to an end',
}

const defineVerb = (verb: BulkVerb) =>
  defineRoute({
    method: 'post',
    path: `/v1/bulk/:id/${verb}`,
    access: 'operator',
    summary: SUMMARY[verb],
    ...(verb === 'resume' ? { description: 'Whatever took an admin to begin takes one here too.' } : {}),
    reads: { path: bulkPath, query: dryRunQuery, body: actionBody },
    answers: {
      200: z
        .strictObject({ changed: z.boolean(), dry_run: z.boolean(), bulk: bulkAnswer })
        .describe('`changed` is false where it was so already.'),
    },
    problems: ['not_found', 'bulk_over'],
    handle: async ({ path: { id }, query, body }, context) => {
      const dryRun = query.dryRun || body.dryRun
      const { changed, bulk } = await changeBulkState({ id, verb, reason: body.reason, dryRun }, context)
      return { status: 200, body: { changed, dry_run: dryRun, bulk: viewBulk(bulk) } }
    },
  })

export const pauseBulkRoute = defineVerb('pause')
export const resumeBulkRoute = defineVerb('resume')
export const cancelBulkRoute = defineVerb('cancel')
