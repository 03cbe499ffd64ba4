import { z } from 'zod'
import { countField, instanceField } from '../fields.ts'

const MAX_USERS = 1000

export const releasedBody = z.object({
  released: z.array(z.object({ user_id: z.guid(), move: countField })).max(MAX_USERS),
  instance: instanceField
    .optional()
    .describe('Who has stopped them, as in `GET`. Without it: all shared backends there are have.'),
  leaving: z.boolean().optional().describe('This instance has stopped all it ran, and asks no more.'),
})
