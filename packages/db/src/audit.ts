/** `hangar.audit_log`: each mutation by a person or a key, append-only. */
import type { Selectable } from 'kysely'
import type { Database, Tx } from './database.ts'
import type { Schema } from './schema.ts'

export type AuditRow = Selectable<Schema['hangar.auditLog']>

export type NewAudit = {
  actor: string
  /** `<thing>.<verb>`, as `app.provision`. */
  action: string
  userId?: string | null
  reason?: string | null
  requestId?: string | null
  /** Plain data without secrets. */
  before?: unknown
  after?: unknown
}

/** Written in the transaction of what it records, so that neither is there without the other. */
export async function insertAudit(tx: Database | Tx, { before, after, ...audit }: NewAudit): Promise<void> {
  const values = { ...audit, before: toJson(before), after: toJson(after) }
  await tx.insertInto('hangar.auditLog').values(values).execute()
}

export function listAudit(db: Database | Tx, page: { limit: number; userId?: string }): Promise<AuditRow[]> {
  let query = db.selectFrom('hangar.auditLog').selectAll()
  if (page.userId !== undefined) query = query.where('userId', '=', page.userId)
  return query.orderBy('id', 'desc').limit(page.limit).execute()
}

function toJson(value: unknown): string | null {
  return value == null ? null : JSON.stringify(value)
}
