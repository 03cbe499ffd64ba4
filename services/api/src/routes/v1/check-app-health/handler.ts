import { defineRoute } from '../../../http/route.ts'
import { requestHealthCheck } from '../../../work/request-health-check.ts'
import { actionBody, dryRunQuery, userIdPath } from '../fields.ts'
import { actionAnswers, replyToAction } from '../reply.ts'

export const checkAppHealth = defineRoute({
  method: 'post',
  path: '/v1/apps/:userId/check-health',
  access: 'operator',
  summary: "Has a worker look at the user's app now, and mend what it finds",
  description: "What it finds is in the app's `health_status` and `last_health_check` a moment later.",
  reads: { path: userIdPath, query: dryRunQuery, body: actionBody },
  answers: actionAnswers,
  problems: ['no_app'],
  handle: async ({ path: { userId }, query, body: { reason, ...body } }, context) => {
    const dryRun = query.dryRun || body.dryRun
    const answer = await requestHealthCheck({ userId, reason, dryRun, noApp: 'refuse' }, context)
    return replyToAction(userId, answer, dryRun, context)
  },
})
