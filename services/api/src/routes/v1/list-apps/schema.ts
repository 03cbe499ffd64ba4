import { APP_STATUSES } from '@hangar/core'
import { z } from 'zod'
import { pageQuery } from '../../../http/cursor.ts'

export const listAppsQuery = z.strictObject({
  ...pageQuery(z.guid()),
  /** Live apps only: a deleted one is found through its user. */
  status: z.enum(APP_STATUSES).exclude(['deleted']).optional(),
})
