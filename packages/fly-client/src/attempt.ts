/** One attempt of one call: token, breaker, wire, and what the answer means. */
import type { IncomingHttpHeaders } from 'node:http'

import type { Verdict } from './breaker.ts'
import { factsOf, identity, type Call, type CallerParts } from './call-types.ts'
import { classify, parseRetryAfter, readErrorBody } from './classify.ts'
import { DecodeError, mayLackBody } from './decoder.ts'
import { FlyError, type FlyErrorCode, type FlyErrorFacts } from './errors.ts'
import { quietly } from './hooks.ts'
import { redact } from './redact.ts'
import { sendOnce, type WireAnswer, type WireFailure } from './transport.ts'

export type AttemptOutcome = AttemptSuccess | AttemptFailure

export interface AttemptSuccess {
  ok: true
  value: unknown
  status: number
  requestId: string | undefined
}

export interface AttemptFailure {
  ok: false
  error: FlyError
  /** We did not send it ourselves: the circuit is open, or there is no token before the deadline. */
  refused?: boolean
}

/** How much of Fly's words, and of the whole body, an error carries, in characters. */
const KEPT_REASON = 400
const KEPT_BODY = 2000

export async function runAttempt(parts: CallerParts, call: Call): Promise<AttemptOutcome> {
  const held = await waitForToken(parts, call)
  if (held) return held
  // A wait lasts for up to a minute: as a probe it would keep everybody else out that long.
  const mayProbe = call.name !== 'machines.wait'
  if (parts.breaker && !mayProbe && parts.breaker.state !== 'closed') return refusedByBreaker(call, undefined)
  const entry = parts.breaker?.enter({ evenIfOpen: call.opts.evenIfOpen === true })
  if (entry?.allowed === false) return refusedByBreaker(call, entry.retryAfterMs)
  const wire = await sendOnce(parts.dispatcher, wireRequest(parts, call))
  entry?.settle(verdictOn(wire))
  return wire.kind === 'answer' ? readAnswer(parts, call, wire) : failedOnWire(call, wire)
}

async function waitForToken(parts: CallerParts, call: Call): Promise<AttemptFailure | undefined> {
  const token = parts.limiter?.take(call.name, call.id)
  if (!token || token.waitMs === 0) return undefined
  if (parts.clock.now().getTime() + token.waitMs >= call.deadlineAt) {
    token.giveBack()
    const reason = `the rate limit allows this call in ${token.waitMs} ms, after its deadline`
    return refuse(call, 'rate_limited', { reason, retryAfterMs: token.waitMs })
  }
  quietly(parts.logger, () => parts.hooks.onThrottle?.({ ...identity(call), waitMs: token.waitMs }))
  try {
    await parts.clock.sleep(token.waitMs, call.opts.signal)
    return undefined
  } catch (cause) {
    token.giveBack()
    return refuse(call, 'aborted', { cause })
  }
}

function refusedByBreaker(call: Call, retryAfterMs: number | undefined): AttemptFailure {
  return refuse(call, 'unavailable', {
    reason: 'not sent: Fly did not answer the calls before',
    retryAfterMs,
  })
}

function refuse(call: Call, code: FlyErrorCode, known: Partial<FlyErrorFacts>): AttemptFailure {
  return { ok: false, refused: true, error: new FlyError(code, { ...factsOf(call), ...known, sent: false }) }
}

function wireRequest(parts: CallerParts, call: Call): Parameters<typeof sendOnce>[1] {
  const headers: Record<string, string> = {
    authorization: parts.authorization(),
    accept: 'application/json',
    'user-agent': parts.userAgent,
  }
  if (call.body !== undefined) headers['content-type'] = 'application/json'
  if (call.opts.leaseNonce !== undefined) headers['fly-machine-lease-nonce'] = call.opts.leaseNonce
  const { onAttempt } = parts.hooks
  Object.assign(
    headers,
    call.opts.headers,
    onAttempt && quietly(parts.logger, () => onAttempt(identity(call))),
  )
  const leftMs = call.deadlineAt - parts.clock.now().getTime()
  return {
    origin: parts.origin,
    path: call.url,
    method: call.operation.method,
    headers,
    body: call.body,
    timeoutMs: Math.max(1, Math.min(call.opts.timeoutMs ?? parts.timeoutMs, leftMs)),
    signal: call.opts.signal,
    maxBodyBytes: parts.maxBodyBytes,
  }
}

