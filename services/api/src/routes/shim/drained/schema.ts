import { z } from 'zod'
import { countField } from '../fields.ts'

export const drainedBody = z.object({
  signals_flushed: countField,
  executions_flushed: countField,
  lost: countField.describe('What could not be delivered.'),
  rejected: countField.optional().describe('What was delivered and refused for good.'),
})
