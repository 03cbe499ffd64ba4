/**
 * `Idempotency-Key`: a change that is sent twice under one key is carried out once. The key belongs to its caller; the same
 * request again gets the same answer, for a day. A refused one has changed nothing and is forgotten.
 */
import { createHash } from 'node:crypto'
import { HangarError, isHangarError } from '@hangar/core'
import {
  claimIdempotencyKey,
  type Database,
  expireIdempotencyClaim,
  fencedByClaim,
  recordIdempotentAnswer,
  releaseIdempotencyKey,
} from '@hangar/db'
import type { Request } from 'express'
import { z } from 'zod'
import type { Caller } from '../auth/caller.ts'
import type { ApiDeps } from '../deps.ts'
import type { Method, Reply } from './declaration.ts'
import { validationError } from './problem.ts'

/** Longer than any change takes: whoever died with it in hand is not waited for any longer, and who was slower commits nothing. */
const LOCK_MS = 120_000

const IDEMPOTENCY_HEADER = 'idempotency-key'

const idempotencyKey = z
  .string()
  .regex(/^[\x21-\x7e]{1,255}$/, '1 to 255 visible characters of ASCII')
  .describe(
    'Sent again under the same key, the same request is carried out once and answered alike, for a day.',
  )

export const idempotencyHeader = z.object({ [IDEMPOTENCY_HEADER]: idempotencyKey.optional() })

/** Every change of the admin API does. The doctor changes nothing, and has to answer where no key can be kept. */
export function takesIdempotencyKey({ method, path }: { method: Method; path: string }): boolean {
  return method !== 'get' && path.startsWith('/v1/') && path !== '/v1/doctor'
}

type Once = { deps: ApiDeps; requestId: string; caller: Caller }

/**
 * Carries it out, unless that was done under the same key before. Call it once the body has been read. What is changed has to
 * be changed in transactions of the database that `carryOut` is given.
 */
export async function carryOutOnce<R extends Reply>(
  request: Request,
  { deps, requestId, caller }: Once,
  carryOut: (db: Database) => Promise<R>,
): Promise<R> {
  const read = idempotencyHeader.safeParse(request.headers)
  if (!read.success) throw validationError(read.error, 'header')
  const key = read.data[IDEMPOTENCY_HEADER]
  const { db, logger } = deps
  if (key === undefined) return carryOut(db)
  const { actor } = caller
  const fingerprint = fingerprintOf(request)
  const claim = await claimIdempotencyKey(db, { actor, key }, { fingerprint, requestId, lockMs: LOCK_MS })
  if (claim.kind === 'answered') {
    const { status, headers, body } = claim.answer
    // As the same endpoint answered it.
    return { status, headers, ...(body === null ? {} : { body: JSON.parse(body) as unknown }) } as R
  }
  if (claim.kind !== 'claimed') throw refusal(claim)
  const held = { actor, key, claimId: claim.claimId }
  const told = (err: unknown) => logger.warn({ err, key }, 'an Idempotency-Key was not let go')
  try {
    const reply = await carryOut(fencedByClaim(db, held))
    const body = reply.body === undefined ? null : JSON.stringify(reply.body)
    await recordIdempotentAnswer(db, held, {
      status: reply.status,
      headers: { ...reply.headers },
      body,
    }).catch(told)
    return reply
  } catch (error) {
    const refused = isHangarError(error) && error.status < 500
    await (refused ? releaseIdempotencyKey(db, held) : expireIdempotencyClaim(db, held)).catch(told)
    throw error
  }
}

/** `expected_eligible` says when to refuse, not what to do: whoever repeats a request may not know any more what it was. */
function fingerprintOf(request: Request): string {
  const body = request.body as unknown
  const parts = [request.method, request.originalUrl, body === undefined ? null : body]
  const text = JSON.stringify(parts, (name, value: unknown) =>
    name === 'expected_eligible' ? undefined : value,
  )
  return createHash('sha256').update(text).digest('base64url')
}

function refusal(
  claim: { kind: 'in_flight' } | { kind: 'mismatch' } | { kind: 'answer_lost'; requestId: string },
): HangarError {
  if (claim.kind === 'answer_lost')
    return new HangarError('idempotency_answer_lost', {
      details: { first_request_id: claim.requestId },
    })
  return new HangarError(claim.kind === 'mismatch' ? 'idempotency_mismatch' : 'idempotency_in_flight')
}
