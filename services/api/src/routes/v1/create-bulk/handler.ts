import { defineRoute } from '../../../http/route.ts'
import { requestBulk } from '../../../work/request-bulk.ts'
import { viewBulk } from '../bulk-fields.ts'
import { dryRunQuery } from '../fields.ts'
import { createBulkBody, createdBulkAnswer, previewAnswer } from './schema.ts'

export const createBulkRoute = defineRoute({
  method: 'post',
  path: '/v1/bulk',
  access: 'operator',
  summary: 'Does one thing to many users, one after another, each with a result of its own',
  description:
    'Whom it cannot be done to is left out, and told of. A worker asks for them at `per_minute`; brakes hold it. `deprovision` and `force` take an admin. With `dryRun`: the preview.',
  bodyLimit: 'list',
  reads: { query: dryRunQuery, body: createBulkBody },
  answers: {
    200: { description: 'A dry run: what would be done.', body: previewAnswer },
    202: { description: 'It is written down, and will be carried out.', body: createdBulkAnswer },
  },
  problems: ['bulk_changed', 'bulk_pointless'],
  handle: async ({ query, body }, context) => {
    const dryRun = query.dryRun || body.dryRun
    const { preview, bulk } = await requestBulk({ ...body, dryRun }, context)
    return bulk === null
      ? { status: 200, body: preview }
      : { status: 202, body: { bulk_id: bulk.id, bulk: viewBulk(bulk) } }
  },
})
