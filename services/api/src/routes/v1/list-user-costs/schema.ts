import { USER_COST_SORTS } from '@hangar/db'
import { z } from 'zod'
import { count, time, usd } from '../../../http/answer-fields.ts'
import { pageOf, pageQuery } from '../../../http/cursor.ts'
import { appStatus } from '../fields.ts'
import { monthText, priceModelAnswer } from '../cost-fields.ts'

/** All pages of a list are about the moment of the first, so it goes with the cursor, as does what it is sorted by. */
const cursorText = z
  .string()
  .regex(
    /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z\|20\d\d-(0[1-9]|1[0-2])\|[a-z]+ [a-z]+\|-?\d{1,20}(\.\d{1,40})?\|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/,
  )
  .refine((text) => !Number.isNaN(Date.parse(text.split('|')[0] ?? '')))
  .transform((text) => {
    const [at = '', month = '', sort = '', sortValue = '', userId = ''] = text.split('|')
    return { at: new Date(at), month, sort, sortValue, userId }
  })

export const listUserCostsQuery = z
  .strictObject({
    ...pageQuery(cursorText),
    month: monthText.optional(),
    sort: z.enum(USER_COST_SORTS).default('month'),
    order: z.enum(['asc', 'desc']).default('desc'),
  })
  .refine(({ cursor, month, sort, order }) => !cursor || isOfList(cursor, { month, sort, order }), {
    path: ['cursor'],
    message: 'belongs to a list of another month or order',
  })

type List = { month?: string | undefined; sort: string; order: string }

function isOfList(cursor: { month: string; sort: string }, { month, sort, order }: List): boolean {
  return cursor.sort === `${sort} ${order}` && (month ?? cursor.month) === cursor.month
}

const userCostAnswer = z
  .strictObject({
    user_id: z.guid(),
    email: z.string().nullable(),
    tier: z.string(),
    fly_app_name: z.string(),
    status: appStatus,
    apps: count.describe('That cost something in the month, one after the other.'),
    month_usd: usd,
    forecast_usd: usd,
    total_usd: usd.describe('US dollars; of all months.'),
    revenue_usd: usd
      .nullable()
      .describe('US dollars; of a user without an app 0, and null where none is configured.'),
    margin_usd: usd.nullable().describe('US dollars; revenue less forecast.'),
  })
  .meta({ id: 'UserCost' })

export const userCostsAnswer = pageOf(userCostAnswer).extend({
  as_of: time,
  month: z.string(),
  price_model: priceModelAnswer,
})
