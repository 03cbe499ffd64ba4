import { insertAudit } from '@hangar/db'
import { assertRedisReady, SCHEDULES, wakeSweep } from '@hangar/jobs'
import { z } from 'zod'
import { defineRoute } from '../../../http/route.ts'
import { actionBody, dryRunQuery } from '../fields.ts'

const NAMES = SCHEDULES.map(({ id }) => id)

const sweepAnswer = z.strictObject({ name: z.enum(NAMES), dry_run: z.boolean() })

export const runSweep = defineRoute({
  method: 'post',
  path: '/v1/sweeps/:name',
  access: 'operator',
  summary: 'Runs a sweep now, besides its schedule',
  description:
    'Asked for again before it has started, it is one run. `GET /v1/overview` says when each ended last.',
  reads: { path: z.object({ name: z.enum(NAMES) }), query: dryRunQuery, body: actionBody },
  answers: { 200: { description: 'A dry run.', body: sweepAnswer }, 202: sweepAnswer },
  problems: ['redis_unavailable'],
  handle: async ({ path: { name }, query, body }, { deps, caller, requestId }) => {
    const dryRun = query.dryRun || body.dryRun
    assertRedisReady(deps.queues.redis)
    if (!dryRun) {
      await insertAudit(deps.db, {
        actor: caller.actor,
        action: 'sweep.run',
        reason: body.reason ?? null,
        requestId,
        after: { name },
      })
      await wakeSweep(deps.queues, name)
    }
    return { status: dryRun ? 200 : 202, body: { name, dry_run: dryRun } }
  },
})
