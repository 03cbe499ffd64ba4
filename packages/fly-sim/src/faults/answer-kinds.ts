import type { Answer } from '../http/answer.ts'

export type FaultParams = Record<
  string,
  string | number | boolean | null | undefined | Record<string, unknown>
>

type AnswerKind = {
  stage: 'answer'
  what: string
  params?: Record<string, string>
  answer: (params: FaultParams) => Answer
}

const error = (status: number, text: string, extra: Record<string, unknown> = {}) => ({
  status,
  json: { error: text, ...extra },
})

/** Faults that answer instead of the call. The texts are Fly's own where a source has them. */
export const ANSWER_KINDS = {
  status: {
    stage: 'answer',
    what: 'any status and body',
    params: {
      status: 'HTTP status, default 500',
      body: 'object sent as JSON',
      text: 'sent as plain text',
      retryAfterSeconds: 'Retry-After header',
    },
    answer: (params) => ({
      status: Number(params['status'] ?? 500),
      ...(params['text'] === undefined
        ? { json: params['body'] ?? { error: 'internal: injected fault' } }
        : { text: asText(params['text']) }),
      ...retryAfter(params),
    }),
  },
  unauthorized: {
    stage: 'answer',
    what: '401: the token is not accepted',
    answer: () => error(401, 'Authenticate: token validation error'),
  },
  forbidden: {
    stage: 'answer',
    what: '403: not ours',
    answer: () => error(403, 'permission_denied: not authorized to access this app'),
  },
  not_found: {
    stage: 'answer',
    what: '404: not visible (yet)',
    answer: () => error(404, 'not_found: machine not found'),
  },
  not_found_as_400: {
    stage: 'answer',
    what: 'a missing app reported as 400',
    answer: () => error(400, 'could not find app'),
  },
  timeout_408: {
    stage: 'answer',
    what: '408, not applied',
    answer: () => error(408, 'deadline_exceeded: request timed out'),
  },
  rate_limited: {
    stage: 'answer',
    what: '429',
    params: {
      retryAfterSeconds: 'sends Retry-After; without it none is sent, as nobody has seen Fly send one',
    },
    answer: (params) => ({ ...error(429, 'resource_exhausted: rate limit exceeded'), ...retryAfter(params) }),
  },
  internal: { stage: 'answer', what: '500', answer: () => error(500, 'internal: unexpected error') },
  bad_gateway: {
    stage: 'answer',
    what: '502 with an HTML body',
    answer: () => ({
      status: 502,
      text: '<html><body><h1>502 Bad Gateway</h1></body></html>',
      headers: { 'content-type': 'text/html' },
    }),
  },
  unavailable: {
    stage: 'answer',
    what: '503',
    params: { retryAfterSeconds: 'sends Retry-After' },
    answer: (params) => ({ ...error(503, 'unavailable: service unavailable'), ...retryAfter(params) }),
  },
  empty_400: {
    stage: 'answer',
    what: '400 with an empty body (docs issue #2187)',
    answer: () => ({ status: 400 }),
  },
  name_taken: {
    stage: 'answer',
    what: '422: app name taken by an organisation we cannot see',
    answer: () => error(422, 'Validation failed: Name has already been taken', { status: 'name_taken' }),
  },
  region_capacity: {
    stage: 'answer',
    what: '422: no host in the region has room',
    answer: () => error(422, 'could not find a candidate host', { status: 'insufficient_capacity' }),
  },
  region_capacity_409: {
    stage: 'answer',
    what: '409: the region has no capacity',
    answer: () => error(409, 'aborted: no capacity'),
  },
  host_capacity: {
    stage: 'answer',
    what: '409: this host is full',
    answer: () =>
      error(
        409,
        'aborted: insufficient resources available to fulfill request: insufficient memory available',
      ),
  },
  start_capacity: {
    stage: 'answer',
    what: '409: the host of a stopped machine is full',
    answer: () =>
      error(
        409,
        'aborted: could not reserve resource for machine: insufficient memory available to fulfill request',
      ),
  },
  volume_capacity: {
    stage: 'answer',
    what: "412: the volume's host is full",
    answer: () =>
      error(
        412,
        "insufficient resources to create new machine with existing volume id 'vol_0000000000000000'",
        { status: 'volume_placement_capacity' },
      ),
  },
  region_quota: {
    stage: 'answer',
    what: '403 that is a memory quota, not authorisation',
    answer: () =>
      error(
        403,
        'organization "personal" is using 1970176 MB of memory in dfw which is over the allowed quota. please consider other regions',
      ),
  },
  machine_limit: {
    stage: 'answer',
    what: '422: the organisation may have no more machines',
    answer: () =>
      error(422, 'Your organization has reached its machine limit. Please contact billing@fly.io'),
  },
  lease_held: {
    stage: 'answer',
    what: '409: somebody else holds the lease',
    answer: () =>
      error(
        409,
        'aborted: machine ID 00000000000000 lease currently held by 00000000@tokens.fly.io, expires at 2099-01-01T00:00:00Z',
      ),
  },
  concurrent_update: {
    stage: 'answer',
    what: '409: two updates at once',
    answer: () => error(409, 'aborted: machine update failed due to concurrent update'),
  },
  getting_replaced: {
    stage: 'answer',
    what: '412: the machine is being replaced',
    answer: () => error(412, 'failed_precondition: machine getting replaced, refusing to start'),
  },
  host_disabled: {
    stage: 'answer',
    what: '412: deploys to the host are off',
    answer: () => error(412, 'failed_precondition: deploys to this host are temporarily disabled'),
  },
} as const satisfies Record<string, AnswerKind>

function retryAfter(params: FaultParams): { headers?: Record<string, string> } {
  const seconds = params['retryAfterSeconds']
  return seconds === undefined ? {} : { headers: { 'retry-after': asText(seconds) } }
}

/** A param as text, whatever it is. */
export function asText(value: FaultParams[string]): string {
  return typeof value === 'object' ? JSON.stringify(value) : String(value)
}
