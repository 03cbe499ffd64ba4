import { estimateSavings, monthSpan, readBudgetUse, readCostTotals, SAVINGS_RULE, sumCosts } from '@hangar/db'
import { defineRoute } from '../../../http/route.ts'
import { readMoment, viewPriceModel } from '../cost-fields.ts'
import { costsAnswer, getCostsQuery } from './schema.ts'

export const getCosts = defineRoute({
  method: 'get',
  path: '/v1/costs',
  access: 'viewer',
  summary: 'What all apps cost in a month, in every way it is looked at, and what they will',
  reads: { query: getCostsQuery },
  answers: { 200: costsAnswer },
  handle: async ({ query }, { deps }) => {
    const { month, at, isNow } = await readMoment(deps, query.month)
    const span = monthSpan(month)
    const totals = await readCostTotals(deps.db, at)
    const sums = await sumCosts(deps.db, span, at)
    const savings = await estimateSavings(deps.db, span, at)
    const budget = await readBudgetUse(deps.db, totals)
    return {
      status: 200,
      body: {
        as_of: at,
        month,
        price_model: viewPriceModel(deps),
        priced_with: sums.priceModels.map(({ priceModel, usd }) => ({ price_model: priceModel, usd })),
        month_usd: sums.usd,
        today_usd: totals.todayUsd,
        forecast_usd: isNow ? totals.forecastUsd : sums.usd,
        monthly_rate_usd: totals.monthlyRateUsd,
        running: totals.running,
        stored: totals.stored,
        budget: budget && {
          monthly_usd: budget.monthlyUsd,
          used_pct: budget.usedPct,
          forecast_pct: budget.forecastPct,
        },
        days: sums.days,
        tiers: sums.tiers,
        machines: sums.machines.map(({ cpuKind, memoryMb, ...machine }) => ({
          ...machine,
          cpu_kind: cpuKind,
          memory_mb: memoryMb,
        })),
        savings: {
          month_usd: savings.monthUsd,
          total_usd: savings.totalUsd,
          apps: savings.apps,
          rule: SAVINGS_RULE,
        },
      },
    }
  },
})
