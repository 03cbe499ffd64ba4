/**
 * Every failure of this client is a FlyError with a stable `code` that names the cause, so that a
 * caller branches on one word and never on a status or on text. The registry below is the only
 * list of causes; the table in README.md is generated from it.
 */

interface Cause {
  /** What happened, in one sentence. */
  summary: string
  /** How the classifier knows. */
  seen: string
  /** What a caller does about it. */
  advice: string
  /** The same call may succeed later, with nothing changed by a person. */
  retryable: boolean
  /** The call may have been applied although it failed, where it was a mutation and had been sent. */
  ambiguous: boolean
}

const settled = { retryable: false, ambiguous: false }
const transient = { retryable: true, ambiguous: false }
const unclear = { retryable: true, ambiguous: true }

export const FLY_ERRORS = {
  aborted: {
    ...unclear,
    summary: 'The caller aborted the call.',
    seen: "the caller's AbortSignal",
    advice: 'Nothing by itself; look before repeating a mutation.',
  },
  conflict: {
    ...transient,
    summary: 'The object changed meanwhile, or its state does not allow this now.',
    seen: '409 or 412 with no closer cause; 422 `uniqueness constraint violated`',
    advice: 'Read it again, then decide.',
  },
  host_capacity: {
    ...transient,
    summary: 'The host that this machine or volume lives on has no room.',
    seen: '409 `insufficient resources`, `could not reserve resource`; 412 `volume_placement_capacity`; `deploys to this host are temporarily disabled`',
    advice: 'Recreate the machine; it will land on another host.',
  },
  lease_held: {
    ...transient,
    summary: 'Somebody else holds the lease of this machine.',
    seen: '409 or 412 `lease currently held`',
    advice: 'Wait for `leaseExpiresAt`, bounded, or pass the nonce of your own lease.',
  },
  machine_failed: {
    ...settled,
    summary: 'The machine came to an end that the awaited state cannot follow.',
    seen: 'wait: state `failed`, `destroyed` or a crash, in `machineState`',
    advice: 'Read the message, which has what its events say, and the logs; replace the machine.',
  },
  machine_limit: {
    ...settled,
    summary: 'The organisation may not have more machines.',
    seen: '422 `reached its machine limit`',
    advice: 'Stop and tell a person: only Fly raises the limit.',
  },
  machine_name_taken: {
    ...settled,
    summary: 'The app has a machine of this name, in `machineId`.',
    seen: '409 `unique machine name violation`',
    advice: 'Check that machine and adopt it; `ensureMachine` does.',
  },
  name_taken: {
    ...settled,
    summary: 'The app name is taken, by us or by an organisation that we cannot see.',
    seen: '422 with status `name_taken`; 409 on app create',
    advice: 'Look whether it is ours, else choose another name; `ensureApp` does the first.',
  },
  network_after_send: {
    ...unclear,
    summary: 'The connection broke after the request had been sent.',
    seen: 'a socket error after the request was written',
    advice: 'Look before repeating a mutation.',
  },
  network_before_send: {
    ...transient,
    summary: 'No connection: nothing was sent.',
    seen: 'DNS, connect or TLS failed',
    advice: 'Repeat.',
  },
  not_found: {
    ...settled,
    summary: 'There is no such app, machine, lease or key, or no longer.',
    seen: '404, 410; 400 or 422 `could not find app`',
    advice: 'Success when you were deleting it.',
  },
  rate_limited: {
    ...transient,
    summary: 'Too many requests for this action on this app or machine; it was not applied.',
    seen: '429, `resource_exhausted: rate limit exceeded`',
    advice: 'Repeat after `retryAfterMs` if given, else with backoff.',
  },
  region_capacity: {
    ...transient,
    summary: 'The region has no room for this machine.',
    seen: 'status `insufficient_capacity`; `no capacity`, `could not find a candidate host`',
    advice: 'Try the next region, or later.',
  },
  region_quota: {
    ...settled,
    summary: "The organisation's memory quota in this region is used up. This 403 is not about the token.",
    seen: '403 `over the allowed quota`',
    advice: 'Try the next region and tell a person.',
  },
  replaced: {
    ...transient,
    summary: 'The machine is being replaced, or the version asked about was.',
    seen: '412 `machine getting replaced`; wait: `currently replaced`',
    advice: 'Read the machine, then repeat with what it is now.',
  },
  timeout: {
    ...unclear,
    summary: 'No complete answer in time.',
    seen: "the attempt's or the call's own deadline; 408 outside wait",
    advice: 'Look before repeating a mutation.',
  },
  unauthorized: {
    ...settled,
    summary: 'The token is not accepted, or not for this object.',
    seen: '401; 403 that is not a quota (on an app: it exists in an organisation that we cannot see)',
    advice: 'Do not repeat; check the token.',
  },
  unavailable: {
    ...unclear,
    summary: 'Fly did not serve the request.',
    seen: 'any 5xx; the circuit breaker, in which case nothing was sent',
    advice: 'Repeat with backoff; look before repeating a mutation.',
  },
  unexpected_answer: {
    ...unclear,
    summary: 'The answer is not what Fly documents, or larger than allowed.',
    seen: 'a redirect, not JSON, a field of another type, a body over the limit',
    advice: 'Look before repeating a mutation; report it if it stays.',
  },
  validation: {
    ...settled,
    summary: 'Fly refused the request as it is.',
    seen: '400, 422 and other 4xx with no closer cause; a value that we refuse to send',
    advice: 'Correct the request.',
  },
  wait_deadline: {
    ...transient,
    summary: 'The machine did not reach the state in the time given.',
    seen: 'wait: 408 in every slice until the deadline',
    advice: 'Wait on, or look at the machine and its events.',
  },
} satisfies Record<string, Cause>

