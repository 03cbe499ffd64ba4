import { z } from 'zod'
import { countField } from '../fields.ts'

export const heartbeatBody = z.object({
  running_trader_ids: z.array(z.string().min(1).max(64)).max(1000),
  /** When the traders last ran through. */
  last_cycle_at: z.iso.datetime({ offset: true }).nullish(),
  buffered_signals: countField.nullish(),
  memory_mb: countField.nullish(),
  version: z.string().max(100).nullish(),
})
