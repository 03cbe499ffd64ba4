import { z } from 'zod'
import { count } from '../../../http/answer-fields.ts'
import { reasonedBody } from '../fields.ts'
import { approvalAnswer } from './view.ts'

const DAY_MINUTES = 24 * 60

export const approveBurstBody = reasonedBody.extend({
  count: z.number().int().min(1).max(1_000_000),
  expires_in_minutes: z
    .number()
    .int()
    .min(1)
    .max(7 * DAY_MINUTES)
    .default(DAY_MINUTES),
})

export const approvedAnswer = approvalAnswer.extend({
  eta_minutes: count.describe('When the last of them is through, at the pace at which Fly deletes.'),
  waiting_users: count.describe('Whom the brake kept from beginning.'),
  brake_released: z.boolean(),
})
