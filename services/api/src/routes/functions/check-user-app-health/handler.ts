import { HEALTH_STATUSES } from '@hangar/core'
import { z } from 'zod'
import { time } from '../../../http/answer-fields.ts'
import { defineRoute } from '../../../http/route.ts'
import { requestHealthCheck } from '../../../work/request-health-check.ts'
import { functionAnswer, userBody, type FunctionAnswer } from '../fields.ts'

const userHealthAnswer = functionAnswer.extend({
  health_status: z.enum(HEALTH_STATUSES),
  last_health_check: time.nullable(),
})

export const checkUserAppHealth = defineRoute({
  method: 'post',
  path: '/functions/v1/check-user-app-health',
  access: 'operator',
  summary: "Tells what is known of the app's health, and has a worker look again now",
  description: 'Only workers talk to Fly, so a fresh finding is in the next answer.',
  reads: { body: userBody },
  answers: { 200: userHealthAnswer },
  handle: async ({ body }, context) => {
    const { app, jobId } = await requestHealthCheck(body.user_id, context)
    const answer: FunctionAnswer = {
      success: true,
      user_id: body.user_id,
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
