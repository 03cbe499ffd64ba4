import { defineRoute } from '../../../http/route.ts'
import { requestWork } from '../../../work/request-work.ts'
import { forcibleUserBody, type FunctionAnswer } from '../fields.ts'

/**
 * `POST /functions/v1/deprovision-user-fly-app` `{"user_id"}`: takes the user's app away. A user who has none, or
 * whom nobody has heard of, is a success and writes nothing. `tier` is accepted, as it always was, and not read:
 * whether the user still pays is the subscription's word (409 if so, unless `force` with a `reason`).
 */
export const deprovisionUserFlyApp = defineRoute({
  method: 'post',
  path: '/functions/v1/deprovision-user-fly-app',
  access: 'operator',
  reads: { body: forcibleUserBody },
  handle: async ({ body }, context) => {
    const { app, effect, jobId } = await requestWork(
      {
        intent: 'deprovision',
        userId: body.user_id,
        force: body.force,
        reason: body.reason,
        dryRun: body.dryRun,
        unknownUser: 'nothing',
        source: 'manual',
      },
      context,
    )
    const answer: FunctionAnswer = {
      success: true,
      user_id: body.user_id,
      status: effect === 'nothing' || app === null ? 'deleted' : 'deprovisioning',
      fly_app_name: app?.flyAppName ?? null,
      job_id: jobId,
    }
    return { status: 200, body: answer }
  },
})
