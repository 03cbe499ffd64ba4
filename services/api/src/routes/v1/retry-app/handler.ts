import { defineRoute } from '../../../http/route.ts'
import { requestRetry } from '../../../work/request-retry.ts'
import { actionBody, dryRunQuery, userIdPath } from '../fields.ts'
import { actionAnswers, replyToAction } from '../reply.ts'

export const retryApp = defineRoute({
  method: 'post',
  path: '/v1/apps/:userId/retry',
  access: 'operator',
  summary: 'Looks at the user again now, whatever pause a failure has earned them',
  reads: { path: userIdPath, query: dryRunQuery, body: actionBody },
  answers: actionAnswers,
  problems: ['unknown_user'],
  handle: async ({ path: { userId }, query, body }, context) => {
    const dryRun = query.dryRun || body.dryRun
    const answer = await requestRetry({ userId, reason: body.reason, dryRun }, context)
    return replyToAction(userId, answer, dryRun, context)
  },
})
