import { z } from 'zod'
import { count, time, usd } from '../../../http/answer-fields.ts'

export const lifecycleStatsQuery = z.strictObject({
  days: z.coerce
    .number<number>()
    .int()
    .min(1)
    .max(90)
    .default(30)
    .describe('How far back; 30 where it is left out.'),
})

const operation = z.strictObject({
  completed: count,
  failed: count.describe('Times that work was given up after its retries.'),
  failed_apps: count,
  success_pct: z
    .string()
    .nullable()
    .describe('completed / (completed + failed); null where there is neither.'),
  average_ms: count.nullable().describe('From the first step to the end, with the pauses after failures.'),
  p95_ms: count.nullable(),
  reasons: z.array(
    z.strictObject({
      code: z.string(),
      failures: count,
      last_at: time,
      last_message: z.string().nullable(),
    }),
  ),
})

export const lifecycleStatsAnswer = z
  .strictObject({
    as_of: time,
    days: count,
    provision: operation,
    deprovision: operation,
    savings: z.strictObject({ month_usd: usd, total_usd: usd, apps: count, rule: z.string() }),
  })
  .meta({ id: 'LifecycleStats' })
