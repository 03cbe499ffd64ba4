/**
 * Every error Hangar raises on purpose: a stable code, the HTTP status it maps to, a sentence for the caller,
 * and whether trying again can help. The operator's text is given where the error is raised and goes to the
 * log only; the caller sees `publicMessage` and `details`, so neither may ever carry a secret.
 */
type RegistryEntry = {
  /** HTTP status when the error reaches an API caller. */
  status: number
  /** The sentence a caller may see. */
  publicMessage: string
  /** `transient`: the engine retries with backoff. `permanent`: trying again changes nothing. */
  retry: 'transient' | 'permanent'
}

export const ERRORS = {
  app_name_taken: { status: 409, publicMessage: 'That app name was already used.', retry: 'transient' },
  app_not_deleted: {
    status: 504,
    publicMessage: 'Fly.io has not deleted the app in time.',
    retry: 'transient',
  },
  app_not_ours: {
    status: 409,
    publicMessage: 'An app of that name exists on Fly and does not belong to this installation.',
    retry: 'transient',
  },
  brake_not_by_hand: {
    status: 409,
    publicMessage:
      'This brake engages by its own condition only. The brakes operator and restored are engaged by hand too.',
    retry: 'permanent',
  },
  bad_request: { status: 400, publicMessage: 'The request could not be read.', retry: 'permanent' },
  bad_signature: { status: 401, publicMessage: 'The signature is missing or wrong.', retry: 'permanent' },
  bulk_changed: {
    status: 409,
    publicMessage: 'It would be done to another number of users by now. Look at the preview again.',
    retry: 'permanent',
  },
  bulk_over: { status: 409, publicMessage: 'This bulk is over, or cancelled.', retry: 'permanent' },
  bulk_pointless: {
    status: 409,
    publicMessage: 'It could be done to none of these users.',
    retry: 'permanent',
  },
  config_invalid: { status: 500, publicMessage: 'The service is not configured.', retry: 'permanent' },
  csrf_failed: {
    status: 403,
    publicMessage: "The session's X-CSRF-Token is missing or wrong, or another site asks.",
    retry: 'permanent',
  },
  database_restored: {
    status: 503,
    publicMessage: 'The database was restored, and it is not certain yet which machine is the present one.',
    retry: 'transient',
  },
  database_unavailable: { status: 503, publicMessage: 'The database is not reachable.', retry: 'transient' },
  entitlement_conflict: {
    status: 409,
    publicMessage: "The user's subscription says otherwise. Repeat with force and a reason to override it.",
    retry: 'permanent',
  },
  entitlement_unknown: {
    status: 409,
    publicMessage: 'What this user is entitled to cannot be told right now.',
    retry: 'transient',
  },
  fly_failed: { status: 502, publicMessage: 'Fly.io answered with an error.', retry: 'transient' },
  fly_rejected: { status: 502, publicMessage: 'Fly.io refused the request.', retry: 'permanent' },
  force_pointless: {
    status: 409,
    publicMessage: 'Forcing this would change nothing on this app now.',
    retry: 'permanent',
  },
  forbidden: { status: 403, publicMessage: 'Your role does not allow this.', retry: 'permanent' },
  generation_ended: {
    status: 410,
    publicMessage: 'This app generation has ended. Stop trading and stay idle.',
    retry: 'permanent',
  },
  health_deadline: {
    status: 504,
    publicMessage: 'The app did not become healthy in time.',
    retry: 'transient',
  },
  host_not_installed: {
    status: 500,
    publicMessage: 'Hangar is not installed on the host tables yet.',
    retry: 'permanent',
  },
  host_busy: {
    status: 503,
    publicMessage: 'The host tables are in use by long transactions.',
    retry: 'transient',
  },
  host_rows_hidden: {
    status: 500,
    publicMessage: 'The database role does not see the subscription rows.',
    retry: 'permanent',
  },
  idempotency_answer_lost: {
    status: 409,
    publicMessage:
      'The first request with this key was carried out, and its answer is lost. The audit log has it.',
    retry: 'permanent',
  },
  idempotency_in_flight: {
    status: 409,
    publicMessage: 'The first request with this key is still being carried out.',
    retry: 'transient',
  },
  idempotency_mismatch: {
    status: 422,
    publicMessage: 'This Idempotency-Key was used for another request.',
    retry: 'permanent',
  },
  internal: { status: 500, publicMessage: 'Something went wrong on our side.', retry: 'transient' },
  lease_lost: { status: 409, publicMessage: 'Another worker has taken over this user.', retry: 'transient' },
  machine_lost: {
    status: 502,
    publicMessage: 'The machine was gone before it had started.',
    retry: 'transient',
  },
  machine_not_current: {
    status: 410,
    publicMessage: 'This machine was replaced. Stop trading and stay idle.',
    retry: 'permanent',
  },
  machine_not_recorded: {
    status: 503,
    publicMessage: 'This machine is not recorded yet. Try again in a moment.',
    retry: 'transient',
  },
  machine_not_stopped: {
    status: 504,
    publicMessage: 'Fly.io has not stopped the machine in time.',
    retry: 'transient',
  },
  method_not_allowed: {
    status: 405,
    publicMessage: 'This address does not take that method.',
    retry: 'permanent',
  },
  migration_edited: {
    status: 500,
    publicMessage: 'A migration file was changed after it was applied.',
    retry: 'permanent',
  },
  migration_failed: { status: 500, publicMessage: 'A database migration failed.', retry: 'permanent' },
  no_app: { status: 404, publicMessage: 'This user has no app.', retry: 'permanent' },
  not_found: { status: 404, publicMessage: 'There is nothing at this address.', retry: 'permanent' },
  orphan_not_adoptable: {
    status: 409,
    publicMessage: "This app can not become its user's app again.",
    retry: 'permanent',
  },
  orphan_not_provable: {
    status: 409,
    publicMessage: 'Hangar can not prove that this app is its own, and would never delete it.',
    retry: 'permanent',
  },
  override_changed: {
    status: 409,
    publicMessage: 'Somebody has changed the override since. Look at what is there now.',
    retry: 'permanent',
  },
  payload_too_large: { status: 413, publicMessage: 'The request body is too large.', retry: 'permanent' },
  redis_unavailable: { status: 503, publicMessage: 'The queue is not reachable.', retry: 'transient' },
  rate_limited: { status: 429, publicMessage: 'Too many requests. Try again later.', retry: 'transient' },
  second_factor_needed: {
    status: 403,
    publicMessage: 'This account has a second factor: sign in with an access token that shows it (aal2).',
    retry: 'permanent',
  },
  sign_in_failed: { status: 401, publicMessage: 'The address or the password is wrong.', retry: 'permanent' },
  sign_in_unavailable: {
    status: 503,
    publicMessage: 'Supabase Auth is not reachable, so nobody can sign in right now.',
    retry: 'transient',
  },
  stale_timestamp: { status: 401, publicMessage: 'The timestamp is too old or too new.', retry: 'permanent' },
  unauthorized: { status: 401, publicMessage: 'Sign in first.', retry: 'permanent' },
  unknown_user: { status: 404, publicMessage: 'There is no such user.', retry: 'permanent' },
  unsupported_media_type: {
    status: 415,
    publicMessage: 'The request body has an encoding that is not read here.',
    retry: 'permanent',
  },
  validation_failed: { status: 422, publicMessage: 'A field is missing or wrong.', retry: 'permanent' },
} as const satisfies Record<string, RegistryEntry>

export type ErrorCode = keyof typeof ERRORS

export class HangarError extends Error {
  override readonly name = 'HangarError'
  readonly code: ErrorCode
  readonly status: number
  readonly publicMessage: string
  readonly retry: 'transient' | 'permanent'
  /** Machine-readable facts for the caller (field names, limits). Never a secret. */
  readonly details: Record<string, unknown> | undefined

  constructor(
    code: ErrorCode,
    options: { operator?: string; details?: Record<string, unknown>; cause?: unknown } = {},
  ) {
    const entry = ERRORS[code]
    super(
      options.operator ?? entry.publicMessage,
      options.cause === undefined ? {} : { cause: options.cause },
    )
    this.code = code
    this.status = entry.status
    this.publicMessage = entry.publicMessage
    this.retry = entry.retry
    this.details = options.details
  }
}

export function isHangarError(error: unknown, code?: ErrorCode): error is HangarError {
  return error instanceof HangarError && (code === undefined || error.code === code)
}
