/**
 * Waiting for a machine, as long as it takes. Fly holds one wait for 60 s at most, so this one is
 * made of slices, and looks at the machine between them:
 *
 *   slice ─ reached ─▶ done
 *     │ ╰── failed, destroyed, crashed ─▶ `machine_failed`, after one look at the reason
 *     ▼ 408, replaced, or Fly is away
 *   look at the machine ─▶ next slice … until the deadline ─▶ `wait_deadline`
 */
import type { Caller } from './call.ts'
import type { CallOptions } from './call-types.ts'
import * as decoders from './decode.ts'
import type { Machine } from './types.ts'
import { FlyError, isFlyError } from './errors.ts'
import { isGone, lastExit, lastFailure } from './machine-state.ts'
import { fillPath, OPERATIONS } from './operations.ts'
import { pauseBefore, RETRIED_CODES } from './retry.ts'

/** What Fly can be asked to wait for. `settled` is any state that lasts. */
export type WaitState = 'started' | 'stopped' | 'suspended' | 'destroyed' | 'failed' | 'settled'

export interface WaitFor {
  /** Any of them will do. */
  states: WaitState[]
  /** In total, of any length; the last slice is rounded up to a whole second. */
  timeoutMs: number
  /** The `instanceId` that shall reach the state, so that an older version's state does not count. */
  version?: string | undefined
}

export interface Waited {
  state: string
  version: string | undefined
  eventId: string | undefined
}

/** Fly allows 1 to 60, and answers 400 to more. Less than that, so that a crash is seen between slices, not only at the end. */
const SLICE_SECONDS = 20
const EARLY_PAUSE_MS = 500
/** A failure that is certain is not held up for its reason any longer. */
const REASON_WITHIN_MS = 5000

/** What nothing follows that anybody waits for. */
const ENDS: readonly string[] = ['failed', 'destroyed', 'launch_failed']

interface Waiting extends WaitFor {
  caller: Caller
  app: string
  id: string
  opts: CallOptions
  deadlineAt: number
  /** The caller named no version, and `stopped` is waited for: ask about whatever version there is. */
  anyVersion: boolean
  /** Failures of Fly in a row, for the backoff between slices. */
  failures: number
  /** The last slice ended long before its time and decided nothing: the next must not follow at once. */
  early: boolean
  lastError: FlyError | undefined
  lastState: string | undefined
  /** What Fly said went wrong, when it was last looked at. */
  lastFailure: string | undefined
}

export async function waitForState(
  caller: Caller,
  app: string,
  id: string,
  wait: WaitFor,
  opts: CallOptions = {},
): Promise<Waited> {
  const deadlineAt = caller.parts.clock.now().getTime() + wait.timeoutMs
  const waiting: Waiting = {
    ...wait,
    caller,
    app,
    id,
    opts,
    deadlineAt,
    anyVersion: wait.states.includes('stopped') && wait.version === undefined,
    failures: 0,
    early: false,
    lastError: undefined,
    lastState: undefined,
    lastFailure: undefined,
  }
  // Fly's documentation demands the version of whoever waits for `stopped`.
  if (waiting.anyVersion) {
    const reached = await look(waiting)
    if (reached) return reached
  }
  for (;;) {
    const reached = (await waitOneSlice(waiting)) ?? (await look(waiting))
    if (reached) return reached
    await pauseBetween(waiting)
  }
}

async function waitOneSlice(waiting: Waiting): Promise<Waited | undefined> {
  const { caller, app, id, states, version } = waiting
  const startedAt = caller.parts.clock.now().getTime()
  const leftMs = waiting.deadlineAt - startedAt
  if (leftMs <= 0) throw failure(waiting, 'wait_deadline', waiting.lastError)
  const seconds = Math.max(1, Math.min(Math.ceil(leftMs / 1000), SLICE_SECONDS))
  // Fly answers at the end of the slice; then the answer has as long as any other.
  const wireMs = seconds * 1000 + (waiting.opts.timeoutMs ?? caller.parts.timeoutMs)
  // `failed` is always asked for too, so that it ends the slice.
  const asked = [...new Set<string>([...states, 'failed'])]
  try {
    const answer = await caller.call('machines.wait', {
      params: { app_name: app, machine_id: id },
      query: { state: asked.join(','), timeout: seconds, version },
      answer: decoders.waited,
      opts: { ...waiting.opts, timeoutMs: wireMs, deadlineMs: wireMs + leftMs, attempts: 1 },
      mayBeGone: true,
    })
    waiting.failures = 0
    const { state = states[0] ?? 'started' } = answer
    const judged = judge(waiting, state, answer.version, answer.eventId)
    if (judged !== 'over') return judged
    await lookForReason(waiting)
    throw failure(waiting, 'machine_failed', undefined, state)
  } catch (error) {
    return passOrThrow(waiting, error)
  } finally {
    waiting.early = caller.parts.clock.now().getTime() - startedAt < seconds * 500
  }
}

