/**
 * Keeps the cost ledger whole: a running app has one open interval at today's price, an ended one has none. The
 * engine opens and closes intervals as it goes; this mends what a crash or a change of the price model left behind.
 */
import { costPerSecondUsd, monthlyCostUsd, priceModelLabel } from '@hangar/core'
import { type CostSubject, listCostSubjects, mendCostInterval } from '@hangar/db'
import { guestOf } from '../reconcile/observe.ts'
import type { ReconcileDeps } from '../reconcile/deps.ts'

const PAGE = 500

export async function sweepCost(
  deps: ReconcileDeps,
  signal: AbortSignal,
): Promise<{ seen: number; mended: number }> {
  const summary = { seen: 0, mended: 0 }
  let afterId: string | undefined
  for (;;) {
    signal.throwIfAborted()
    const page = await listCostSubjects(deps.db, {
      limit: PAGE,
      ...(afterId === undefined ? {} : { afterId }),
    })
    for (const subject of page) if (await mend(deps, subject)) summary.mended++
    summary.seen += page.length
    afterId = page.at(-1)?.id
    if (page.length < PAGE) break
  }
  deps.logger.info(summary, 'cost sweep')
  return summary
}

async function mend(deps: ReconcileDeps, subject: CostSubject): Promise<boolean> {
  const { priceModel } = deps.settings
  const guest = guestOf(subject)
  return mendCostInterval(deps.db, subject, {
    priceModel: priceModelLabel(priceModel),
    usdPerSecond: costPerSecondUsd(priceModel, guest, subject.region).toFixed(12),
    monthlyCostEstimateUsd: monthlyCostUsd(priceModel, guest, subject.region).toFixed(2),
  })
}
