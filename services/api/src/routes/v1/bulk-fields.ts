/** What the endpoints about bulks read and show. */
import {
  BRAKE_NAMES,
  BULK_ACTIONS,
  BULK_ITEM_STATES,
  BULK_STATES,
  type BulkItemState,
  foreseeBulkSeconds,
  foreseeWavesSeconds,
} from '@hangar/core'
import type { BulkItemRow, BulkSummary } from '@hangar/db'
import { z } from 'zod'
import { count, time } from '../../http/answer-fields.ts'
import { idText } from './fields.ts'

export const bulkPath = z.object({ id: idText })
const bulkAction = z.enum(BULK_ACTIONS)
/** What has waves has endpoints of its own. */
export const askedBulkAction = bulkAction.exclude(['migrate'])
export const bulkItemState = z.enum(BULK_ITEM_STATES)
export const heldBy = z
  .enum(BRAKE_NAMES)
  .nullable()
  .describe('The brake because of which nobody is asked now; it goes on when that lets go.')
export const etaSeconds = count
  .nullable()
  .describe('Until the last has come to its end, at this pace. Null while nobody is asked.')

/** Exhaustive: a state that is missing does not compile. */
const COUNTS = { waiting: count, asked: count, done: count, failed: count, skipped: count } satisfies Record<
  BulkItemState,
  z.ZodType
>

export const bulkAnswer = z
  .strictObject({
    id: z.int(),
    action: bulkAction,
    force: z.boolean(),
    state: z
      .enum(BULK_STATES)
      .describe('A cancelled one goes on as long as `asked` is not 0: who was asked comes to an end.'),
    held_by: heldBy,
    counts: z
      .strictObject(COUNTS)
      .describe(
        '`waiting`: not asked yet. `asked`: a worker is to do it. `done`, `failed`: how that ended. `skipped`: not asked.',
      ),
    total: count,
    per_minute: count,
    eta_seconds: etaSeconds,
    reason: z.string(),
    created_by: z.string(),
    burst_approval_id: z.int().nullable(),
    created_at: time,
    updated_at: time,
    ended_at: time.nullable().describe('When the last of them had come to an end.'),
  })
  .meta({ id: 'Bulk', description: 'One act on many users, each with an end of its own.' })

export function viewBulk(bulk: BulkSummary): z.output<typeof bulkAnswer> {
  const { id, action, force, state, heldBy: brake, counts, perMinute } = bulk
  const { waiting } = counts
  const goesOn = bulk.endedAt === null && (waiting === 0 || (state === 'running' && brake === null))
  return {
    id,
    action,
    force,
    state,
    held_by: brake,
    counts,
    total: Object.values(counts).reduce((sum, one) => sum + one, 0),
    per_minute: perMinute,
    eta_seconds: goesOn ? foresee(bulk) : null,
    reason: bulk.reason,
    created_by: bulk.actor,
    burst_approval_id: bulk.burstApprovalId,
    created_at: bulk.createdAt,
    updated_at: bulk.updatedAt,
    ended_at: bulk.endedAt,
  }
}

function foresee({ action, counts, perMinute, itemSeconds, waveSize, wavePauseMs }: BulkSummary): number {
  const { waiting, asked } = counts
  const ahead = { waiting, asked, perMinute, itemSeconds }
  return waveSize === null
    ? foreseeBulkSeconds({ action, ...ahead })
    : foreseeWavesSeconds({ waveSize, wavePauseMs, ...ahead })
}

export const bulkItemAnswer = z
  .strictObject({
    user_id: z.guid(),
    email: z.string().nullable(),
    state: bulkItemState,
    code: z.string().nullable().describe('How it ended, or why the user was left out.'),
    text: z.string().nullable().describe('The same for people; of one that was asked, what it waits for.'),
    asked_at: time.nullable(),
    at: time.nullable().describe('When it came to its state; null while it waits.'),
  })
  .meta({ id: 'BulkItem' })

export function viewBulkItem(item: BulkItemRow): z.output<typeof bulkItemAnswer> {
  const { userId, email, state, code, detail, waitsFor, askedAt, endedAt } = item
  return {
    user_id: userId,
    email,
    state,
    code,
    text: detail ?? waitsFor,
    asked_at: askedAt,
    at: endedAt ?? askedAt,
  }
}
