import type { BurstApproval } from '@hangar/db'

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
