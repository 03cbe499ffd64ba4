import { estimateSavings, monthSpan, type OperationStats, readLifecycleStats, SAVINGS_RULE } from '@hangar/db'
import { defineRoute } from '../../../http/route.ts'
import { readMoment } from '../cost-fields.ts'
import { lifecycleStatsAnswer, lifecycleStatsQuery } from './schema.ts'

export const getLifecycleStats = defineRoute({
  method: 'get',
  path: '/v1/stats/lifecycle',
  access: 'viewer',
  summary: 'How long it takes to give and to take away apps, how often it fails, and why',
  reads: { query: lifecycleStatsQuery },
  answers: { 200: lifecycleStatsAnswer },
  handle: async ({ query: { days } }, { deps }) => {
    const { month, at } = await readMoment(deps, undefined)
    const { provision, deprovision } = await readLifecycleStats(deps.db, { days })
    const { monthUsd, totalUsd, apps } = await estimateSavings(deps.db, monthSpan(month), at)
    return {
      status: 200,
      body: {
        as_of: at,
        days,
        provision: view(provision),
        deprovision: view(deprovision),
        savings: { month_usd: monthUsd, total_usd: totalUsd, apps, rule: SAVINGS_RULE },
      },
    }
  },
})

function view({ failedApps, successPct, averageMs, p95Ms, reasons, ...counts }: OperationStats) {
  return {
    ...counts,
    failed_apps: failedApps,
    success_pct: successPct,
    average_ms: averageMs,
    p95_ms: p95Ms,
    reasons: reasons.map(({ code, failures, lastAt, lastMessage }) => ({
      code,
      failures,
      last_at: lastAt,
      last_message: lastMessage,
    })),
  }
}
