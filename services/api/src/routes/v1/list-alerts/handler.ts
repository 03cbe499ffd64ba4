import { listAlerts } from '@hangar/db'
import { page } from '../../../http/cursor.ts'
import { defineRoute } from '../../../http/route.ts'
import { listAlertsQuery } from './schema.ts'
import { viewAlert } from './view.ts'

/** `GET /v1/alerts?state=open|all&limit=&cursor=`: what somebody should look at, newest first. */
export const listAlertsRoute = defineRoute({
  method: 'get',
  path: '/v1/alerts',
  access: 'viewer',
  reads: { query: listAlertsQuery },
  handle: async ({ query }, { deps }) => {
    const rows = await listAlerts(deps.db, {
      limit: query.limit + 1,
      openOnly: query.state === 'open',
      ...(query.cursor === undefined ? {} : { beforeId: query.cursor }),
    })
    return { status: 200, body: page(rows, query.limit, { key: (alert) => alert.id, view: viewAlert }) }
  },
})
