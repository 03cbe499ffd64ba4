import { HangarError } from '@hangar/core'
import { readUser } from '../../../explain/read.ts'
import { defineRoute } from '../../../http/route.ts'
import { userIdPath } from '../fields.ts'
import { userAnswer } from './schema.ts'
import { viewUser } from './view.ts'

export const getApp = defineRoute({
  method: 'get',
  path: '/v1/apps/:userId',
  access: 'viewer',
  summary: 'What this user should have and why, what they have, what comes next, and what they had',
  reads: { path: userIdPath },
  answers: { 200: userAnswer },
  problems: ['unknown_user'],
  handle: async ({ path: { userId } }, { deps }) => {
    const read = await readUser(deps.db, userId, deps)
    if (!read) throw new HangarError('unknown_user')
    return { status: 200, body: viewUser(userId, read, deps.costs.region) }
  },
})
