import { randomUUID } from 'node:crypto'
import { insertAudit } from '@hangar/db'
import { assertRedisReady, withinMs } from '@hangar/jobs'
import { z } from 'zod'
import { defineRoute } from '../../../http/route.ts'
import { functionAnswer, type FunctionAnswer } from '../fields.ts'

const TIMEOUT_MS = 1000

export const checkFlyAppsHealth = defineRoute({
  method: 'post',
  path: '/functions/v1/check-fly-apps-health',
  access: 'operator',
  summary: "Runs the sweep over every app's health now, instead of within its five minutes",
  description: 'Asked again while one waits or runs, it is that one.',
  reads: { body: z.looseObject({}) },
  answers: { 200: functionAnswer },
  problems: ['redis_unavailable'],
  handle: async (_input, { deps, caller, requestId }) => {
    const { health } = deps.queues
    assertRedisReady(deps.queues.redis)
    await insertAudit(deps.db, {
      actor: caller.actor,
      action: 'health.check_all',
      requestId,
    })
    const job = await withinMs(
      health.add('health', {}, { jobId: randomUUID(), deduplication: { id: 'on-demand' } }),
      TIMEOUT_MS,
      'the health sweep was not asked for',
    )
    const answer: FunctionAnswer = {
      success: true,
      user_id: null,
      status: 'queued',
      fly_app_name: null,
      job_id: job.id ?? null,
    }
    return { status: 200, body: answer }
  },
})
