import { z } from 'zod'
import { countField } from '../fields.ts'

export const drainedBody = z.object({
  signals_flushed: countField,
  executions_flushed: countField,
  /** What could not be delivered; anything above 0 is worth a look. */
  lost: countField,
})
