/** How much of the month's budget is used, and will be. */
import { sql } from 'kysely'
import { type CostTotals, readCostTotals } from './cost-reports.ts'
import type { Database, Tx } from './database.ts'
import { onlyRow } from './rows.ts'
import { readSettings } from './settings.ts'

export type BudgetUse = {
  monthlyUsd: string
  /** In percent with two places, cut off and not rounded: 100.00 is reached and not nearly reached. */
  usedPct: string
  forecastPct: string
}

/** Null where no budget is set. */
export async function readBudgetUse(
  db: Database | Tx,
  totals: Pick<CostTotals, 'monthUsd' | 'forecastUsd'>,
): Promise<BudgetUse | null> {
  const { monthlyUsd } = (await readSettings(db)).budget
  if (monthlyUsd === null) return null
  const { rows } = await sql<Omit<BudgetUse, 'monthlyUsd'>>`
    select trunc(${totals.monthUsd}::numeric * 100 / ${monthlyUsd}::numeric, 2) as used_pct,
      trunc(${totals.forecastUsd}::numeric * 100 / ${monthlyUsd}::numeric, 2) as forecast_pct`.execute(db)
  return { monthlyUsd, ...onlyRow(rows) }
}

/** The totals of now, and what they are of the budget. */
export async function readBudget(
  db: Database | Tx,
): Promise<{ totals: CostTotals; budget: BudgetUse | null }> {
  const totals = await readCostTotals(db)
  return { totals, budget: await readBudgetUse(db, totals) }
}
