import { eachListedApp, type ListedApp, readDatabaseTime } from '@hangar/db'
import { z } from 'zod'
import { textInPieces } from '../../../http/answer-fields.ts'
import { type Cell, csvLine } from '../../../http/csv.ts'
import { defineRoute } from '../../../http/route.ts'
import { sortedAppsFields } from '../app-filters.ts'

export const exportApps = defineRoute({
  method: 'get',
  path: '/v1/apps.csv',
  access: 'viewer',
  summary: 'Apps, filtered and sorted, as a file for a spreadsheet',
  description:
    'All that the filters let pass, however many. CSV (RFC 4180, UTF-8) with a line of names. Text that a spreadsheet would run as a formula has an apostrophe before it. A file that breaks off in the middle ends the connection.',
  reads: { query: z.strictObject(sortedAppsFields) },
  answers: {
    200: { body: textInPieces, type: 'text/csv', headers: { 'Content-Disposition': 'A name for the file.' } },
  },
  handle: async ({ query: { sort, ...filter } }, { deps: { db } }) => {
    const day = (await readDatabaseTime(db)).toISOString().slice(0, 10)
    return {
      status: 200,
      headers: { 'Content-Disposition': `attachment; filename="hangar-apps-${day}.csv"` },
      body: lines(eachListedApp(db, { ...filter, ...sort })),
    }
  },
})

const COLUMNS: Readonly<Record<string, (app: ListedApp) => Cell>> = {
  user_id: ({ userId }) => userId,
  email: ({ email }) => email,
  fly_app_name: ({ flyAppName }) => flyAppName,
  generation: ({ generation }) => generation,
  status: ({ status }) => status,
  health_status: ({ healthStatus }) => healthStatus,
  tier: ({ tier }) => tier,
  region: ({ region }) => region,
  cpu_kind: ({ cpuKind }) => cpuKind,
  cpus: ({ cpus }) => cpus,
  memory_mb: ({ memoryMb }) => memoryMb,
  monthly_cost_estimate_usd: ({ monthlyCostEstimateUsd }) => monthlyCostEstimateUsd,
  attention: ({ attention }) => attention.join(' '),
  override: ({ overrideDesired }) => overrideDesired,
  error_code: ({ errorCode }) => errorCode,
  error_message: ({ errorMessage }) => errorMessage,
  parked_reason: ({ parkedReason }) => parkedReason,
  next_attempt_at: ({ nextAttemptAt }) => nextAttemptAt,
  created_at: ({ createdAt }) => createdAt,
  deployed_at: ({ deployedAt }) => deployedAt,
  updated_at: ({ updatedAt }) => updatedAt,
  deleted_at: ({ deletedAt }) => deletedAt,
}

async function* lines(pages: AsyncIterable<ListedApp[]>) {
  const columns = Object.values(COLUMNS)
  let head = csvLine(Object.keys(COLUMNS))
  for await (const apps of pages) {
    yield head + apps.map((app) => csvLine(columns.map((column) => column(app)))).join('')
    head = ''
  }
  if (head !== '') yield head
}
