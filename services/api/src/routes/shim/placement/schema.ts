import { z } from 'zod'
import { count } from '../../../http/answer-fields.ts'

export const placementQuery = z.object({
  after: z
    .string()
    .regex(/^\d{1,18}$/, 'not one of our cursors')
    .optional()
    .describe('The `cursor` of an earlier answer; without it, everybody who is not `shared`.'),
})

export const placementAnswer = z
  .strictObject({
    cursor: z.string().describe('Opaque.'),
    complete: z.boolean().describe('This names everybody who is not `shared`: forget what was known before.'),
    users: z.array(
      z.strictObject({ user_id: z.guid(), runs_on: z.enum(['shared', 'moving', 'dedicated']), move: count }),
    ),
  })
  .meta({ id: 'Placement' })
