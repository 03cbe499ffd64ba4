import { defineRoute } from '../../../http/route.ts'
import { requestOverride } from '../../../work/request-override.ts'
import { dryRunQuery, userIdPath } from '../fields.ts'
import { endOverrideBody, overrideAnswers, replyToOverride } from '../override-fields.ts'

export const endOverrideRoute = defineRoute({
  method: 'delete',
  path: '/v1/apps/:userId/override',
  access: 'operator',
  summary: 'Ends what an operator said of this user: the subscription decides again',
  description: 'To end anything but a pause takes an admin. Where there is none, nothing is changed.',
  reads: {
    path: userIdPath,
    query: dryRunQuery,
    body: endOverrideBody,
  },
  answers: overrideAnswers,
  problems: ['override_changed', 'unknown_user'],
  handle: async ({ path: { userId }, query, body }, context) => {
    const dryRun = query.dryRun || body.dryRun
    const { reason, expected_override_id: expectedId } = body
    const answer = await requestOverride({ userId, wish: null, reason, dryRun, expectedId }, context)
    return replyToOverride(userId, answer, dryRun, context)
  },
})
