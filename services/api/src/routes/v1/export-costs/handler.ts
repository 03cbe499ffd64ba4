import { type AppCost, eachAppCost } from '@hangar/db'
import { textInPieces } from '../../../http/answer-fields.ts'
import { type Cell, csvLine } from '../../../http/csv.ts'
import { defineRoute } from '../../../http/route.ts'
import { readMoment } from '../cost-fields.ts'
import { getCostsQuery } from '../get-costs/schema.ts'

export const exportCosts = defineRoute({
  method: 'get',
  path: '/v1/costs.csv',
  access: 'viewer',
  summary: 'What each app costs in a month, as a file for a spreadsheet',
  description:
    'CSV (RFC 4180, UTF-8) with a line of names. Text that a spreadsheet would run as a formula has an apostrophe before it. A file that breaks off in the middle ends the connection.',
  reads: { query: getCostsQuery },
  answers: {
    200: {
      body: textInPieces,
      type: 'text/csv',
      headers: { 'Content-Disposition': 'A name for the file.' },
    },
  },
  handle: async ({ query }, { deps }) => {
    const { month, at } = await readMoment(deps, query.month)
    return {
      status: 200,
      headers: { 'Content-Disposition': `attachment; filename="hangar-costs-${month}.csv"` },
      body: lines(eachAppCost(deps.db, { month, at }), { month, at }),
    }
  },
})

type Column = (app: AppCost, file: { month: string; at: Date }) => Cell

const COLUMNS: Readonly<Record<string, Column>> = {
  month: (_app, { month }) => month,
  as_of: (_app, { at }) => at,
  user_id: ({ userId }) => userId,
  email: ({ email }) => email,
  fly_app_name: ({ flyAppName }) => flyAppName,
  generation: ({ generation }) => generation,
  status: ({ status }) => status,
  tier: ({ tier }) => tier,
  region: ({ region }) => region,
  cpu_kind: ({ cpuKind }) => cpuKind,
  cpus: ({ cpus }) => cpus,
  memory_mb: ({ memoryMb }) => memoryMb,
  price_models: ({ priceModels }) => priceModels,
  month_usd: ({ monthUsd }) => monthUsd,
  total_usd: ({ totalUsd }) => totalUsd,
  monthly_cost_estimate_usd: ({ monthlyCostEstimateUsd }) => monthlyCostEstimateUsd,
  created_at: ({ createdAt }) => createdAt,
  deleted_at: ({ deletedAt }) => deletedAt,
}

async function* lines(pages: AsyncIterable<AppCost[]>, file: { month: string; at: Date }) {
  const columns = Object.values(COLUMNS)
  let head = csvLine(Object.keys(COLUMNS))
  for await (const apps of pages) {
    yield head + apps.map((app) => csvLine(columns.map((column) => column(app, file)))).join('')
    head = ''
  }
  if (head !== '') yield head
}