/** Reads the machine: what it is now may end the waiting either way. */
async function look(waiting: Waiting): Promise<Waited | undefined> {
  let machine: Machine
  try {
    machine = await readMachine(waiting)
  } catch (error) {
    return passOrThrow(waiting, error)
  }
  waiting.failures = 0
  // Replaced since we began: what counts now is the version that it has now.
  const moved = waiting.lastError?.code === 'replaced'
  if ((moved || waiting.anyVersion) && machine.instanceId !== '') waiting.version = machine.instanceId
  const other = waiting.version !== undefined && waiting.version !== machine.instanceId && !isGone(machine)
  const judged = crashedInsteadOfStarting(waiting, machine)
    ? 'over'
    : other
      ? undefined
      : judge(waiting, machine.state, machine.instanceId, undefined)
  if (judged === 'over') throw failure(waiting, 'machine_failed', undefined, machine.state)
  return judged
}

async function readMachine(waiting: Waiting, bound: CallOptions = {}): Promise<Machine> {
  const { caller, app, id } = waiting
  const call = { params: { app_name: app, machine_id: id }, answer: decoders.machine, mayBeGone: true }
  const opts = { ...waiting.opts, attempts: 1, ...bound }
  const machine = await caller.call('machines.get', { ...call, opts })
  waiting.lastFailure = lastFailure(machine)
  return machine
}

/** A wait answers with a state and no more: the reason stands in the machine's events, if they can be had. */
async function lookForReason(waiting: Waiting): Promise<void> {
  try {
    await readMachine(waiting, { deadlineMs: REASON_WITHIN_MS })
  } catch (error) {
    if (!isFlyError(error)) throw error
  }
}

/** `over`: nothing follows that is waited for. */
function judge(
  waiting: Waiting,
  state: string,
  version: string | undefined,
  eventId: string | undefined,
): Waited | 'over' | undefined {
  const wanted: readonly string[] = waiting.states
  waiting.lastState = state
  const settled =
    wanted.includes('settled') && ['started', 'stopped', 'suspended', 'failed', 'destroyed'].includes(state)
  if (wanted.includes(state) || settled) return { state, version, eventId }
  // On its way out: only `destroyed` can still come.
  const leaving = state === 'destroying' && !wanted.includes('destroyed')
  return leaving || ENDS.includes(state) ? 'over' : undefined
}

/** A machine that ran, died of an error and is not started again will not become `started`. */
function crashedInsteadOfStarting(waiting: Waiting, machine: Machine): boolean {
  if (
    !waiting.states.includes('started') ||
    waiting.states.includes('stopped') ||
    machine.state !== 'stopped'
  )
    return false
  const exit = lastExit(machine)
  return (
    exit !== undefined && !exit.requestedStop && !exit.restarting && (exit.exitCode !== 0 || exit.oomKilled)
  )
}

/** What a slice or a look may fail with and the waiting go on; anything else ends it. */
function passOrThrow(waiting: Waiting, error: unknown): Waited | undefined {
  if (!isFlyError(error)) throw error
  if (error.code === 'not_found' || error.status === 401) {
    const params = { app_name: waiting.app, machine_id: waiting.id }
    const notYet = waiting.caller.parts.fresh.mayNotBeVisible(params, error)
    if (!notYet && error.code === 'not_found' && waiting.states.includes('destroyed')) {
      return { state: 'destroyed', version: undefined, eventId: undefined }
    }
    if (!notYet) throw error
    waiting.failures += 1
  } else if (RETRIED_CODES.has(error.code)) {
    waiting.failures += 1
  } else if (error.code !== 'wait_deadline' && error.code !== 'replaced') {
    throw error
  }
  waiting.lastError = error
  return undefined
}

async function pauseBetween(waiting: Waiting): Promise<void> {
  const { clock, retry, random } = waiting.caller.parts
  const { failures, early, lastError, deadlineAt } = waiting
  const backoffMs = failures === 0 ? 0 : pauseBefore(failures, lastError?.retryAfterMs, retry, random)
  const leftMs = Math.max(0, deadlineAt - clock.now().getTime())
  const pauseMs = Math.min(leftMs, Math.max(backoffMs, early ? EARLY_PAUSE_MS : 0))
  if (pauseMs === 0) return
  try {
    await clock.sleep(pauseMs, waiting.opts.signal)
  } catch (cause) {
    throw failure(waiting, 'aborted', cause)
  }
}

function failure(
  waiting: Waiting,
  code: 'wait_deadline' | 'machine_failed' | 'aborted',
  cause?: unknown,
  machineState: string | undefined = waiting.lastState,
): FlyError {
  const { method, path, kind } = OPERATIONS['machines.wait']
  const wanted = waiting.states.join(' or ')
  const why = waiting.lastFailure === undefined ? '' : `; ${waiting.lastFailure}`
  return new FlyError(code, {
    operation: 'machines.wait',
    method,
    path: fillPath(path, { app_name: waiting.app, machine_id: waiting.id }) ?? path,
    kind,
    sent: true,
    reason:
      code === 'aborted'
        ? undefined
        : `waited for ${wanted}, the machine is ${machineState ?? 'not known'}${why}`,
    machineState,
    cause,
  })
}
