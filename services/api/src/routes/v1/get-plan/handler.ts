import { HangarError } from '@hangar/core'
import { readFacts } from '@hangar/db'
import { defineRoute } from '../../../http/route.ts'
import { askWorker, inspectionAnswer, viewInspection } from '../../../work/ask-worker.ts'
import { userIdPath } from '../fields.ts'

export const getPlan = defineRoute({
  method: 'get',
  path: '/v1/apps/:userId/plan',
  access: 'viewer',
  summary: 'What the engine would do for this user now, and then',
  reads: { path: userIdPath },
  answers: {
    200: inspectionAnswer,
    202: {
      description: 'No worker answered within five seconds: `url` says where it will be.',
      body: inspectionAnswer,
    },
  },
  problems: ['unknown_user', 'redis_unavailable'],
  handle: async ({ path: { userId } }, context) => {
    if (!(await readFacts(context.deps.db, userId)).known) throw new HangarError('unknown_user')
    const asked = await askWorker(userId, {}, context)
    return { status: asked.doneAt ? 200 : 202, body: viewInspection(asked) }
  },
})
