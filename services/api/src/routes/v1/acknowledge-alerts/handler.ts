import { transact } from '@hangar/db'
import { z } from 'zod'
import { defineRoute } from '../../../http/route.ts'
import { acknowledge } from '../../../work/acknowledge.ts'
import { dryRunQuery } from '../fields.ts'
import { alertAnswer, viewAlert } from '../list-alerts/view.ts'

/** As many as a page has. */
const MOST = 200

export const acknowledgeAlertsRoute = defineRoute({
  method: 'post',
  path: '/v1/alerts/acknowledge',
  access: 'operator',
  summary: 'Somebody has seen all of these',
  description: 'Those that are not there any more are told of; the others are acknowledged all the same.',
  reads: {
    query: dryRunQuery,
    body: z.strictObject({
      ids: z.array(z.int().min(1)).min(1).max(MOST),
      dryRun: z.boolean().default(false),
    }),
  },
  answers: {
    200: z.strictObject({ items: z.array(alertAnswer), unknown_ids: z.array(z.int()) }),
  },
  handle: async ({ query, body }, context) => {
    const dryRun = query.dryRun || body.dryRun
    // In one order for all, so that two at once do not wait for each other.
    const ids = [...new Set(body.ids)].sort((a, b) => a - b)
    const found = await transact(context.deps.db, { dryRun }, async (tx) => {
      const alerts = []
      for (const id of ids) alerts.push(await acknowledge(tx, id, context))
      return alerts
    })
    return {
      status: 200,
      body: {
        items: found.filter((alert) => alert !== null).map(viewAlert),
        unknown_ids: ids.filter((_, at) => found[at] === null),
      },
    }
  },
})
