import { HangarError } from '@hangar/core'
import { listUserCostDays, readFacts } from '@hangar/db'
import { z } from 'zod'
import { usd } from '../../../http/answer-fields.ts'
import { defineRoute } from '../../../http/route.ts'
import { userIdPath } from '../fields.ts'

const MOST_DAYS = 366

export const getUserCosts = defineRoute({
  method: 'get',
  path: '/v1/apps/:userId/costs',
  access: 'viewer',
  summary: "What the user's apps cost, day by day",
  reads: {
    path: userIdPath,
    query: z.strictObject({
      days: z.coerce
        .number<number>()
        .int()
        .min(1)
        .max(MOST_DAYS)
        .default(30)
        .describe('How far back, today included.'),
    }),
  },
  answers: {
    200: z
      .strictObject({
        days: z
          .array(z.strictObject({ day: z.string(), usd }))
          .describe('In UTC, oldest first, none left out; today until now.'),
      })
      .meta({ id: 'UserCostDays' }),
  },
  problems: ['unknown_user'],
  handle: async ({ path: { userId }, query }, { deps: { db } }) => {
    if (!(await readFacts(db, userId)).known) throw new HangarError('unknown_user')
    return { status: 200, body: { days: await listUserCostDays(db, userId, query.days) } }
  },
})
