import { z } from 'zod'
import { count, usd } from '../../../http/answer-fields.ts'
import { appFilterFields } from '../app-filters.ts'
import { askedBulkAction, bulkAnswer, etaSeconds, heldBy } from '../bulk-fields.ts'
import { reason } from '../fields.ts'

/** In one bulk. */
export const MOST_USERS = 10_000

export const createBulkBody = z
  .strictObject({
    action: askedBulkAction,
    user_ids: z.array(z.guid().toLowerCase()).min(1).max(MOST_USERS).optional(),
    filter: z
      .strictObject(appFilterFields)
      .optional()
      .describe('The same as of `GET /v1/apps`: every app that it shows now, on whatever page.'),
    reason,
    per_minute: z
      .int()
      .min(1)
      .max(6_000)
      .optional()
      .describe('How many users are asked in a minute. Default: what suits the action.'),
    force: z
      .boolean()
      .default(false)
      .describe('Of `provision` and `deprovision`: against the subscription, by an override for each.'),
    approve_burst: z
      .boolean()
      .default(false)
      .describe('Of `deprovision`: the teardowns are counted, meant, and do not count as a burst.'),
    expected_eligible: count
      .optional()
      .describe('What the preview said: refused where it would be done to another number by now.'),
    dryRun: z.boolean().default(false),
  })
  .refine(({ user_ids: ids, filter }) => (ids === undefined) !== (filter === undefined), {
    path: ['user_ids'],
    message: 'either user_ids or filter',
  })
  .refine(({ action, force }) => !force || action === 'provision' || action === 'deprovision', {
    path: ['force'],
    message: 'only provision and deprovision can be forced',
  })
  .refine(({ action, approve_burst: approve }) => !approve || action === 'deprovision', {
    path: ['approve_burst'],
    message: 'only teardowns are a burst',
  })

const ineligibleAnswer = z.strictObject({ user_id: z.guid(), code: z.string(), text: z.string() })

export const previewAnswer = z
  .strictObject({
    action: askedBulkAction,
    total: count,
    eligible: count,
    eligible_users: z
      .array(z.strictObject({ user_id: z.guid(), email: z.string().nullable() }))
      .describe('The first hundred of those it would be done to, in the order in which they would be asked.'),
    ineligible: z.array(ineligibleAnswer).describe('The first hundred of those who would be left out.'),
    ineligible_by_code: z.record(z.string(), count),
    per_minute: count,
    eta_seconds: etaSeconds,
    monthly_cost_change_usd: usd.describe('US dollars a month; an estimate.'),
    held_by: heldBy,
    burst: z
      .strictObject({
        usual: count.describe('How many teardowns may begin now without a brake, approved ones included.'),
        needs_approval: z.boolean(),
      })
      .nullable()
      .describe('Of `deprovision`; null for others.'),
  })
  .meta({ id: 'BulkPreview' })

export const createdBulkAnswer = z.strictObject({ bulk_id: z.int(), bulk: bulkAnswer })
