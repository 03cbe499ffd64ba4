import { z } from 'zod'
import { pageLimit } from '../../../http/cursor.ts'
import { sortedAppsFields } from '../app-filters.ts'

export const listAppsQuery = z.strictObject({
  ...sortedAppsFields,
  limit: pageLimit,
  cursor: z
    .string()
    .max(1_000)
    .describe('`next_cursor` of the page before: good for the same filters and order only.')
    .optional(),
})
