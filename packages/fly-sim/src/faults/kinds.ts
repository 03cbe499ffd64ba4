import type { Answer } from '../http/answer.ts'
import { ANSWER_KINDS, type FaultParams } from './answer-kinds.ts'

/**
 * Every kind of trouble the stand-in can make. Where it strikes:
 * - answer: instead of the call being applied, the caller gets this answer;
 * - wire:   the connection or the body misbehaves, before or after the call was applied;
 * - list:   the org-wide list lies by omission, as Fly says it may;
 * - state:  a machine, app or host misbehaves for as long as the fault is active.
 */
export type FaultStage = 'answer' | 'wire' | 'list' | 'state'

type OtherKind = { stage: 'wire' | 'list' | 'state'; what: string; params?: Record<string, string> }

const OTHER_KINDS = {
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
  reused_name_confused: {
    stage: 'state',
    what: 'the machine list of an app whose name was used before is empty (flyctl #3205)',
  },
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
} as const satisfies Record<string, OtherKind>

export const FAULT_KINDS = { ...ANSWER_KINDS, ...OTHER_KINDS }
export type FaultKind = keyof typeof FAULT_KINDS

export const isFaultKind = (text: string): text is FaultKind => Object.hasOwn(FAULT_KINDS, text)
export const stageOf = (kind: FaultKind): FaultStage => FAULT_KINDS[kind].stage

/** The answer of a fault of stage `answer`; null for every other. */
export function faultAnswer(kind: FaultKind, params: FaultParams): Answer | null {
  const row = FAULT_KINDS[kind]
  return 'answer' in row ? row.answer(params) : null
}
