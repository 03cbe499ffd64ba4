import { z } from 'zod'
import { textField } from '../../../http/text-field.ts'
import { countField } from '../fields.ts'

export const heartbeatBody = z.object({
  running_trader_ids: z.array(textField({ max: 64 })).max(1000),
  /** When the traders last ran through. */
  last_cycle_at: z.iso.datetime({ offset: true }).nullish(),
  buffered_signals: countField.nullish(),
  memory_mb: countField.nullish(),
  version: textField({ min: 0, max: 100 }).nullish(),
  /** When the Supabase token in use ends. */
  supabase_token_expires_at: z.iso.datetime({ offset: true }).nullish(),
})
