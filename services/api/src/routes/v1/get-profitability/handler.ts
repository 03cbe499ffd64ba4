import { sumMargins, type TierMargin } from '@hangar/db'
import { defineRoute } from '../../../http/route.ts'
import { readMoment, viewPriceModel } from '../cost-fields.ts'
import { profitabilityAnswer } from './schema.ts'

export const getProfitability = defineRoute({
  method: 'get',
  path: '/v1/profitability',
  access: 'viewer',
  summary: 'What users of each tier bring in this month, cost, and leave',
  description: 'By user: `GET /v1/costs/users?sort=margin`.',
  answers: { 200: profitabilityAnswer },
  handle: async (_input, { deps }) => {
    const { revenue } = deps.costs
    const { month, at } = await readMoment(deps, undefined)
    const { total, tiers } = await sumMargins(deps.db, { month, at, revenue: revenue ?? undefined })
    return {
      status: 200,
      body: {
        as_of: at,
        month,
        price_model: viewPriceModel(deps),
        revenue_configured: revenue !== null,
        tier_revenue_usd: { ...revenue },
        total: view(total),
        tiers: tiers.map((tier) => ({ tier: tier.tier, ...view(tier) })),
      },
    }
  },
})

function view({ users, revenueUsd, costUsd, marginUsd }: Omit<TierMargin, 'tier'>) {
  return { users, revenue_usd: revenueUsd, cost_usd: costUsd, margin_usd: marginUsd }
}
