import { defineRoute } from '../../../http/route.ts'
import { requestHealthCheck } from '../../../work/request-health-check.ts'
import { userBody, type FunctionAnswer } from '../fields.ts'

/**
 * `POST /functions/v1/check-user-app-health` `{"user_id"}`: tells what is known of the app's health, and has a
 * worker look at the app again now. Only workers talk to Fly, so a fresh finding is in the next answer.
 */
export const checkUserAppHealth = defineRoute({
  method: 'post',
  path: '/functions/v1/check-user-app-health',
  access: 'operator',
  reads: { body: userBody },
  handle: async ({ body }, context) => {
    const { app, jobId } = await requestHealthCheck(body.user_id, context)
    const answer: FunctionAnswer = {
      success: true,
      user_id: body.user_id,
      status: app?.status ?? 'deleted',
      fly_app_name: app?.flyAppName ?? null,
      job_id: jobId,
    }
    const health = {
      health_status: app?.healthStatus ?? 'unknown',
      last_health_check: app?.lastHealthCheck ?? null,
    }
    return { status: 200, body: { ...answer, ...health } }
  },
})
