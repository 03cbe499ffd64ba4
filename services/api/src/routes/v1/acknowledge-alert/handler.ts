import { HangarError } from '@hangar/core'
import { transact } from '@hangar/db'
import { z } from 'zod'
import { defineRoute } from '../../../http/route.ts'
import { acknowledge } from '../../../work/acknowledge.ts'
import { dryRunQuery, idText } from '../fields.ts'
import { alertAnswer, viewAlert } from '../list-alerts/view.ts'

export const acknowledgeAlertRoute = defineRoute({
  method: 'post',
  path: '/v1/alerts/:id/acknowledge',
  access: 'operator',
  summary: 'Somebody has seen it. Who did so first stands',
  reads: { path: z.object({ id: idText }), query: dryRunQuery },
  answers: { 200: alertAnswer },
  problems: ['not_found'],
  handle: async ({ path: { id }, query }, context) => {
    const alert = await transact(context.deps.db, query, (tx) => acknowledge(tx, id, context))
    if (!alert) throw new HangarError('not_found', { operator: `there is no alert ${id}` })
    return { status: 200, body: viewAlert(alert) }
  },
})
