import { countListedApps } from '@hangar/db'
import { z } from 'zod'
import { count } from '../../../http/answer-fields.ts'
import { defineRoute } from '../../../http/route.ts'
import { appFilterFields } from '../app-filters.ts'

const counts = z.record(z.string(), count)

export const countAppsRoute = defineRoute({
  method: 'get',
  path: '/v1/apps/counts',
  access: 'viewer',
  summary: 'How many apps there are of each kind',
  description:
    'With the filters of the list. Each breakdown passes over the filter on itself, so it says how many there would be if that were chosen. What there is none of is left out.',
  reads: { query: z.strictObject(appFilterFields) },
  answers: {
    200: z
      .strictObject({
        total: count.describe('Those that all filters let pass.'),
        by_status: counts,
        by_health: counts,
        by_tier: counts,
        by_region: counts,
        by_attention: counts.describe('An app may be in several, or in none.'),
      })
      .meta({ id: 'AppCounts' }),
  },
  handle: async ({ query }, { deps }) => {
    const { total, byStatus, byHealth, byTier, byRegion, byAttention } = await countListedApps(deps.db, query)
    const body = {
      total,
      by_status: byStatus,
      by_health: byHealth,
      by_tier: byTier,
      by_region: byRegion,
      by_attention: byAttention,
    }
    return { status: 200, body }
  },
})