export type FlyErrorCode = keyof typeof FLY_ERRORS

/** What is known about one failed call besides its code. Absent is absent, never a guess. */
export interface FlyErrorFacts {
  operation: string
  method: string
  path: string
  kind: 'read' | 'mutation'
  /** False only where it is certain that no byte reached Fly. */
  sent: boolean
  reason?: string | undefined
  status?: number | undefined
  body?: string | undefined
  requestId?: string | undefined
  retryAfterMs?: number | undefined
  machineId?: string | undefined
  machineState?: string | undefined
  leaseExpiresAt?: Date | undefined
  cause?: unknown
}

/** The one error class of this package. Neither message nor body contains a secret that we sent. */
export class FlyError extends Error {
  override readonly name = 'FlyError'
  readonly code: FlyErrorCode
  /** Low in cardinality, for metrics: `machines.create`. */
  readonly operation: string
  readonly method: string
  readonly path: string
  readonly status: number | undefined
  /** The start of the body Fly answered, redacted. */
  readonly body: string | undefined
  /** Fly's `fly-request-id`: what its support asks for. */
  readonly requestId: string | undefined
  /** The same call may succeed later. Says nothing on whether repeating is safe: see `ambiguous`. */
  readonly retryable: boolean
  /** The call may have been applied: look before repeating it. Never true of a read. */
  readonly ambiguous: boolean
  /** False only where it is certain that no byte reached Fly. */
  readonly sent: boolean
  readonly retryAfterMs: number | undefined
  /** Of `machine_name_taken`: the machine that has the name. */
  readonly machineId: string | undefined
  /** Of `machine_failed` and `wait_deadline`: the state it was last seen in. */
  readonly machineState: string | undefined
  readonly leaseExpiresAt: Date | undefined

  constructor(code: FlyErrorCode, facts: FlyErrorFacts) {
    super(describe(code, facts), facts.cause === undefined ? undefined : { cause: facts.cause })
    this.code = code
    this.operation = facts.operation
    this.method = facts.method
    this.path = facts.path
    this.status = facts.status
    this.body = facts.body
    this.requestId = facts.requestId
    this.retryable = FLY_ERRORS[code].retryable
    this.ambiguous = FLY_ERRORS[code].ambiguous && facts.kind === 'mutation' && facts.sent
    this.sent = facts.sent
    this.retryAfterMs = facts.retryAfterMs
    this.machineId = facts.machineId
    this.machineState = facts.machineState
    this.leaseExpiresAt = facts.leaseExpiresAt
  }
}

function describe(code: FlyErrorCode, facts: FlyErrorFacts): string {
  const marks = [
    code,
    facts.status === undefined ? undefined : `status ${facts.status}`,
    facts.requestId === undefined ? undefined : `request ${facts.requestId}`,
  ].filter((mark) => mark !== undefined)
  return `${facts.method} ${facts.path}: ${facts.reason ?? FLY_ERRORS[code].summary} (${marks.join(', ')})`
}

/** Whether this is a FlyError, and of one of these codes if any are given. */
export function isFlyError<C extends FlyErrorCode>(
  error: unknown,
  ...codes: C[]
): error is FlyError & { readonly code: C } {
  return error instanceof FlyError && (codes.length === 0 || (codes as FlyErrorCode[]).includes(error.code))
}
