import { listApps } from '@hangar/db'
import { pageOf } from '../../../http/cursor.ts'
import { defineRoute } from '../../../http/route.ts'
import { cursorAfter, readCursor } from '../app-filters.ts'
import { listedApp, viewListedApp } from '../listed-app.ts'
import { listAppsQuery } from './schema.ts'

export const listAppsRoute = defineRoute({
  method: 'get',
  path: '/v1/apps',
  access: 'viewer',
  summary: 'Apps, filtered and sorted',
  description:
    'Without filters and without an order: every live app, in the order of their ids. A page stays right while apps come and go; one whose place in the order changes meanwhile may be on two pages, or on none.',
  reads: { query: listAppsQuery },
  answers: { 200: pageOf(listedApp) },
  handle: async ({ query: { limit, cursor, ...list } }, { deps }) => {
    const { sort, ...filter } = list
    const after = readCursor(list, cursor)
    const rows = await listApps(deps.db, { ...filter, ...sort, limit: limit + 1, after })
    const shown = rows.slice(0, limit)
    const last = rows.length > limit ? shown.at(-1) : undefined
    return {
      status: 200,
      body: { items: shown.map(viewListedApp), next_cursor: last ? cursorAfter(list, last) : null },
    }
  },
})
