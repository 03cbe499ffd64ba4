import { defineRoute } from '../../../http/route.ts'
import { requestWork } from '../../../work/request-work.ts'
import { forcibleUserBody, functionAnswer, type FunctionAnswer } from '../fields.ts'

export const provisionUserFlyApp = defineRoute({
  method: 'post',
  path: '/functions/v1/provision-user-fly-app',
  access: 'operator',
  summary: "Asks for the user's app",
  description:
    'Called twice, there is still one app. Against the subscription it is 409, unless `force` with a `reason`, which writes an override and takes an admin.',
  reads: { body: forcibleUserBody },
  answers: { 200: functionAnswer },
  problems: ['unknown_user', 'entitlement_conflict'],
  handle: async ({ body }, context) => {
    const { app, jobId } = await requestWork(
      {
        intent: 'provision',
        userId: body.user_id,
        tier: body.tier ?? undefined,
        force: body.force,
        reason: body.reason,
        dryRun: body.dryRun,
        unknownUser: 'refuse',
        source: 'manual',
      },
      context,
    )
    const answer: FunctionAnswer = {
      success: true,
      user_id: body.user_id,
      status: app?.status ?? 'provisioning',
      fly_app_name: app?.flyAppName ?? null,
      job_id: jobId,
    }
    return { status: 200, body: answer }
  },
})
