import type { BurstApproval } from '@hangar/db'
import { z } from 'zod'
import { count, time } from '../../../http/answer-fields.ts'

export const approvalAnswer = z
  .strictObject({
    id: z.int(),
    approved: count,
    used: count,
    expired: z.boolean(),
    reason: z.string(),
    actor: z.string(),
    created_at: time,
    expires_at: time,
  })
  .meta({ id: 'BurstApproval' })

export function viewApproval({
  id,
  approved,
  used,
  reason,
  actor,
  createdAt,
  expiresAt,
  expired,
}: BurstApproval) {
  return { id, approved, used, expired, reason, actor, created_at: createdAt, expires_at: expiresAt }
}
