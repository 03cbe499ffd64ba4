/** An operator's word about a user, as every answer shows it. */
import type { OverrideRow } from '@hangar/db'
import { z } from 'zod'
import { time } from '../../http/answer-fields.ts'
import { guest } from './fields.ts'

export const DESIRED = ['on', 'off', 'paused'] as const

export const overrideAnswer = z
  .strictObject({
    id: z.int().describe('Another one with each change: what `expected_override_id` is held against.'),
    desired: z.enum(DESIRED),
    guest: guest.nullable(),
    region: z.string().nullable(),
    reason: z.string(),
    actor: z.string(),
    created_at: time,
    expires_at: time.nullable(),
  })
  .meta({ id: 'UserOverride' })

export function viewOverride(override: OverrideRow): z.output<typeof overrideAnswer> {
  const { id, desired, guest: size, region, reason, actor, createdAt, expiresAt } = override
  return { id, desired, guest: size, region, reason, actor, created_at: createdAt, expires_at: expiresAt }
}
