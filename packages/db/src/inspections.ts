/**
 * `hangar.inspections`: questions that only the worker can answer, because only it may ask Fly. The API writes the
 * question, the worker the answer; both are looked at by people, and forgotten after a day.
 */
import type { ForcedAction, Guest } from '@hangar/core'
import { sql } from 'kysely'
import type { Database, Tx } from './database.ts'
import { intervalMs } from './now.ts'
import type { OverrideDesired } from './schema.ts'

/** As things are, or as if this were so. `override` null: as if there were none. */
export type Question = {
  override?: { desired: OverrideDesired; guest: Guest | null; region?: string | null } | null
  forced?: ForcedAction
}

/** How the worker itself stands, with Fly above all: about no user. */
export type DoctorQuestion = { doctor: true }

export type InspectionRow = {
  id: string
  /** Null: about no user. */
  userId: string | null
  question: Question | DoctorQuestion
  createdAt: Date
  doneAt: Date | null
  /** The plan and what it was made from, or `{"error"}`. */
  result: Record<string, unknown> | null
}

const KEPT_MS = 24 * 60 * 60_000

export async function insertInspection(
  db: Database | Tx,
  asked: { id: string; userId: string | null; question: Question | DoctorQuestion; requestedBy: string },
): Promise<void> {
  const { id, userId, question, requestedBy } = asked
  await sql`
    insert into hangar.inspections (id, user_id, question, requested_by)
    values (${id}, ${userId}, ${JSON.stringify(question)}::jsonb, ${requestedBy})`.execute(db)
}

export async function findInspection(db: Database | Tx, id: string): Promise<InspectionRow | null> {
  const { rows } = await sql<InspectionRow>`
    select id, user_id, question, created_at, done_at, result from hangar.inspections where id = ${id}`.execute(
    db,
  )
  return rows[0] ?? null
}

export async function answerInspection(
  db: Database | Tx,
  id: string,
  result: Record<string, unknown>,
): Promise<void> {
  await sql`
    update hangar.inspections set result = ${JSON.stringify(result)}::jsonb, done_at = hangar.now()
    where id = ${id}`.execute(db)
}

/** How many were forgotten, `limit` at most. */
export async function deleteOldInspections(db: Database | Tx, limit: number): Promise<number> {
  const result = await sql`
    delete from hangar.inspections where id in (
      select id from hangar.inspections where created_at < hangar.now() - ${intervalMs(KEPT_MS)}
      order by created_at limit ${limit})`.execute(db)
  return Number(result.numAffectedRows ?? 0n)
}
