import { z } from 'zod'
import { count, usd } from '../../../http/answer-fields.ts'
import { pageOf, pageQuery } from '../../../http/cursor.ts'
import { appNameText } from '../fields.ts'
import { orphanAnswer } from './view.ts'

export const listOrphansQuery = z.strictObject({
  ...pageQuery(appNameText),
  /** `found`: those that are there now. */
  state: z.enum(['found', 'deleted', 'adopted', 'gone', 'all']).default('found'),
})

export const orphansAnswer = pageOf(orphanAnswer).extend({
  total: z.strictObject({ found: count, monthly_cost_usd: usd }),
})
