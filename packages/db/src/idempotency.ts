/**
 * `hangar.idempotency_keys`: requests that may be sent twice and are carried out once.
 *
 *   unknown ─ claimed ─▶ in flight ─ answered ─▶ answered: the same request gets the same answer, for a day
 *      ▲                  │    │ its process died, or was too slow: once the claim has run out, the row says what became of it
 *      │                  │    ├── not carried out: it may be claimed again, and whoever had it can commit nothing any more
 *      │                  │    └── carried out: its answer is lost
 *      └── refused: nothing was changed, and the same key may be used again
 */
import { HangarError } from '@hangar/core'
import { sql } from 'kysely'
import type { Database, Tx } from './database.ts'
import { intervalMs } from './now.ts'

export type StoredAnswer = { status: number; headers: Record<string, string>; body: string | null }

export type IdempotencyKey = { actor: string; key: string }

/** One's own claim: no other ever has its id. */
export type HeldKey = IdempotencyKey & { claimId: string }

export type Claim =
  | { kind: 'claimed'; claimId: string }
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
  carriedOut: boolean
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
  const { rows: claimed } = await sql<{ claimId: string }>`
    insert into hangar.idempotency_keys as known (actor, key, fingerprint, request_id, locked_until)
    values (${actor}, ${key}, ${fingerprint}, ${requestId}, hangar.now() + ${intervalMs(lockMs)})
    on conflict (actor, key) do update set fingerprint = excluded.fingerprint, request_id = excluded.request_id,
      claim_id = excluded.claim_id, locked_until = excluded.locked_until, created_at = hangar.now(),
      carried_out = false, status = null, headers = null, body = null
    where known.created_at <= hangar.now() - ${intervalMs(KEPT_MS)}
      or (known.status is null and not known.carried_out and known.locked_until <= hangar.now()
        and known.fingerprint = excluded.fingerprint)
    returning claim_id`.execute(db)
  const [own] = claimed
  if (own) return { kind: 'claimed', claimId: own.claimId }
  const { rows } = await sql<Found>`
    select fingerprint, request_id, carried_out, locked_until > hangar.now() as locked, status, headers, body
    from hangar.idempotency_keys where actor = ${actor} and key = ${key}`.execute(db)
  const [found] = rows
  // Refused in this very moment: whoever sends it again finds it free.
  if (!found) return { kind: 'in_flight' }
  if (found.fingerprint !== fingerprint) return { kind: 'mismatch' }
  const { status, headers, body } = found
  if (status !== null) return { kind: 'answered', answer: { status, headers: headers ?? {}, body } }
  // Not carried out and not held: it ran out in this very moment.
  const isLost = found.carriedOut && !found.locked
  return isLost ? { kind: 'answer_lost', requestId: found.requestId } : { kind: 'in_flight' }
}

/**
 * The same database, whose transactions commit only while the claim is one's own, and write down with the change that it was
 * carried out. They fail with `idempotency_in_flight` once another holds it. Single statements are not held back: whoever
 * changes something does it in a transaction.
 */
export function fencedByClaim(db: Database, held: HeldKey): Database {
  const execute = <T>(change: (tx: Tx) => Promise<T>) =>
    db.transaction().execute(async (tx) => {
      await assertHeld(tx, held)
      const result = await change(tx)
      await markCarriedOut(tx, held)
      return result
    })
  return new Proxy(db, {
    get: (target, name) => {
      if (name === 'transaction') return () => ({ execute })
      const value: unknown = Reflect.get(target, name, target)
      return typeof value === 'function' ? (value.bind(target) as unknown) : value
    },
  })
}

async function assertHeld(tx: Tx, held: HeldKey): Promise<void> {
  const { rows } = await sql`select from hangar.idempotency_keys where ${holds(held)}`.execute(tx)
  if (rows.length === 0) throw overtaken(held)
}

/** As the last statement: from here to the commit nobody can claim it. */
async function markCarriedOut(tx: Tx, held: HeldKey): Promise<void> {
  const { numAffectedRows } =
    await sql`update hangar.idempotency_keys set carried_out = true where ${holds(held)}`.execute(tx)
  if (numAffectedRows !== 1n) throw overtaken(held)
}

const holds = ({ actor, key, claimId }: HeldKey) =>
  sql`actor = ${actor} and key = ${key} and claim_id = ${claimId} and status is null`

function overtaken({ key }: HeldKey): HangarError {
  return new HangarError('idempotency_in_flight', { operator: `another request holds the key ${key} by now` })
}

/** What it was answered with. Nothing is written where another request holds the claim by now. */
export async function recordIdempotentAnswer(
  db: Database,
  held: HeldKey,
  { status, headers, body }: StoredAnswer,
): Promise<void> {
  await sql`
    update hangar.idempotency_keys set status = ${status}, headers = ${JSON.stringify(headers)}::jsonb, body = ${body}
    where ${holds(held)}`.execute(db)
}

/** It was refused, and has changed nothing: as if it had never been sent. */
export async function releaseIdempotencyKey(db: Database, held: HeldKey): Promise<void> {
  await sql`
    delete from hangar.idempotency_keys
    where ${holds(held)}`.execute(db)
}

/** Nobody knows what became of it: whoever sends it again finds out at once. */
export async function expireIdempotencyClaim(db: Database, held: HeldKey): Promise<void> {
  await sql`
    update hangar.idempotency_keys set locked_until = hangar.now()
    where ${holds(held)}`.execute(db)
}

/** How many were forgotten, `limit` at most. */
export async function deleteOldIdempotencyKeys(db: Database, limit: number): Promise<number> {
  const result = await sql`
    delete from hangar.idempotency_keys where (actor, key) in (
      select actor, key from hangar.idempotency_keys where created_at < hangar.now() - ${intervalMs(KEPT_MS)}
      order by created_at limit ${limit})`.execute(db)
  return Number(result.numAffectedRows ?? 0n)
}
