/**
 * Alerts when the month's apps have cost half, three quarters and all of the budget, and when they are foreseen to cost
 * more than all of it. Each resolves by itself: in a new month, or when the budget is raised or taken away.
 */
import type { AlertSeverity } from '@hangar/core'
import { type BudgetUse, type CostTotals, raiseAlert, readBudget, resolveAlert } from '@hangar/db'
import type { ReconcileDeps } from '../reconcile/deps.ts'

/** By the alert's subject. */
const STEPS = [
  { subject: '50', severity: 'warning', reached: ({ usedPct }) => Number(usedPct) >= 50, says: usedMessage },
  { subject: '75', severity: 'warning', reached: ({ usedPct }) => Number(usedPct) >= 75, says: usedMessage },
  {
    subject: '100',
    severity: 'critical',
    reached: ({ usedPct }) => Number(usedPct) >= 100,
    says: usedMessage,
  },
  {
    subject: 'forecast',
    severity: 'warning',
    reached: ({ forecastPct }) => Number(forecastPct) > 100,
    says: (totals, { monthlyUsd }) =>
      `the apps of ${totals.month} are foreseen to cost ${cents(totals.forecastUsd)} USD, more than the budget of ${monthlyUsd} USD`,
  },
] as const satisfies {
  subject: string
  severity: AlertSeverity
  reached: (budget: BudgetUse) => boolean
  says: (totals: CostTotals, budget: BudgetUse) => string
}[]

export async function judgeBudget({ db }: Pick<ReconcileDeps, 'db'>): Promise<void> {
  const { totals, budget } = await readBudget(db)
  for (const { subject, severity, reached, says } of STEPS) {
    if (budget === null || !reached(budget)) {
      await resolveAlert(db, 'budget', subject)
      continue
    }
    const { month, monthUsd, forecastUsd } = totals
    const details = { month, monthUsd, forecastUsd, ...budget }
    await raiseAlert(db, { kind: 'budget', subject, severity, message: says(totals, budget), details })
  }
}

function usedMessage({ month, monthUsd }: CostTotals, { usedPct, monthlyUsd }: BudgetUse): string {
  return `the apps of ${month} have cost ${cents(monthUsd)} USD, ${usedPct} % of the budget of ${monthlyUsd} USD`
}

/** Cut off: a message never says more than was spent. */
function cents(usd: string): string {
  return usd.replace(/(\.\d\d)\d*$/, '$1')
}
