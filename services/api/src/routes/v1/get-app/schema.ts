import { z } from 'zod'
import { count, time } from '../../../http/answer-fields.ts'
import { appAnswer, guest } from '../fields.ts'

export const userAnswer = z.strictObject({
  user_id: z.guid(),
  subscription: z
    .strictObject({ tier: z.string().nullable(), status: z.string().nullable() })
    .nullable()
    .describe("The product's row, as it is now."),
  entitlement: z.strictObject({
    kind: z.enum(['entitled', 'not_entitled', 'unknown']),
    reason: z.string().describe('Which fact decided.'),
  }),
  override: z
    .strictObject({
      desired: z.enum(['on', 'off', 'paused']),
      guest: guest.nullable(),
      region: z.string().nullable(),
      reason: z.string(),
      actor: z.string(),
      created_at: time,
      expires_at: time.nullable(),
    })
    .nullable()
    .describe("An operator's word, which outranks the tier while it lasts."),
  wanted_version: count,
  app: appAnswer.nullable(),
  previous: z.array(appAnswer).describe('Earlier generations.'),
})
