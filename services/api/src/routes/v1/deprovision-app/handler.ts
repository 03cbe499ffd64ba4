import { defineRoute } from '../../../http/route.ts'
import { requestWork } from '../../../work/request-work.ts'
import { dryRunQuery, forcibleBody, userIdPath } from '../fields.ts'
import { actionAnswers, replyToAction } from '../reply.ts'

export const deprovisionApp = defineRoute({
  method: 'post',
  path: '/v1/apps/:userId/deprovision',
  access: 'operator',
  summary: 'Takes the app of a user who does not pay away',
  description: '`force` and a `reason` for one who pays, which takes an admin.',
  reads: { path: userIdPath, query: dryRunQuery, body: forcibleBody },
  answers: actionAnswers,
  problems: ['unknown_user', 'entitlement_conflict'],
  handle: async ({ path: { userId }, query, body }, context) => {
    const dryRun = query.dryRun || body.dryRun
    const options = { intent: 'deprovision', unknownUser: 'refuse', source: 'operator' } as const
    const answer = await requestWork({ ...options, ...body, userId, dryRun }, context)
    return replyToAction(userId, answer, dryRun, context)
  },
})
