import { listAlerts } from '@hangar/db'
import { page, pageOf } from '../../../http/cursor.ts'
import { defineRoute } from '../../../http/route.ts'
import { listAlertsQuery } from './schema.ts'
import { alertAnswer, viewAlert } from './view.ts'

export const listAlertsRoute = defineRoute({
  method: 'get',
  path: '/v1/alerts',
  access: 'viewer',
  summary: 'What somebody should look at, newest first',
  reads: { query: listAlertsQuery },
  answers: { 200: pageOf(alertAnswer) },
  handle: async ({ query: { state, ...query } }, { deps }) => {
    const { severity, kind, subject, acknowledged } = query
    const rows = await listAlerts(deps.db, {
      limit: query.limit + 1,
      openOnly: state === 'open',
      ...{ severity, kind, subject, acknowledged },
      ...(query.cursor === undefined ? {} : { beforeId: query.cursor }),
    })
    return { status: 200, body: page(rows, query.limit, { key: (alert) => alert.id, view: viewAlert }) }
  },
})
