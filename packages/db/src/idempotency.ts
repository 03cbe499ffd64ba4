/**
 * `hangar.idempotency_keys`: requests that may be sent twice and are carried out once.
 *
 *   unknown ─ claimed ─▶ in flight ─ answered ─▶ answered: the same request gets the same answer, for a day
 *      ▲                  │    │ its process died: once the claim has run out, the audit log says what became of it
 *      │                  │    ├── nothing written there: it was not carried out, and may be claimed again
 *      │                  │    └── something: it was, and its answer is lost
 *      └── refused: nothing was changed, and the same key may be used again
 */
import { sql } from 'kysely'
import type { Database } from './database.ts'
import { intervalMs } from './now.ts'

export type StoredAnswer = { status: number; headers: Record<string, string>; body: string | null }

export type IdempotencyKey = { actor: string; key: string }

export type Claim =
  | { kind: 'claimed' }
  | { kind: 'answered'; answer: StoredAnswer }
  | { kind: 'in_flight' }
  /** The key was used for something else. */
  | { kind: 'mismatch' }
  /** It was carried out by this request, and nobody knows any more what was answered. */
  | { kind: 'answer_lost'; requestId: string }

const KEPT_MS = 24 * 60 * 60_000

type Found = {
  fingerprint: string
  requestId: string
  auditAfter: number
  locked: boolean
  status: number | null
  headers: Record<string, string> | null
  body: string | null
}

/** Of any number of claims at once, one is `claimed`, and holds it for `lockMs`. */
export async function claimIdempotencyKey(
  db: Database,
  { actor, key }: IdempotencyKey,
  request: { fingerprint: string; requestId: string; lockMs: number },
): Promise<Claim> {
  const { fingerprint, requestId, lockMs } = request
  const values = sql`(${actor}, ${key}, ${fingerprint}, ${requestId},
    coalesce((select max(id) from hangar.audit_log), 0), hangar.now() + ${intervalMs(lockMs)})`
  const { rows: claimed } = await sql`
    insert into hangar.idempotency_keys as known (actor, key, fingerprint, request_id, audit_after, locked_until)
    values ${values}
    on conflict (actor, key) do update set fingerprint = excluded.fingerprint, request_id = excluded.request_id,
      audit_after = excluded.audit_after, locked_until = excluded.locked_until, created_at = hangar.now(),
      status = null, headers = null, body = null
    where known.created_at <= hangar.now() - ${intervalMs(KEPT_MS)}
      or (known.status is null and known.locked_until <= hangar.now() and known.fingerprint = excluded.fingerprint
        and not exists (
          select from hangar.audit_log written where written.id > known.audit_after
            and written.actor = known.actor and written.request_id = known.request_id))
    returning known.key`.execute(db)
  if (claimed.length > 0) return { kind: 'claimed' }
  const { rows } = await sql<Found>`
    select fingerprint, request_id, audit_after, locked_until > hangar.now() as locked, status, headers, body
    from hangar.idempotency_keys where actor = ${actor} and key = ${key}`.execute(db)
  const [found] = rows
  // Refused in this very moment: whoever sends it again finds it free.
  if (!found) return { kind: 'in_flight' }
  if (found.fingerprint !== fingerprint) return { kind: 'mismatch' }
  const { status, headers, body } = found
  if (status !== null) return { kind: 'answered', answer: { status, headers: headers ?? {}, body } }
  return found.locked ? { kind: 'in_flight' } : { kind: 'answer_lost', requestId: found.requestId }
}

/** What it was answered with. `requestId`: nothing is written where another request holds the claim by now. */
export async function recordIdempotentAnswer(
  db: Database,
  { actor, key, requestId }: IdempotencyKey & { requestId: string },
  { status, headers, body }: StoredAnswer,
): Promise<void> {
  await sql`
    update hangar.idempotency_keys set status = ${status}, headers = ${JSON.stringify(headers)}::jsonb, body = ${body}
    where actor = ${actor} and key = ${key} and request_id = ${requestId} and status is null`.execute(db)
}

/** It was refused, and has changed nothing: as if it had never been sent. */
export async function releaseIdempotencyKey(
  db: Database,
  { actor, key, requestId }: IdempotencyKey & { requestId: string },
): Promise<void> {
  await sql`
    delete from hangar.idempotency_keys
    where actor = ${actor} and key = ${key} and request_id = ${requestId} and status is null`.execute(db)
}

/** Nobody knows what became of it: whoever sends it again finds out at once. */
export async function expireIdempotencyClaim(
  db: Database,
  { actor, key, requestId }: IdempotencyKey & { requestId: string },
): Promise<void> {
  await sql`
    update hangar.idempotency_keys set locked_until = hangar.now()
    where actor = ${actor} and key = ${key} and request_id = ${requestId} and status is null`.execute(db)
}

/** How many were forgotten, `limit` at most. */
export async function deleteOldIdempotencyKeys(db: Database, limit: number): Promise<number> {
  const result = await sql`
    delete from hangar.idempotency_keys where (actor, key) in (
      select actor, key from hangar.idempotency_keys where created_at < hangar.now() - ${intervalMs(KEPT_MS)}
      order by created_at limit ${limit})`.execute(db)
  return Number(result.numAffectedRows ?? 0n)
}
