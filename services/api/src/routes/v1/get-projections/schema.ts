import { PROJECTED_USERS } from '@hangar/core'
import { z } from 'zod'
import { count, shownAs, usd } from '../../../http/answer-fields.ts'
import { cpuKind } from '../fields.ts'
import { priceModelAnswer } from '../cost-fields.ts'

const MOST_SIZES = 12

const numbers = shownAs(
  z
    .string()
    .regex(/^[1-9]\d{0,6}(,[1-9]\d{0,6})*$/)
    .transform((text) => text.split(',').map(Number))
    .refine((list) => list.length <= MOST_SIZES, `${MOST_SIZES} at most`),
  z.string(),
)

const mix = shownAs(
  z
    .string()
    .regex(/^[a-z0-9_-]+:\d{1,6}(,[a-z0-9_-]+:\d{1,6})*$/)
    .transform((text) =>
      Object.fromEntries(
        text.split(',').map((part): [string, number] => {
          const [tier = '', weight] = part.split(':')
          return [tier, Number(weight)]
        }),
      ),
    )
    .refine((weights) => Object.values(weights).some((weight) => weight > 0), 'one is above zero'),
  z.string(),
)

export const projectionsQuery = z.strictObject({
  users: numbers
    .optional()
    .describe(
      `How many users, several with a comma between; ${PROJECTED_USERS.join(', ')} where it is left out.`,
    ),
  mix: mix
    .optional()
    .describe(
      'How they are spread over the tiers, as `pro:80,elite:20`; all on the first paid tier where it is left out.',
    ),
  region: z
    .string()
    .regex(/^[a-z]{3}$/)
    .optional(),
})

export const projectionsAnswer = z
  .strictObject({
    price_model: priceModelAnswer,
    region: z.string(),
    mix: z.record(z.string(), count),
    revenue_configured: z.boolean(),
    items: z.array(
      z.strictObject({
        users: count,
        cost_usd: usd.describe('US dollars a month of 30 days.'),
        revenue_usd: usd.nullable(),
        margin_usd: usd.nullable(),
        tiers: z.array(
          z.strictObject({
            tier: z.string(),
            users: count,
            cpu_kind: cpuKind,
            cpus: count,
            memory_mb: count,
            user_usd: usd,
            cost_usd: usd,
          }),
        ),
      }),
    ),
  })
  .meta({ id: 'Projections' })
