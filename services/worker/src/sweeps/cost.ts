/**
 * Keeps the cost ledger whole, writes the days that are over, and looks at the budget. The engine opens and closes
 * intervals as it goes; this mends what a crash, a change of tier or of the price model left behind.
 */
import { closeCostDays, type CostSubject, listCostSubjects, mendCostInterval, type Prices } from '@hangar/db'
import type { ReconcileDeps } from '../reconcile/deps.ts'
import { pricesOf } from '../reconcile/prices.ts'
import { judgeBudget } from './budget.ts'

const PAGE = 500

export async function sweepCost(
  deps: ReconcileDeps,
  signal: AbortSignal,
): Promise<{ seen: number; mended: number; closedDays: number }> {
  const summary = { seen: 0, mended: 0, closedDays: 0 }
  let afterId: string | undefined
  for (;;) {
    signal.throwIfAborted()
    const page = await listCostSubjects(deps.db, { limit: PAGE, afterId })
    for (const subject of page) if (await mend(deps, subject)) summary.mended++
    summary.seen += page.length
    afterId = page.at(-1)?.id
    if (page.length < PAGE) break
  }
  summary.closedDays = await closeDays(deps, signal)
  await judgeBudget(deps)
  deps.logger.info(summary, 'cost sweep')
  return summary
}

async function mend(deps: ReconcileDeps, subject: CostSubject): Promise<boolean> {
  const prices = pricesOf(deps.settings, subject)
  return isRight(subject, prices) ? false : mendCostInterval(deps.db, subject.id, prices)
}

function isRight(subject: CostSubject, prices: Prices): boolean {
  const { state, isOfRow, priceModel, usdPerSecond, monthlyCostEstimateUsd } = subject
  return (
    state !== null &&
    isOfRow === true &&
    priceModel === prices.priceModel &&
    usdPerSecond === prices.usdPerSecond[state] &&
    monthlyCostEstimateUsd === prices.monthlyCostEstimateUsd
  )
}

/** A month at a time, so that no statement takes long, however long nobody closed any. */
async function closeDays({ db }: ReconcileDeps, signal: AbortSignal): Promise<number> {
  let closed = 0
  for (;;) {
    signal.throwIfAborted()
    const days = await closeCostDays(db)
    if (days === 0) return closed
    closed += days
  }
}
