import { listLiveApps } from '@hangar/db'
import { page, pageOf } from '../../../http/cursor.ts'
import { defineRoute } from '../../../http/route.ts'
import { appAnswer, viewApp } from '../fields.ts'
import { listAppsQuery } from './schema.ts'

export const listApps = defineRoute({
  method: 'get',
  path: '/v1/apps',
  access: 'viewer',
  summary: 'Every live app, in the order of their ids',
  reads: { query: listAppsQuery },
  answers: { 200: pageOf(appAnswer) },
  handle: async ({ query }, { deps }) => {
    const rows = await listLiveApps(deps.db, {
      limit: query.limit + 1,
      ...(query.cursor === undefined ? {} : { afterId: query.cursor }),
      ...(query.status === undefined ? {} : { status: query.status }),
    })
    return { status: 200, body: page(rows, query.limit, { key: (app) => app.id, view: viewApp }) }
  },
})
