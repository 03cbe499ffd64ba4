import { listOrphans, readSettings, sumOrphans } from '@hangar/db'
import { page } from '../../../http/cursor.ts'
import { defineRoute } from '../../../http/route.ts'
import { listOrphansQuery, orphansAnswer } from './schema.ts'
import { viewOrphan } from './view.ts'

export const listOrphansRoute = defineRoute({
  method: 'get',
  path: '/v1/orphans',
  access: 'viewer',
  summary: 'Apps on Fly that no live row explains',
  description:
    'The total counts those that are there now, on whatever page they are; the money is an estimate.',
  reads: { query: listOrphansQuery },
  answers: { 200: orphansAnswer },
  handle: async ({ query: { limit, cursor, state } }, { deps }) => {
    const { orphans: settings } = await readSettings(deps.db)
    const rows = await listOrphans(deps.db, {
      limit: limit + 1,
      state: state === 'all' ? undefined : state,
      afterName: cursor,
    })
    const { found, monthlyCostUsd } = await sumOrphans(deps.db)
    const view = (orphan: (typeof rows)[number]) => viewOrphan(orphan, settings)
    return {
      status: 200,
      body: {
        ...page(rows, limit, { key: (orphan) => orphan.appName, view }),
        total: { found, monthly_cost_usd: monthlyCostUsd },
      },
    }
  },
})
