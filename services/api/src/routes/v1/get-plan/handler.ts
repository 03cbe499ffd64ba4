import { HangarError } from '@hangar/core'
import { defineRoute } from '../../../http/route.ts'
import { askWorker, viewInspection } from '../../../work/ask-worker.ts'
import { readFacts } from '../../../work/facts.ts'
import { userIdPath } from '../fields.ts'

/**
 * `GET /v1/apps/{user_id}/plan`: what the engine would do for this user now, and then. 200 with the answer, or 202
 * where no worker gave one within five seconds: `url` says where it will be. 503 while Redis is away.
 */
export const getPlan = defineRoute({
  method: 'get',
  path: '/v1/apps/:userId/plan',
  access: 'viewer',
  reads: { path: userIdPath },
  handle: async ({ path: { userId } }, context) => {
    if (!(await readFacts(context.deps.db, userId)).known) throw new HangarError('unknown_user')
    const asked = await askWorker(userId, {}, context)
    return { status: asked.doneAt ? 200 : 202, body: viewInspection(asked) }
  },
})
