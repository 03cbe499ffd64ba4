import { HangarError } from '@hangar/core'
import { acknowledgeAlert, insertAudit, transact } from '@hangar/db'
import { z } from 'zod'
import { defineRoute } from '../../../http/route.ts'
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
  handle: async ({ path: { id }, query }, { deps, caller, requestId }) => {
    const alert = await transact(deps.db, query, async (tx) => {
      const found = await acknowledgeAlert(tx, id, caller.actor)
      if (!found) throw new HangarError('not_found', { operator: `there is no alert ${id}` })
      if (found.isNew)
        await insertAudit(tx, {
          actor: caller.actor,
          action: 'alert.acknowledge',
          requestId,
          before: { id, acknowledged_by: null },
          after: { id, acknowledged_by: caller.actor },
        })
      return found.alert
    })
    return { status: 200, body: viewAlert(alert) }
  },
})
