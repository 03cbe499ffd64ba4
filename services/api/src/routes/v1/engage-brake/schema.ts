import { z } from 'zod'
import { reason } from '../fields.ts'

export const engageBrakeBody = z.strictObject({ reason })
