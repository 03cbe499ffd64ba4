import { defineRoute } from '../../../http/route.ts'
import { requestWork } from '../../../work/request-work.ts'
import { dryRunQuery, userIdPath } from '../fields.ts'
import { replyToAction } from '../reply.ts'
import { provisionBody } from './schema.ts'

/** `POST /v1/apps/{user_id}/provision`: asks for what the subscription says; `force` and a reason go against it. */
export const provisionApp = defineRoute({
  method: 'post',
  path: '/v1/apps/:userId/provision',
  access: 'operator',
  reads: { path: userIdPath, query: dryRunQuery, body: provisionBody },
  handle: async ({ path: { userId }, query, body }, context) => {
    const dryRun = query.dryRun || body.dryRun
    const options = { intent: 'provision', unknownUser: 'refuse', source: 'operator' } as const
    const answer = await requestWork({ ...options, ...body, userId, dryRun }, context)
    return replyToAction(userId, answer, dryRun, context)
  },
})
