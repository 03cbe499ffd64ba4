import { listAuditLog } from '@hangar/db'
import { z } from 'zod'
import { time } from '../../../http/answer-fields.ts'
import { page, pageOf, pageQuery } from '../../../http/cursor.ts'
import { defineRoute } from '../../../http/route.ts'
import { textField } from '../../../http/text-field.ts'
import { idText } from '../fields.ts'
import { sinceText, words } from '../list-events/schema.ts'

const auditEntry = z
  .strictObject({
    id: z.int(),
    actor: z
      .string()
      .describe(
        '`user:` and an id, `service_role` for a key, `direct:` and the account of whoever worked on the database, or the name of a worker.',
      ),
    action: z.string().describe('`app.provision`, `brake.release`, …'),
    user_id: z.guid().nullable().describe('The user it was done to.'),
    reason: z.string().nullable(),
    request_id: z.string().nullable(),
    before: z.unknown(),
    after: z.unknown(),
    created_at: time,
  })
  .meta({ id: 'AuditEntry' })

export const listAuditRoute = defineRoute({
  method: 'get',
  path: '/v1/audit',
  access: 'viewer',
  summary: 'What people and keys have done, newest first',
  reads: {
    query: z.strictObject({
      ...pageQuery(idText),
      actor: textField({ max: 200 }).optional(),
      action: words.describe('The name of an act; several with a comma between.').optional(),
      user_id: z.guid().toLowerCase().optional(),
      since: sinceText.optional(),
    }),
  },
  answers: { 200: pageOf(auditEntry) },
  handle: async ({ query: { limit, cursor, actor, action, user_id: userId, since } }, { deps }) => {
    const filter = { actor, action, userId, since, limit: limit + 1, beforeId: cursor }
    const rows = await listAuditLog(deps.db, filter)
    return { status: 200, body: page(rows, limit, { key: ({ id }) => id, view: viewEntry }) }
  },
})

function viewEntry(row: Awaited<ReturnType<typeof listAuditLog>>[number]) {
  const { id, actor, action, userId, reason, requestId, before, after, createdAt } = row
  return {
    id,
    actor,
    action,
    user_id: userId,
    reason,
    request_id: requestId,
    before,
    after,
    created_at: createdAt,
  }
}
