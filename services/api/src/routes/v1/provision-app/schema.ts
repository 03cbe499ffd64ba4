import { z } from 'zod'
import { forcibleBody } from '../fields.ts'

/** `tier` is what the caller believes; with `force` it is also the size that the override gives. */
export const provisionBody = forcibleBody.safeExtend({
  tier: z.string().min(1).max(64).toLowerCase().optional(),
})
