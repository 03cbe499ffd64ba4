import { z } from 'zod'
import { anyFields, time } from '../../../http/answer-fields.ts'
import { pageQuery } from '../../../http/cursor.ts'

const LOOKS_LIKE =
  /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(\.\d{1,6})?[+-]\d\d(:\d\d){0,2} (event|act|want) (0|[1-9]\d{0,15})$/

/** Time, table and id of the last entry of a page. */
const timelineKey = z
  .string()
  .regex(LOOKS_LIKE)
  .transform((text) => {
    const [day = '', hour = '', kind = '', id = ''] = text.split(' ')
    return { place: `${day} ${hour}`, kind, id: Number(id) }
  })

export const timelineQuery = z.strictObject(pageQuery(timelineKey))

export const timelineEntry = z
  .strictObject({
    key: z.string().describe('The same entry always has the same.'),
    kind: z
      .enum(['want', 'act', 'attempt', 'step', 'failure', 'health', 'drift'])
      .describe(
        '`want`: something was asked for, by a webhook, a person or a sweep (only the last is kept). `act`: of a person or key. `attempt`: the engine began or ended an operation. `step`: one step of it. `failure`: an attempt failed. `health`, `drift`: what a look found.',
      ),
    at: time,
    name: z.string().describe("The event's type, the act's name, or who raised the want."),
    status: z.enum(['started', 'success', 'failed', 'skipped']).nullable(),
    message: z.string().nullable(),
    actor: z.string(),
    user_fly_app_id: z.guid().nullable(),
    attempt: z
      .string()
      .nullable()
      .describe(
        "The worker's hold on the user and the number of the try, as in Fly's log (`X-Hangar-Attempt`).",
      ),
    fly: z
      .strictObject({ request_id: z.string().nullable(), status: z.int().nullable() })
      .nullable()
      .describe("Fly's answer, where one is on record."),
    details: anyFields,
  })
  .meta({ id: 'TimelineEntry' })
