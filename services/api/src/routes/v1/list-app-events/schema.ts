import { z } from 'zod'
import { anyFields, time } from '../../../http/answer-fields.ts'
import { pageQuery } from '../../../http/cursor.ts'
import { idText } from '../fields.ts'

export const listEventsQuery = z.strictObject(pageQuery(idText))

export const eventAnswer = z
  .strictObject({
    id: z.int(),
    user_fly_app_id: z.guid().nullable(),
    event_type: z.string(),
    status: z.enum(['started', 'success', 'failed', 'skipped']),
    message: z.string().nullable(),
    metadata: anyFields,
    actor: z.string(),
    created_at: time,
  })
  .meta({ id: 'AppEvent' })