/** Any whole answer below 500 shows that Fly serves, whatever it says. */
function verdictOn(wire: WireAnswer | WireFailure): Verdict {
  if (wire.kind === 'answer') return wire.status >= 500 ? 'failed' : 'served'
  if (wire.kind === 'oversized') return 'served'
  return wire.kind === 'aborted' ? 'neither' : 'failed'
}

function failedOnWire(call: Call, wire: WireFailure): AttemptFailure {
  // Such as a line break in a header: it would fail for ever.
  if (!wire.sent && (wire.cause as { code?: unknown } | undefined)?.code === 'UND_ERR_INVALID_ARG') {
    return refuse(call, 'validation', { reason: 'this request cannot be sent', cause: wire.cause })
  }
  const code = {
    timeout: 'timeout',
    aborted: 'aborted',
    oversized: 'unexpected_answer',
    network: wire.sent ? 'network_after_send' : 'network_before_send',
  } as const
  const error = new FlyError(code[wire.kind], {
    ...factsOf(call),
    sent: wire.sent,
    status: wire.status,
    requestId: requestIdOf(wire.headers),
    reason: wire.kind === 'oversized' ? 'the answer is larger than allowed' : undefined,
    cause: wire.cause,
  })
  return { ok: false, error }
}

function readAnswer(parts: CallerParts, call: Call, wire: WireAnswer): AttemptOutcome {
  const requestId = requestIdOf(wire.headers)
  if (wire.status < 200 || wire.status >= 300) {
    return { ok: false, error: errorFromAnswer(parts, call, wire, requestId) }
  }
  const decoded = decode(call, wire.text)
  if (decoded.ok) return { ok: true, value: decoded.value, status: wire.status, requestId }
  const error = new FlyError('unexpected_answer', {
    ...factsOf(call),
    sent: true,
    status: wire.status,
    requestId,
    // Not the body: a machine's environment or a new token may be in it.
    reason: `unexpected answer: ${decoded.problem}`,
  })
  return { ok: false, error }
}

function decode(
  { answer }: Call,
  text: string,
): { ok: true; value: unknown } | { ok: false; problem: string } {
  const body = text.trimStart()
  // Fly answers no pages: whoever did knows nothing of the call.
  if (body.startsWith('<')) return { ok: false, problem: 'a page' }
  try {
    return { ok: true, value: answer(parse(body, mayLackBody(answer))) }
  } catch (error) {
    return { ok: false, problem: error instanceof DecodeError ? error.message : 'not JSON' }
  }
}

function parse(body: string, mayBeMissing: boolean): unknown {
  if (!mayBeMissing) return JSON.parse(body)
  try {
    return JSON.parse(body)
  } catch {
    return undefined
  }
}

function errorFromAnswer(
  parts: CallerParts,
  call: Call,
  wire: WireAnswer,
  requestId: string | undefined,
): FlyError {
  // The cause is read from what Fly said; what is kept of it is redacted.
  const { code, ...details } = classify({ operation: call.name, status: wire.status, text: wire.text })
  const body = redact(wire.text, call.secrets)
  // Once more: parsing undoes escapes, and may so bring a secret to light.
  const reason = redact(readErrorBody(body).words, call.secrets).slice(0, KEPT_REASON)
  const retryAfterMs = parseRetryAfter(wire.headers['retry-after'], parts.clock.now())
  if (code === 'rate_limited') parts.limiter?.block(call.name, call.id, retryAfterMs ?? 0)
  return new FlyError(code, {
    ...factsOf(call),
    ...details,
    reason: reason === '' ? undefined : reason,
    sent: true,
    status: wire.status,
    requestId,
    retryAfterMs,
    body: body.slice(0, KEPT_BODY),
  })
}

function requestIdOf(headers: IncomingHttpHeaders | undefined): string | undefined {
  const id = headers?.['fly-request-id']
  return Array.isArray(id) ? id[0] : id
}
