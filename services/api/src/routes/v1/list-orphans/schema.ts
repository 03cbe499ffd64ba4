import { z } from 'zod'
import { pageQuery } from '../../../http/cursor.ts'
import { appNameText } from '../fields.ts'

export const listOrphansQuery = z.strictObject({
  ...pageQuery(appNameText),
  /** `found`: those that are there now. */
  state: z.enum(['found', 'deleted', 'adopted', 'gone', 'all']).default('found'),
})
