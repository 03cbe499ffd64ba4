import { listPlacement, meetSharedBackend } from '@hangar/db'
import { defineSharedRoute } from '../shared-caller.ts'
import { placementAnswer, placementQuery } from './schema.ts'

export const placement = defineSharedRoute({
  method: 'get',
  path: '/shim/v1/placement',
  summary: 'Whose traders the shared backend is not to run, or what changed about that',
  reads: { query: placementQuery },
  answers: { 200: placementAnswer },
  handle: async ({ query }, { deps }) => {
    if (query.instance !== undefined) await meetSharedBackend(deps.db, query.instance)
    const { cursor, complete, users } = await listPlacement(deps.db, query.after)
    const views = users.map(({ userId, runsOn, move }) => ({ user_id: userId, runs_on: runsOn, move }))
    return { status: 200, body: { cursor, complete, users: views } }
  },
})
