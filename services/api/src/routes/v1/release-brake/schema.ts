import { z } from 'zod'
import { reason } from '../fields.ts'

/** Nobody judges further ahead than a day. */
const MOST_MINUTES = 24 * 60

export const releaseBrakeBody = z.strictObject({
  reason,
  ignore_for_minutes: z.number().int().min(0).max(MOST_MINUTES).default(0),
})
