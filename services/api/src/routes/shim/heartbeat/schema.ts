import { z } from 'zod'
import { textField } from '../../../http/text-field.ts'
import { countField, processFields } from '../fields.ts'
import { supabaseAnswer } from '../supabase-access.ts'

const DIRECTIVES = ['drain', 'reload', 'token'] as const
export type Directive = (typeof DIRECTIVES)[number]

export const heartbeatBody = z.object({
  running_trader_ids: z.array(textField({ max: 64 })).max(1000),
  last_cycle_at: z.iso.datetime({ offset: true }).nullish().describe('When the traders last ran through.'),
  buffered_signals: countField.nullish(),
  memory_mb: countField.nullish(),
  version: textField({ min: 0, max: 100 }).nullish(),
  ...processFields,
  supabase_token_expires_at: z.iso
    .datetime({ offset: true })
    .nullish()
    .describe('The end of the token in use; left out or null, no new one is sent.'),
})

export const heartbeatAnswer = z
  .strictObject({
    directives: z
      .array(z.enum(DIRECTIVES))
      .describe(
        '`drain`: begin the graceful end. `reload`: ask bootstrap again. `token`: `supabase` has a new one.',
      ),
    supabase: supabaseAnswer.nullable(),
  })
  .meta({ id: 'HeartbeatAnswer' })
