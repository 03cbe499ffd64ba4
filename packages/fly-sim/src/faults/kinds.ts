import type { Answer } from '../http/answer.ts'

/**
 * Every kind of trouble the stand-in can make. Where it strikes:
 * - answer: instead of the call being applied, the caller gets this answer;
 * - wire:   the connection or the body misbehaves, before or after the call was applied;
 * - list:   the org-wide list lies by omission, as Fly says it may;
 * - state:  a machine, app or host misbehaves for as long as the fault is active.
 */
export type FaultStage = 'answer' | 'wire' | 'list' | 'state'

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
type OtherKind = { stage: 'wire' | 'list' | 'state'; what: string; params?: Record<string, string> }

const error = (status: number, text: string, extra: Record<string, unknown> = {}) => ({
  status,
  json: { error: text, ...extra },
})

export const FAULT_KINDS = {
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

  delay: { stage: 'wire', what: 'the call is applied later', params: { ms: 'milliseconds, default 1000' } },
  delay_after: {
    stage: 'wire',
    what: 'applied at once, answered later',
    params: { ms: 'milliseconds, default 1000' },
  },
  hang: { stage: 'wire', what: 'never applied, never answered' },
  hang_after: { stage: 'wire', what: 'applied, never answered' },
  reset_before: { stage: 'wire', what: 'connection reset, not applied' },
  reset_after: { stage: 'wire', what: 'applied, then connection reset: the caller cannot know' },
  error_after: {
    stage: 'wire',
    what: 'applied, but the answer is an error: the caller cannot know',
    params: { status: 'default 500', text: 'error text' },
  },
  truncated: { stage: 'wire', what: 'applied; half of the body, then the connection ends' },
  oversized: {
    stage: 'wire',
    what: 'applied; a body of many megabytes',
    params: { bytes: 'default 33554432' },
  },
  invalid_json: { stage: 'wire', what: 'applied; the body is not JSON' },
  wrong_json: {
    stage: 'wire',
    what: 'applied; JSON of another shape',
    params: { body: 'object to send, default {"unexpected":[1]}' },
  },
  empty_body: { stage: 'wire', what: 'applied; 200 without the body' },
  html: { stage: 'wire', what: 'applied; 200 with an HTML page' },
  slow_body: {
    stage: 'wire',
    what: 'applied; the body trickles in',
    params: { ms: 'whole time, default 2000' },
  },
  clock_jump: {
    stage: 'wire',
    what: 'the wall clock of the stand-in jumps when a matching call arrives',
    params: { ms: 'default 3600000; negative: backwards' },
  },

  partial_list: {
    stage: 'list',
    what: 'org-wide list without a region, named in error_regions',
    params: { region: 'default iad' },
  },
  empty_page: { stage: 'list', what: 'an empty page with a cursor, more to come' },
  late_list: { stage: 'list', what: 'the org-wide list is behind', params: { ms: 'default 60000' } },
  endless_list: { stage: 'list', what: 'next_cursor never ends' },

  stuck_state: {
    stage: 'state',
    what: 'a machine in this state does not leave it',
    params: {
      state: 'any of the seventeen states; absent: every state that passes',
      forMs: 'ends by itself after this',
    },
  },
  launch_failed: {
    stage: 'state',
    what: 'a machine that is being launched becomes launch_failed, then destroyed',
  },
  start_failed: { stage: 'state', what: 'a start ends in state failed' },
  exit_early: {
    stage: 'state',
    what: 'the program ends soon after its start',
    params: { afterMs: 'default 50', code: 'exit code, default 1', oom: 'killed for memory' },
  },
  ignores_signals: {
    stage: 'state',
    what: 'the program ignores all but SIGKILL, so the kill timeout decides',
  },
  checks_critical: { stage: 'state', what: 'every check is critical' },
  checks_warning: { stage: 'state', what: 'every check is in state warning' },
  checks_missing: { stage: 'state', what: 'checks stay empty' },
  host_unreachable: {
    stage: 'state',
    what: 'host_status unreachable: config missing, incomplete_config instead; start fails',
  },
  app_half_gone: { stage: 'state', what: 'the app is there, its machines API answers 404 (gram PR #2721)' },
  app_delete_stuck: { stage: 'state', what: '202 on deletion, but the app stays' },
  fresh_app_missing: {
    stage: 'state',
    what: 'a new app answers 404 for a while',
    params: { ms: 'default 1000' },
  },
  fresh_app_unauthorized: {
    stage: 'state',
    what: 'a new app answers 401 for a while',
    params: { ms: 'default 1000' },
  },
  fresh_machine_missing: {
    stage: 'state',
    what: 'a new machine answers 404 for a while',
    params: { ms: 'default 1000' },
  },
  secrets_late: {
    stage: 'state',
    what: 'a booting machine sees old secrets unless min_secrets_version asks for new ones',
    params: { ms: 'default 60000' },
  },
  migrated: { stage: 'state', what: 'a start moves the machine: migrated true, new_host named' },
} as const satisfies Record<string, AnswerKind | OtherKind>

export type FaultKind = keyof typeof FAULT_KINDS
type AnswerFault = {
  [K in FaultKind]: (typeof FAULT_KINDS)[K]['stage'] extends 'answer' ? K : never
}[FaultKind]

export const isFaultKind = (text: string): text is FaultKind => Object.hasOwn(FAULT_KINDS, text)
export const stageOf = (kind: FaultKind): FaultStage => FAULT_KINDS[kind].stage

/** The answer of a fault of stage `answer`. */
export function faultAnswer(kind: FaultKind, params: FaultParams): Answer {
  return FAULT_KINDS[kind as AnswerFault].answer(params)
}

function retryAfter(params: FaultParams): { headers?: Record<string, string> } {
  const seconds = params['retryAfterSeconds']
  return seconds === undefined ? {} : { headers: { 'retry-after': asText(seconds) } }
}

function asText(value: FaultParams[string]): string {
  return typeof value === 'object' ? JSON.stringify(value) : String(value)
}
