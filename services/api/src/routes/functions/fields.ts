/**
 * The product's existing calls: the same addresses, bodies and answers as before Hangar. Unknown fields pass, as
 * they always did; what is read is checked.
 */
import { APP_STATUSES } from '@hangar/core'
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

export const functionAnswer = z.strictObject({
  success: z.literal(true),
  user_id: z.guid().nullable(),
  status: z
    .enum([...APP_STATUSES, 'queued'])
    .describe("The app's, as recorded now; work that was just asked for shows in it a moment later."),
  fly_app_name: z.string().nullable(),
  job_id: z.string().nullable(),
})

export type FunctionAnswer = z.output<typeof functionAnswer>
