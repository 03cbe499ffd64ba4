import { HEALTH_STATUSES } from '@hangar/core'
import { z } from 'zod'
import { time } from '../../../http/answer-fields.ts'
import { defineRoute } from '../../../http/route.ts'
import { requestHealthCheck, requestHealthSweep } from '../../../work/request-health-check.ts'
import { functionAnswer, userBody, type FunctionAnswer } from '../fields.ts'

const userOrAll = userBody.extend({
  user_id: userBody.shape.user_id.nullish().describe('Without it, every app is looked at.'),
})

const userHealthAnswer = functionAnswer.extend({
  health_status: z.enum(HEALTH_STATUSES).nullable().describe('Null where every app was asked after.'),
  last_health_check: time.nullable(),
})

export const checkUserAppHealth = defineRoute({
  method: 'post',
  path: '/functions/v1/check-user-app-health',
  access: 'operator',
  summary: "Tells what is known of the app's health, and has a worker look again now",
  description:
    'Only workers talk to Fly, so a fresh finding is in the next answer. Without `user_id` the sweep over every app runs now: `status` is `queued`, and nothing is told of any one app.',
  reads: { body: userOrAll },
  answers: { 200: userHealthAnswer },
  problems: ['redis_unavailable'],
  handle: async ({ body: { user_id: userId } }, context) => {
    if (!userId) {
      await requestHealthSweep(context)
      return { status: 200, body: ALL_ASKED_AFTER }
    }
    const { app, jobId } = await requestHealthCheck({ userId, dryRun: false, noApp: 'nothing' }, context)
    const answer: FunctionAnswer = {
      success: true,
      user_id: userId,
      status: app?.status ?? 'deleted',
      fly_app_name: app?.flyAppName ?? null,
      job_id: jobId,
    }
    return {
      status: 200,
      body: {
        ...answer,
        health_status: app?.healthStatus ?? 'unknown',
        last_health_check: app?.lastHealthCheck ?? null,
      },
    }
  },
})

const ALL_ASKED_AFTER: z.output<typeof userHealthAnswer> = {
  success: true,
  user_id: null,
  status: 'queued',
  fly_app_name: null,
  job_id: null,
  health_status: null,
  last_health_check: null,
}
