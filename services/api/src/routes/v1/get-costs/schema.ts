import { z } from 'zod'
import { count, time, usd } from '../../../http/answer-fields.ts'
import { cpuKind } from '../fields.ts'
import { monthText, priceModelAnswer } from '../cost-fields.ts'

export const getCostsQuery = z.strictObject({ month: monthText.optional() })

export const costsAnswer = z
  .strictObject({
    as_of: time,
    month: z.string(),
    price_model: priceModelAnswer.describe('What is priced now.'),
    priced_with: z
      .array(z.strictObject({ price_model: z.string(), usd }))
      .describe("What the month's figures were priced with, each for its part."),
    month_usd: usd.describe('US dollars; the month until now, or all of it.'),
    today_usd: usd,
    forecast_usd: usd.describe(
      'US dollars; the month so far, and what exists now at its price until it ends. Of a month that is over: what it cost.',
    ),
    monthly_rate_usd: usd.describe('US dollars; what exists now, for a month of 30 days.'),
    running: count.describe('Apps whose machine is started now.'),
    stored: count.describe('Apps whose machine is there and not started.'),
    budget: z
      .strictObject({ monthly_usd: usd, used_pct: z.string(), forecast_pct: z.string() })
      .nullable()
      .describe('Of this calendar month; null where no budget is set (`budget` in the settings).'),
    days: z
      .array(z.strictObject({ day: z.string(), usd }))
      .describe('In UTC; days without cost are left out.'),
    tiers: z.array(z.strictObject({ tier: z.string(), usd })),
    machines: z.array(
      z.strictObject({
        region: z.string(),
        cpu_kind: cpuKind,
        cpus: count,
        memory_mb: count,
        state: z.enum(['running', 'stored']),
        hours: z.string(),
        usd,
      }),
    ),
    savings: z.strictObject({ month_usd: usd, total_usd: usd, apps: count, rule: z.string() }),
  })
  .meta({ id: 'Costs' })
