/**
 * The product's existing calls: the same addresses, bodies and answers as before Hangar. Unknown fields pass, as
 * they always did; what is read is checked.
 */
import type { AppStatus } from '@hangar/core'
import { z } from 'zod'
import { textField } from '../../http/text-field.ts'

export const userBody = z.object({
  user_id: z.guid().toLowerCase(),
  tier: z.string().min(1).max(64).toLowerCase().nullish(),
})

/** Against the subscription only with `force`, and `force` only with a reason. */
export const forcibleUserBody = userBody
  .extend({
    force: z.boolean().default(false),
    reason: textField({ max: 500 }).optional(),
    dryRun: z.boolean().default(false),
  })
  .refine((body) => !body.force || body.reason !== undefined, {
    path: ['reason'],
    message: 'force needs a reason',
  })

export type FunctionAnswer = {
  success: true
  user_id: string | null
  /** The app's status as recorded now; work that was just asked for shows in it a moment later. */
  status: AppStatus | 'queued'
  fly_app_name: string | null
  job_id: string | null
}
