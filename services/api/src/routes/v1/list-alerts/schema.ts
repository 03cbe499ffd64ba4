import { ALERT_SEVERITIES } from '@hangar/core'
import { z } from 'zod'
import { shownAs } from '../../../http/answer-fields.ts'
import { pageQuery } from '../../../http/cursor.ts'
import { textField } from '../../../http/text-field.ts'
import { idText } from '../fields.ts'

export const listAlertsQuery = z.strictObject({
  ...pageQuery(idText),
  /** `open`: those that are not over, acknowledged or not. */
  state: z.enum(['open', 'all']).default('open'),
  severity: z.enum(ALERT_SEVERITIES).optional(),
  kind: textField({ max: 64 }).optional(),
  subject: textField({ max: 200 }).describe("A user's id, an app's or a brake's name.").optional(),
  acknowledged: shownAs(z.stringbool(), z.boolean()).optional(),
})
