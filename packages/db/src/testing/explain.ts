/** For tests: how PostgreSQL answers what a function asks. */
import pg from 'pg'
import { type Database, databaseOver } from '../database.ts'
import { PLANNED_ANEW } from '../prepared.ts'

type PlanNode = {
  'Node Type': string
  'Relation Name'?: string
  'Actual Rows'?: number
  'Actual Loops'?: number
  'Rows Removed by Filter'?: number
  Plans?: PlanNode[]
}
type Explained = { 'QUERY PLAN': [{ Plan: PlanNode; 'Execution Time'?: number }] }

export type AskedPlan = {
  text: string
  /** As it is prepared for any values; false: for those that it was asked with. */
  generic: boolean
  /** Tables of which it reads every row. */
  readsWhole: string[]
  /** Rows that were taken from tables and indexes, kept or not; 0 where it was not carried out. */
  rowsRead: number
  /** 0 where it was not carried out. */
  tookMs: number
}

/**
 * Runs `ask`, and explains each of its statements in every way in which it may be planned. `small`: of so few rows that
 * reading all of them would be right, an index is used where there is one.
 */
export async function explain(
  url: string,
  ask: (db: Database) => Promise<unknown>,
  { small = false } = {},
): Promise<AskedPlan[]> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  if (small) await client.query('set enable_seqscan = off')
  const asked: { text: string; values: unknown[] }[] = []
  const connection = {
    query: ((text: string, values: readonly unknown[] = []) => {
      if (!/^(begin|commit|rollback|set )/i.test(text)) asked.push({ text, values: [...values] })
      return client.query(text, [...values])
    }) as never,
    release: () => undefined,
  }
  const pool = { connect: () => Promise.resolve(connection), end: () => Promise.resolve(), options: {} }
  const db = databaseOver(pool)
  try {
    await ask(db)
    const plans: AskedPlan[] = []
    for (const { text, values } of asked) {
      const own = await client.query<Explained>(`explain (analyze, timing off, format json) ${text}`, values)
      plans.push(planOf(text, own, false))
      if (text.startsWith(PLANNED_ANEW)) continue
      // Without values, which only the simple protocol allows.
      const any = await client.query<Explained>(`explain (generic_plan, format json) ${text}`)
      plans.push(planOf(text, any, true))
    }
    return plans
  } finally {
    await db.destroy()
    await client.end()
  }
}

function planOf(text: string, { rows }: pg.QueryResult<Explained>, generic: boolean): AskedPlan {
  const plan = rows[0]?.['QUERY PLAN'][0]
  if (!plan) throw new Error('there is no plan')
  const readsWhole = nodesOf(plan.Plan)
    .filter((node) => node['Node Type'] === 'Seq Scan')
    .map((node) => node['Relation Name'] ?? '')
  const rowsRead = nodesOf(plan.Plan)
    .filter((node) => node['Relation Name'] !== undefined)
    .reduce((sum, node) => sum + readBy(node), 0)
  return { text, generic, readsWhole, rowsRead, tookMs: plan['Execution Time'] ?? 0 }
}

/** PostgreSQL counts both for one loop. */
function readBy(node: PlanNode): number {
  return ((node['Actual Rows'] ?? 0) + (node['Rows Removed by Filter'] ?? 0)) * (node['Actual Loops'] ?? 0)
}

function nodesOf(node: PlanNode): PlanNode[] {
  return [node, ...(node.Plans ?? []).flatMap(nodesOf)]
}
