import { listUserCosts, type UserCost } from '@hangar/db'
import { page } from '../../../http/cursor.ts'
import { defineRoute } from '../../../http/route.ts'
import { readMoment, viewPriceModel } from '../cost-fields.ts'
import { listUserCostsQuery, userCostsAnswer } from './schema.ts'

export const listUserCostsRoute = defineRoute({
  method: 'get',
  path: '/v1/costs/users',
  access: 'viewer',
  summary: 'What each user costs in a month, and what is left of what they pay',
  description: 'All pages of a list are about the moment of its first page.',
  reads: { query: listUserCostsQuery },
  answers: { 200: userCostsAnswer },
  handle: async ({ query: { limit, cursor, sort, order, ...query } }, { deps }) => {
    const { month, at } = cursor ?? (await readMoment(deps, query.month))
    const rows = await listUserCosts(deps.db, {
      ...{ month, at, sort, descending: order === 'desc', limit: limit + 1 },
      after: cursor,
      revenue: deps.costs.revenue ?? undefined,
    })
    const key = ({ sortValue, userId }: UserCost) =>
      [at.toISOString(), month, `${sort} ${order}`, sortValue, userId].join('|')
    return {
      status: 200,
      body: {
        ...page(rows, limit, { key, view: viewUserCost }),
        as_of: at,
        month,
        price_model: viewPriceModel(deps),
      },
    }
  },
})

function viewUserCost(cost: UserCost) {
  return {
    user_id: cost.userId,
    email: cost.email,
    tier: cost.tier,
    fly_app_name: cost.flyAppName,
    status: cost.status,
    apps: cost.apps,
    month_usd: cost.monthUsd,
    forecast_usd: cost.forecastUsd,
    total_usd: cost.totalUsd,
    revenue_usd: cost.revenueUsd,
    margin_usd: cost.marginUsd,
  }
}
