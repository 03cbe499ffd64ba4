import { ATTENTIONS, type ListedApp } from '@hangar/db'
import { z } from 'zod'
import { count, time } from '../../http/answer-fields.ts'
import { appAnswer, viewApp } from './fields.ts'

const attention = z.enum(ATTENTIONS).meta({
  id: 'Attention',
  description:
    'Why somebody may want to look: `failing`, `parked` (waits for longer: given up for now, or held), `drift` (changed on Fly by hand), `override`, `stuck`, `unhealthy`.',
})

export const listedApp = appAnswer
  .extend({
    email: z.string().nullable(),
    override: z
      .strictObject({ desired: z.enum(['on', 'off', 'paused']), expires_at: time.nullable() })
      .nullable()
      .describe("An operator's word that is in force."),
    attention: z.array(attention),
    wanted_version: count,
    done_version: count.describe('Below `wanted_version`: there is work to do.'),
    next_attempt_at: time.nullable(),
    parked_reason: z.string().nullable().describe('What the work waits for.'),
  })
  .meta({ id: 'ListedApp', description: 'An app, and what somebody who looks at many wants to see.' })

export function viewListedApp(app: ListedApp): z.output<typeof listedApp> {
  return {
    ...viewApp(app),
    email: app.email,
    override: app.overrideDesired && { desired: app.overrideDesired, expires_at: app.overrideExpiresAt },
    attention: app.attention,
    wanted_version: app.wantedVersion,
    done_version: app.doneVersion,
    next_attempt_at: app.nextAttemptAt,
    parked_reason: app.parkedReason,
  }
}
