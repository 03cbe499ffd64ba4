import { defineRoute } from '../../../http/route.ts'
import { requestOverride } from '../../../work/request-override.ts'
import { dryRunQuery, reasonedBody, userIdPath } from '../fields.ts'
import { overrideAnswers, replyToOverride } from '../override-fields.ts'

export const endOverrideRoute = defineRoute({
  method: 'delete',
  path: '/v1/apps/:userId/override',
  access: 'operator',
  summary: 'Ends what an operator said of this user: the subscription decides again',
  description: 'To end anything but a pause takes an admin. Where there is none, nothing is changed.',
  reads: {
    path: userIdPath,
    query: dryRunQuery,
    body: reasonedBody,
  },
  answers: overrideAnswers,
  problems: ['unknown_user'],
  handle: async ({ path: { userId }, query, body }, context) => {
    const dryRun = query.dryRun || body.dryRun
    const answer = await requestOverride({ userId, wish: null, reason: body.reason, dryRun }, context)
    return replyToOverride(userId, answer, dryRun, context)
  },
})
