/** Which problem documents an endpoint may answer with, and what each of them carries besides its code. */
import { ERRORS, type ErrorCode } from '@hangar/core'
import { z } from 'zod'
import { ROLES } from '../auth/caller.ts'
import type { Access, Answers, Declared, Reads } from './declaration.ts'
import { takesIdempotencyKey } from './idempotency.ts'

const detail = z.string().describe('What exactly is in the way.')

/** Fields beyond those that every problem document has. A code that is not here has none. */
const DETAILS: { [Code in ErrorCode]?: z.ZodRawShape } = {
  bulk_changed: { eligible: z.int().describe('How many it would be done to now.') },
  entitlement_conflict: { detail },
  forbidden: { needed_role: z.enum(ROLES).optional().describe('The least role that may do this.') },
  force_pointless: { detail },
  idempotency_answer_lost: { first_request_id: z.string() },
  method_not_allowed: { allow: z.array(z.string()) },
  orphan_not_adoptable: { detail },
  orphan_not_provable: { detail },
  override_changed: {
    override: z
      .looseObject({ id: z.int() })
      .nullable()
      .describe('What is in force now, as the user shows it; null: none.'),
  },
  rate_limited: {
    retry_after_seconds: z.int().optional().describe('As in the header `Retry-After`.'),
  },
  validation_failed: {
    errors: z.array(
      z.strictObject({
        field: z.string().describe('Where it is: `user_id` in the body, else `query.limit`, `path.id`, …'),
        message: z.string(),
      }),
    ),
  },
}

/** The problem document of a code, as it is sent. */
export function problemSchema(code: ErrorCode): z.ZodType {
  const { status, publicMessage } = ERRORS[code]
  return z
    .strictObject({
      type: z.literal(`urn:hangar:problem:${code}`),
      title: z.string(),
      status: z.literal(status),
      code: z.literal(code),
      request_id: z.string(),
      ...DETAILS[code],
    })
    .describe(publicMessage)
}

const BY_ACCESS: Record<Access, readonly ErrorCode[]> = {
  viewer: ['unauthorized', 'forbidden'],
  operator: ['unauthorized', 'forbidden'],
  admin: ['unauthorized', 'forbidden'],
  session: ['unauthorized'],
  // 422: it does not say which machine it is.
  app: [
    'unauthorized',
    'database_restored',
    'generation_ended',
    'machine_not_current',
    'machine_not_recorded',
    'validation_failed',
  ],
  shared: ['unauthorized'],
  sender: ['bad_signature', 'stale_timestamp'],
  anyone: [],
}

/** Where a token may have to be checked with keys that the project publishes. */
const BY_TOKEN: ReadonlySet<Access> = new Set(['viewer', 'operator', 'admin'])
/** Where a browser's session is enough. */
const BY_SESSION: ReadonlySet<Access> = new Set([...BY_TOKEN, 'session'])

/** An endpoint's own codes, and those that follow from who may call it and what it reads. */
export function problemsOf(access: Access, spec: Declared<Reads, Answers>): ErrorCode[] {
  const { path, query, header, body } = spec.reads ?? {}
  const codes: ErrorCode[] = [...BY_ACCESS[access], ...(spec.problems ?? []), 'internal']
  if (BY_TOKEN.has(access)) codes.push('rate_limited', 'sign_in_unavailable')
  if (BY_SESSION.has(access) && spec.method !== 'get') codes.push('csrf_failed')
  if (BY_TOKEN.has(access) && takesIdempotencyKey(spec))
    codes.push(
      'idempotency_answer_lost',
      'idempotency_in_flight',
      'idempotency_mismatch',
      'validation_failed',
    )
  if (path ?? query ?? header ?? body) codes.push('validation_failed')
  if (path ?? body) codes.push('bad_request')
  if (body) codes.push('payload_too_large', 'unsupported_media_type')
  if (access !== 'anyone' && access !== 'sender') codes.push('database_unavailable')
  return [...new Set(codes)].sort()
}
