import { z } from 'zod'
import { shownAs } from '../../../http/answer-fields.ts'
import { pageQuery } from '../../../http/cursor.ts'
import { textField } from '../../../http/text-field.ts'
import { appFilterFields } from '../app-filters.ts'
import { appStatus } from '../fields.ts'

export const listUsersQuery = z.strictObject({
  ...pageQuery(z.guid()),
  q: textField({ max: 200 })
    .describe("A part of the mail address or of the app's name, or the beginning of the user's id.")
    .optional(),
  tier: appFilterFields.tier,
  has_app: shownAs(z.stringbool(), z.boolean()).optional(),
})

export const userItem = z
  .strictObject({
    user_id: z.guid(),
    email: z.string().nullable(),
    tier: z.string().nullable().describe('Of the subscription; null where there is none.'),
    subscription_status: z.string().nullable(),
    app: z
      .strictObject({ id: z.guid(), status: appStatus, fly_app_name: z.string() })
      .nullable()
      .describe('The live one.'),
  })
  .meta({ id: 'User' })
