import { z } from 'zod'
import { count } from '../../../http/answer-fields.ts'
import { instanceField } from '../fields.ts'

export const placementQuery = z.object({
  after: z
    .string()
    .regex(/^([0-9a-f]{12}\.)?\d{1,18}$/, 'not one of our cursors')
    .optional()
    .describe('The `cursor` of an earlier answer; without it, everybody who is not `shared`.'),
  instance: instanceField
    .optional()
    .describe('Who asks: a name that each process makes up at its start. A move waits for each that asked.'),
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
