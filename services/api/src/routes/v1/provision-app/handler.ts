import { defineRoute } from '../../../http/route.ts'
import { requestWork } from '../../../work/request-work.ts'
import { dryRunQuery, userIdPath } from '../fields.ts'
import { actionAnswers, replyToAction } from '../reply.ts'
import { provisionBody } from './schema.ts'

export const provisionApp = defineRoute({
  method: 'post',
  path: '/v1/apps/:userId/provision',
  access: 'operator',
  summary: "Asks for what the user's subscription says",
  description: '`force` and a `reason` go against the subscription, and take an admin.',
  reads: { path: userIdPath, query: dryRunQuery, body: provisionBody },
  answers: actionAnswers,
  problems: ['unknown_user', 'entitlement_conflict'],
  handle: async ({ path: { userId }, query, body }, context) => {
    const dryRun = query.dryRun || body.dryRun
    const options = { intent: 'provision', unknownUser: 'refuse', source: 'operator' } as const
    const answer = await requestWork({ ...options, ...body, userId, dryRun }, context)
    return replyToAction(userId, answer, dryRun, context)
  },
})
