import { HangarError } from '@hangar/core'
import { listHealthChanges, readDatabaseTime, readFacts } from '@hangar/db'
import { z } from 'zod'
import { HEALTH_EVENTS, healthStrip } from '../../../explain/health-strip.ts'
import { time } from '../../../http/answer-fields.ts'
import { defineRoute } from '../../../http/route.ts'
import { userIdPath } from '../fields.ts'

const HOUR_MS = 60 * 60_000
const MOST_HOURS = 31 * 24

export const getHealthStrip = defineRoute({
  method: 'get',
  path: '/v1/apps/:userId/health',
  access: 'viewer',
  summary: "How healthy the user's app was, piece by piece",
  reads: {
    path: userIdPath,
    query: z.strictObject({
      hours: z.coerce.number<number>().int().min(1).max(MOST_HOURS).default(24).describe('How far back.'),
    }),
  },
  answers: {
    200: z
      .strictObject({
        from: time,
        to: time,
        segments: z
          .array(
            z.strictObject({
              from: time,
              to: time,
              status: z
                .enum(['healthy', 'unhealthy', 'unknown', 'none'])
                .describe('`unknown`: not seen, coming up, or ending. `none`: there was no app.'),
              message: z.string().nullable().describe('What was found when it began.'),
            }),
          )
          .describe('Without gaps, oldest first; neighbours differ.'),
      })
      .meta({ id: 'HealthStrip' }),
  },
  problems: ['unknown_user'],
  handle: async ({ path: { userId }, query: { hours } }, { deps: { db } }) => {
    const [facts, to] = await Promise.all([readFacts(db, userId), readDatabaseTime(db)])
    if (!facts.known) throw new HangarError('unknown_user')
    const from = new Date(to.getTime() - hours * HOUR_MS)
    const changes = await listHealthChanges(db, userId, from, HEALTH_EVENTS)
    return { status: 200, body: { from, to, segments: healthStrip({ from, to, changes, app: facts.app }) } }
  },
})
