import { z } from 'zod'
import { count } from '../../../http/answer-fields.ts'
import { supabaseAnswer } from '../supabase-access.ts'

const RUNS_ON = ['shared', 'moving', 'dedicated'] as const

export const bootstrapAnswer = z
  .strictObject({
    user_id: z.guid(),
    app_name: z.string(),
    generation: count,
    tier: z.string(),
    directive: z.enum(['run', 'drain']).describe('`drain`: do not start (again), report drained.'),
    placement: z.enum(RUNS_ON).describe('Run the traders only where it is `dedicated`.'),
    retry_after_ms: count.nullable().describe('While the traders are `moving`: when to ask again.'),
    heartbeat_interval_ms: count,
    drain_grace_ms: count.describe('From the word to drain to the report, at most; then it is killed.'),
    quota: count.nullable().describe('How many custom traders the tier may run.'),
    traders: z
      .array(z.strictObject({ id: z.string(), name: z.string(), definition: z.unknown() }))
      .describe('Exactly these are to run.'),
    supabase: supabaseAnswer.nullable(),
  })
  .meta({ id: 'Bootstrap' })
