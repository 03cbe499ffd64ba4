import { z } from 'zod'
import { reason } from '../fields.ts'

const DAY_MINUTES = 24 * 60

export const approveBurstBody = z.strictObject({
  count: z.number().int().min(1).max(1_000_000),
  reason,
  expires_in_minutes: z
    .number()
    .int()
    .min(1)
    .max(7 * DAY_MINUTES)
    .default(DAY_MINUTES),
})
