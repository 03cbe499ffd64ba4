import { HangarError } from '@hangar/core'
import { listEvents, readFacts } from '@hangar/db'
import { page, pageOf } from '../../../http/cursor.ts'
import { defineRoute } from '../../../http/route.ts'
import { userIdPath } from '../fields.ts'
import { eventAnswer, listEventsQuery } from './schema.ts'

export const listAppEvents = defineRoute({
  method: 'get',
  path: '/v1/apps/:userId/events',
  access: 'viewer',
  summary: "What happened to all of this user's apps, newest first",
  reads: { path: userIdPath, query: listEventsQuery },
  answers: { 200: pageOf(eventAnswer) },
  problems: ['unknown_user'],
  handle: async ({ path: { userId }, query }, { deps }) => {
    const rows = await listEvents(deps.db, {
      userId,
      limit: query.limit + 1,
      ...(query.cursor === undefined ? {} : { beforeId: query.cursor }),
    })
    if (rows.length === 0 && !(await readFacts(deps.db, userId)).known) throw new HangarError('unknown_user')
    return { status: 200, body: page(rows, query.limit, { key: (event) => event.id, view: viewEvent }) }
  },
})

export function viewEvent(event: Awaited<ReturnType<typeof listEvents>>[number]) {
  return {
    id: event.id,
    user_fly_app_id: event.userFlyAppId,
    event_type: event.eventType,
    status: event.status,
    message: event.message,
    metadata: event.metadata,
    actor: event.actor,
    created_at: event.createdAt,
  }
}
