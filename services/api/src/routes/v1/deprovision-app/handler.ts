import { defineRoute } from '../../../http/route.ts'
import { requestWork } from '../../../work/request-work.ts'
import { dryRunQuery, forcibleBody, userIdPath } from '../fields.ts'
import { replyToAction } from '../reply.ts'

/** `POST /v1/apps/{user_id}/deprovision`: for a user who does not pay; `force` and a reason for one who does. */
export const deprovisionApp = defineRoute({
  method: 'post',
  path: '/v1/apps/:userId/deprovision',
  access: 'operator',
  reads: { path: userIdPath, query: dryRunQuery, body: forcibleBody },
  handle: async ({ path: { userId }, query, body }, context) => {
    const dryRun = query.dryRun || body.dryRun
    const options = { intent: 'deprovision', unknownUser: 'refuse', source: 'operator' } as const
    const answer = await requestWork({ ...options, ...body, userId, dryRun }, context)
    return replyToAction(userId, answer, dryRun, context)
  },
})
