import { z } from 'zod'
import { pageQuery } from '../../../http/cursor.ts'
import { idText } from '../fields.ts'

export const listAlertsQuery = z.strictObject({
  ...pageQuery(idText),
  /** `open`: those that are not over, acknowledged or not. */
  state: z.enum(['open', 'all']).default('open'),
})
