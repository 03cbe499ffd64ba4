import { HangarError } from '@hangar/core'
import { listTimeline, readFacts, type TimelineRow } from '@hangar/db'
import type { z } from 'zod'
import { page, pageOf } from '../../../http/cursor.ts'
import { defineRoute } from '../../../http/route.ts'
import { userIdPath } from '../fields.ts'
import { timelineEntry, timelineQuery } from './schema.ts'

export const getTimeline = defineRoute({
  method: 'get',
  path: '/v1/apps/:userId/timeline',
  access: 'viewer',
  summary: 'What led to what for this user: what was wanted, who acted, what the engine did, newest first',
  reads: { path: userIdPath, query: timelineQuery },
  answers: { 200: pageOf(timelineEntry) },
  problems: ['unknown_user'],
  handle: async ({ path: { userId }, query: { limit, cursor } }, { deps }) => {
    const rows = await listTimeline(deps.db, { userId, limit: limit + 1, before: cursor })
    if (rows.length === 0 && !(await readFacts(deps.db, userId)).known) throw new HangarError('unknown_user')
    const key = (row: TimelineRow) => `${row.place} ${row.kind} ${row.id}`
    return { status: 200, body: page(rows, limit, { key, view: viewEntry }) }
  },
})

type Entry = z.output<typeof timelineEntry>

function viewEntry(row: TimelineRow): Entry {
  const { kind, id, at, name, status, message, actor, appId, details } = row
  return {
    key: kind === 'want' ? `want:${String(details['wanted_version'])}` : `${kind}:${id}`,
    kind: kind === 'event' ? kindOf(name, status) : kind,
    at,
    name,
    status,
    message,
    actor,
    user_fly_app_id: appId,
    attempt: attemptOf(details),
    fly: flyOf(details),
    details,
  }
}

const BEGINS_OR_ENDS = /_(started|completed|superseded|abandoned)$/

function kindOf(name: string, status: TimelineRow['status']): Entry['kind'] {
  if (name.startsWith('health_check_')) return 'health'
  if (name.startsWith('drift_')) return 'drift'
  if (/_(failed|retried)$/.test(name) || status === 'failed') return 'failure'
  // A machine that is started and a drain that is started are steps.
  return BEGINS_OR_ENDS.test(name) && !/_(machine|drain)_started$/.test(name) ? 'attempt' : 'step'
}

/** Of a failure that is known not to be Fly's answer, nothing is told of Fly. */
function flyOf(details: Record<string, unknown>): Entry['fly'] {
  const { fly_request_id: requestId, fly_status: status } = details
  if (requestId == null && status == null) return null
  return {
    request_id: typeof requestId === 'string' ? requestId : null,
    status: typeof status === 'number' ? Math.trunc(status) : null,
  }
}

function attemptOf({ fence, attempt }: Record<string, unknown>): string | null {
  if (typeof fence !== 'number') return null
  return typeof attempt === 'number' ? `${fence}.${attempt}` : String(fence)
}
