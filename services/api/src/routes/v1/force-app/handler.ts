import { defineRoute } from '../../../http/route.ts'
import { requestForce } from '../../../work/request-force.ts'
import { dryRunQuery, userIdPath } from '../fields.ts'
import { replyToAction } from '../reply.ts'
import { forceBody } from './schema.ts'

/**
 * `POST /v1/apps/{user_id}/force` `{"action", "reason"}`: what the engine would not do by itself, on this one
 * generation. 404 where the user has no app, 409 where it would change nothing. Asked again, the newer one counts.
 */
export const forceApp = defineRoute({
  method: 'post',
  path: '/v1/apps/:userId/force',
  access: 'admin',
  reads: { path: userIdPath, query: dryRunQuery, body: forceBody },
  handle: async ({ path: { userId }, query, body }, context) => {
    const dryRun = query.dryRun || body.dryRun
    const answer = await requestForce({ userId, action: body.action, reason: body.reason, dryRun }, context)
    return replyToAction(userId, answer, dryRun, context)
  },
})
