import { z } from 'zod'
import { countField } from '../fields.ts'

const MAX_USERS = 1000

export const releasedBody = z.object({
  released: z.array(z.object({ user_id: z.guid(), move: countField })).max(MAX_USERS),
})
