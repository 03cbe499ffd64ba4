import { listFleetEvents } from '@hangar/db'
import { page, pageOf } from '../../../http/cursor.ts'
import { defineRoute } from '../../../http/route.ts'
import { viewEvent } from '../list-app-events/handler.ts'
import { fleetEvent, listFleetEventsQuery } from './schema.ts'

export const listEventsRoute = defineRoute({
  method: 'get',
  path: '/v1/events',
  access: 'viewer',
  summary: 'What happened in the whole fleet, newest first',
  reads: { query: listFleetEventsQuery },
  answers: { 200: pageOf(fleetEvent) },
  handle: async ({ query: { limit, cursor, type, status, user_id: userId, since } }, { deps }) => {
    const filter = { type, status, userId, since, limit: limit + 1, beforeId: cursor }
    const rows = await listFleetEvents(deps.db, filter)
    const view = (event: (typeof rows)[number]) => ({ ...viewEvent(event), user_id: event.userId })
    return { status: 200, body: page(rows, limit, { key: ({ id }) => id, view }) }
  },
})
