import { z } from 'zod'
import { count, time, usd } from '../../../http/answer-fields.ts'
import { priceModelAnswer } from '../cost-fields.ts'

const margins = {
  users: count.describe('With an app now.'),
  revenue_usd: usd.nullable(),
  cost_usd: usd.describe(
    'US dollars; of the whole month as it is foreseen, with those who had an app and have none now.',
  ),
  margin_usd: usd.nullable(),
}

export const profitabilityAnswer = z
  .strictObject({
    as_of: time,
    month: z.string(),
    price_model: priceModelAnswer,
    revenue_configured: z
      .boolean()
      .describe(
        'Without `TIER_REVENUE_MONTHLY_USD` nobody knows what users pay: there is no revenue and no margin.',
      ),
    tier_revenue_usd: z.record(z.string(), usd).describe('US dollars a month that a user of the tier pays.'),
    total: z.strictObject(margins),
    tiers: z.array(z.strictObject({ tier: z.string(), ...margins })),
  })
  .meta({ id: 'Profitability' })
