import { z } from 'zod'
import { shownAs, time } from '../../../http/answer-fields.ts'
import { pageQuery } from '../../../http/cursor.ts'
import { idText } from '../fields.ts'
import { eventAnswer } from '../list-app-events/schema.ts'

const STATUSES = ['started', 'success', 'failed', 'skipped'] as const

/** `a,b`: alternatives. */
export const words = z
  .string()
  .max(400)
  .regex(/^[a-z0-9_.-]+(?:,[a-z0-9_.-]+)*$/, 'a word, or several with a comma between')
  .transform((text) => text.split(','))

const statuses = z
  .string()
  .max(100)
  .regex(
    /^(?:started|success|failed|skipped)(?:,(?:started|success|failed|skipped))*$/,
    `some of ${STATUSES.join(', ')}`,
  )
  .transform((text) => text.split(',') as (typeof STATUSES)[number][])

export const sinceText = time.describe('Nothing that is older than this.')

export const listFleetEventsQuery = z.strictObject({
  ...pageQuery(idText),
  type: words.describe("An event's type; several with a comma between.").optional(),
  status: shownAs(
    statuses,
    z.string().describe(`One of ${STATUSES.join(', ')}; several with a comma between.`),
  ).optional(),
  user_id: z.guid().toLowerCase().optional(),
  since: sinceText.optional(),
})

export const fleetEvent = eventAnswer.extend({ user_id: z.guid() }).meta({ id: 'FleetEvent' })
