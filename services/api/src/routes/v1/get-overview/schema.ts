import { BRAKE_NAMES } from '@hangar/core'
import { z } from 'zod'
import { count, time, usd } from '../../../http/answer-fields.ts'

const counts = z.record(z.string(), count)
const ms = z.number().min(0)

export const overviewAnswer = z
  .strictObject({
    generated_at: time,
    apps: z
      .strictObject({ live: count, by_status: counts, by_health: counts, by_tier: counts })
      .describe('What is there.'),
    desired: z
      .strictObject({
        entitled: count,
        not_entitled: count,
        unknown: count.describe('Paused by an operator, or nobody can say: nothing is done for them.'),
      })
      .describe('What should be, of all users whom Hangar looks after.'),
    differences: z.strictObject({
      missing: count.describe('Entitled, and there is no app.'),
      surplus: count.describe('Not entitled, and there is one.'),
      pending: count.describe('Users for whom more is wanted than is done.'),
      parked: count.describe('Of those, the ones whom nobody looks at for a while unless somebody acts.'),
    }),
    stuck: count.describe('Users with an open alert `stuck`.'),
    orphans: z.strictObject({ count, monthly_cost_usd: usd }),
    sweeps: z.array(
      z.strictObject({ name: z.string(), every_ms: ms, completed_at: time.nullable(), late: z.boolean() }),
    ),
    queues: z
      .array(
        z.strictObject({
          name: z.string(),
          waiting: count,
          active: count,
          delayed: count,
          failed: count,
          paused: z.boolean(),
          oldest_waiting_ms: ms.nullable().describe('Of the two lanes, what Postgres says of who is due.'),
        }),
      )
      .nullable()
      .describe('Null while Redis cannot be asked.'),
    outbox: z
      .strictObject({ pending: count, oldest_ms: ms })
      .describe('Users who are due and whom no worker holds.'),
    cost: z.strictObject({
      today_usd: usd,
      month_usd: usd,
      forecast_usd: usd,
      budget_usd: usd.nullable().describe('Null where none is set.'),
    }),
    brakes: z.array(
      z.strictObject({
        name: z.enum(BRAKE_NAMES),
        engaged: z.boolean(),
        reason: z.string().nullable(),
        since: time.nullable(),
      }),
    ),
    alerts: z
      .strictObject({ critical: count, warning: count, info: count, unacknowledged: count })
      .describe('Those that are open.'),
    fly: z
      .strictObject({ reachable: z.boolean(), since: time.nullable().describe('Since when it is not.') })
      .describe("Whether Fly's API answers, as the guards' sweep finds it."),
  })
  .meta({ id: 'Overview' })
