import { HangarError, PROJECTED_USERS, projectCosts, type Projection } from '@hangar/core'
import { defineRoute } from '../../../http/route.ts'
import { viewPriceModel } from '../cost-fields.ts'
import { projectionsAnswer, projectionsQuery } from './schema.ts'

export const getProjections = defineRoute({
  method: 'get',
  path: '/v1/projections',
  access: 'viewer',
  summary: 'What so many users would cost, and bring in',
  description: 'From the price model and the machine of each tier; nothing that exists is looked at.',
  reads: { query: projectionsQuery },
  answers: { 200: projectionsAnswer },
  handle: ({ query }, { deps }) => {
    const { guests, paidTiers } = deps.policy
    const { priceModel: model, region: usual, revenue } = deps.costs
    const mix = query.mix ?? { [paidTiers[0] ?? 'pro']: 1 }
    refuseUnknownTiers(Object.keys(mix), Object.keys(guests))
    const region = query.region ?? usual
    const users = query.users ?? PROJECTED_USERS
    const projections = projectCosts({ model, region, guests, mix, revenue, users })
    return Promise.resolve({
      status: 200,
      body: {
        price_model: viewPriceModel(deps),
        region,
        mix,
        revenue_configured: revenue !== null,
        items: projections.map(viewProjection),
      },
    })
  },
})

function refuseUnknownTiers(tiers: readonly string[], known: readonly string[]): void {
  const unknown = tiers.filter((tier) => !known.includes(tier))
  if (unknown.length === 0) return
  const message = `no machine size for ${unknown.join(', ')}; known: ${known.join(', ')}`
  throw new HangarError('validation_failed', { details: { errors: [{ field: 'query.mix', message }] } })
}

function viewProjection({ users, tiers, costUsd, revenueUsd, marginUsd }: Projection) {
  return {
    users,
    cost_usd: costUsd,
    revenue_usd: revenueUsd,
    margin_usd: marginUsd,
    tiers: tiers.map(({ guest, ...tier }) => ({
      tier: tier.tier,
      users: tier.users,
      cpu_kind: guest.cpuKind,
      cpus: guest.cpus,
      memory_mb: guest.memoryMb,
      user_usd: tier.userUsd,
      cost_usd: tier.costUsd,
    })),
  }
}
