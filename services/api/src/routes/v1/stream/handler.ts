import { z } from 'zod'
import { textInPieces } from '../../../http/answer-fields.ts'
import { defineRoute } from '../../../http/route.ts'

export const streamChanges = defineRoute({
  method: 'get',
  path: '/v1/stream',
  access: 'viewer',
  summary: 'What changes, as it happens',
  description: `Server-sent events. \`hello\` comes first. \`app\`: something happened to a user, \`{event_id, user_id,
app_id, status, health_status, event_type, message, at}\`, with the app's status as it is now. \`alert\`: one was raised,
raised again, acknowledged or resolved, \`{id, kind, subject, severity, message, times, state, at}\`. \`bulk\`: one goes
on, \`{bulk_id, state, at}\`. \`audit\`: a person or a key acted, \`{id, actor, action, user_id, reason, at}\`.

Whoever comes back with the last \`id\` in \`Last-Event-ID\` is told everything that they missed; some of it twice, where
the connection broke in the middle. \`reset\`: that cannot be told any more, or it is too much: read everything anew.
A comment comes at least each 15 seconds. One caller has 20 streams at most. The stream ends when the session does, or the reader is too slow.`,
  reads: {
    header: z.object({ 'last-event-id': z.string().max(16_000).optional().describe('The last `id` seen.') }),
  },
  answers: {
    200: {
      body: textInPieces,
      type: 'text/event-stream',
      headers: { 'Cache-Control': 'Never kept.', 'X-Accel-Buffering': 'Proxies pass each event on at once.' },
    },
  },
  handle: ({ header }, { deps, caller, isStillAllowed }) => {
    const after = header['last-event-id']
    return Promise.resolve({
      status: 200 as const,
      headers: { 'Cache-Control': 'no-store, no-transform', 'X-Accel-Buffering': 'no' },
      body: deps.changes.listen({
        who: caller.actor,
        after: after === '' ? undefined : after,
        isStillAllowed,
      }),
    })
  },
})
