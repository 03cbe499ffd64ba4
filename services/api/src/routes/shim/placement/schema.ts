import { z } from 'zod'

/** Opaque to the caller: a transaction's number. */
export const placementQuery = z.object({
  after: z
    .string()
    .regex(/^\d{1,18}$/, 'not one of our cursors')
    .optional(),
})
