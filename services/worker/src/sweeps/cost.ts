/**
 * Keeps the cost ledger whole: a running app has one open interval at today's price, an ended one has none. The
 * engine opens and closes intervals as it goes; this mends what a crash or a change of the price model left behind.
 */
import { listCostSubjects, mendCostInterval } from '@hangar/db'
import type { ReconcileDeps } from '../reconcile/deps.ts'
import { pricesOf } from '../reconcile/prices.ts'

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
    for (const subject of page)
      if (await mendCostInterval(deps.db, subject.id, pricesOf(deps.settings, subject))) summary.mended++
    summary.seen += page.length
    afterId = page.at(-1)?.id
    if (page.length < PAGE) break
  }
  deps.logger.info(summary, 'cost sweep')
  return summary
}
