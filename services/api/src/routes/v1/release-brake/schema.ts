import { z } from 'zod'
import { reasonedBody } from '../fields.ts'

/** Nobody judges further ahead than a day. */
const MOST_MINUTES = 24 * 60

export const releaseBrakeBody = reasonedBody.extend({
  ignore_for_minutes: z.number().int().min(0).max(MOST_MINUTES).default(0),
})
