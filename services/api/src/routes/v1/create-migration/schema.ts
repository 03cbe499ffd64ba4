import { z } from 'zod'
import { count, usd } from '../../../http/answer-fields.ts'
import { etaSeconds, heldBy } from '../bulk-fields.ts'
import { MOST_USERS } from '../create-bulk/schema.ts'
import { reason } from '../fields.ts'
import { migrationAnswer } from '../migration-fields.ts'

/** In one migration, by tier or of all. */
export const MOST_MIGRATED = 100_000
/** Named in a preview. */
export const MOST_NAMED = 1_000
const LONGEST_PAUSE_SECONDS = 7 * 24 * 60 * 60

export const createMigrationBody = z
  .strictObject({
    user_ids: z.array(z.guid().toLowerCase()).min(1).max(MOST_USERS).optional(),
    tier: z
      .string()
      .trim()
      .toLowerCase()
      .min(1)
      .max(100)
      .optional()
      .describe('Every paying user of this tier who has no app that is up.'),
    all: z.literal(true).optional().describe('Every paying user who has no app that is up.'),
    wave_size: z.int().min(1).max(MOST_USERS).default(50),
    wave_pause_seconds: z
      .int()
      .min(0)
      .max(LONGEST_PAUSE_SECONDS)
      .default(60)
      .describe('From the end of a wave to the first of the next one.'),
    stop_on_failure_share: z
      .number()
      .min(0)
      .max(1)
      .default(0.1)
      .describe(
        'Where a greater share of those who came to an end has failed, in a wave or in all, it stops itself. 1: never.',
      ),
    per_minute: z
      .int()
      .min(1)
      .max(6_000)
      .default(60)
      .describe('How many users are asked in a minute. Fly is known to create one app a second.'),
    reason,
    expected_eligible: count
      .optional()
      .describe('What the preview said: refused where it would be done to another number by now.'),
    dryRun: z.boolean().default(false),
  })
  .refine(
    ({ user_ids: ids, tier, all }) => [ids, tier, all].filter((one) => one !== undefined).length === 1,
    { path: ['user_ids'], message: 'one of user_ids, tier and all' },
  )

const plannedUser = z
  .strictObject({
    user_id: z.guid(),
    email: z.string().nullable(),
    tier: z.string().nullable(),
    decision: z.enum(['migrate', 'skip']),
    code: z.string().nullable().describe('Why the user would be left out.'),
    text: z.string().nullable(),
    wave: count.nullable(),
    app_name: z
      .string()
      .nullable()
      .describe('What the app will be called, unless a stranger on Fly has the name.'),
    monthly_cost_usd: usd.nullable(),
  })
  .meta({ id: 'PlannedUser' })

export const migrationPreviewAnswer = z
  .strictObject({
    total: count,
    eligible: count.describe('Those who would be asked.'),
    ineligible_by_code: z.record(z.string(), count),
    users: z
      .array(plannedUser)
      .describe('The first thousand, in the order in which they would be asked; who is left out comes last.'),
    waves: count,
    wave_size: count,
    wave_pause_seconds: count,
    stop_on_failure_share: z.number(),
    per_minute: count,
    eta_seconds: etaSeconds.describe(
      "Until the last has come to its end, at this pace or Fly's, whichever is slower. Null while a brake is engaged.",
    ),
    monthly_cost_usd: usd.describe('US dollars a month, of all who would be asked; an estimate.'),
    held_by: heldBy,
  })
  .meta({ id: 'MigrationPreview' })

export const createdMigrationAnswer = z.strictObject({ migration_id: z.int(), migration: migrationAnswer })
