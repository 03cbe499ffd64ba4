import { defineRoute } from '../../../http/route.ts'
import { requestForce } from '../../../work/request-force.ts'
import { dryRunQuery, userIdPath } from '../fields.ts'
import { actionAnswers, replyToAction } from '../reply.ts'
import { forceBody } from './schema.ts'

export const forceApp = defineRoute({
  method: 'post',
  path: '/v1/apps/:userId/force',
  access: 'admin',
  summary: 'Has done what the engine would not do by itself, on this one generation',
  description: '409 where it would change nothing. Asked again, the newer one counts.',
  reads: { path: userIdPath, query: dryRunQuery, body: forceBody },
  answers: actionAnswers,
  problems: ['no_app', 'force_pointless'],
  handle: async ({ path: { userId }, query, body }, context) => {
    const dryRun = query.dryRun || body.dryRun
    const answer = await requestForce({ userId, action: body.action, reason: body.reason, dryRun }, context)
    return replyToAction(userId, answer, dryRun, context)
  },
})
