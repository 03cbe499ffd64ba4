import { defineRoute } from '../../../http/route.ts'
import { requestWork } from '../../../work/request-work.ts'
import { forcibleUserBody, functionAnswer, type FunctionAnswer } from '../fields.ts'

export const deprovisionUserFlyApp = defineRoute({
  method: 'post',
  path: '/functions/v1/deprovision-user-fly-app',
  access: 'operator',
  summary: "Takes the user's app away",
  description:
    'A user who has none, or whom nobody has heard of, is a success and writes nothing. `tier` is accepted, as it always was, and not read: whether the user still pays is the word of the subscription (409 if so, unless `force` with a `reason`).',
  reads: { body: forcibleUserBody },
  answers: { 200: functionAnswer },
  problems: ['entitlement_conflict'],
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
