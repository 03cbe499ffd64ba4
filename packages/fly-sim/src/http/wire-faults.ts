import type { ServerResponse } from 'node:http'
import type { CallEntry } from '../call-log.ts'
import { asText } from '../faults/answer-kinds.ts'
import { type Fault, numberParam } from '../faults/faults.ts'
import type { Sim } from '../sim.ts'
import type { Answer } from './answer.ts'
import { bodyOf, headersOf, send } from './send.ts'

/** What goes wrong before the call is applied. True: the call ends here. */
export async function misbehaveBefore(
  sim: Sim,
  fault: Fault,
  response: ServerResponse,
  entry: CallEntry,
): Promise<boolean> {
  switch (fault.kind) {
    case 'delay':
      await sim.pause(numberParam(fault, 'ms', 1_000))
      return false
    case 'clock_jump':
      sim.clock.jump(numberParam(fault, 'ms', 3_600_000))
      return false
    case 'hang':
      entry.outcome = 'hung'
      return true
    case 'reset_before':
      reset(response, entry)
      return true
    default:
      return false
  }
}

/** What goes wrong once the call was applied. */
export async function misbehaveAfter(
  sim: Sim,
  fault: Fault,
  response: ServerResponse,
  answer: Answer,
  entry: CallEntry,
  requestId: string,
): Promise<void> {
  switch (fault.kind) {
    case 'hang_after':
      entry.outcome = 'hung'
      break
    case 'reset_after':
      reset(response, entry)
      break
    case 'truncated':
      truncate(response, answer, entry, requestId)
      break
    case 'slow_body':
      entry.status = answer.status
      await trickle(sim, response, answer, numberParam(fault, 'ms', 2_000), requestId)
      break
    default: {
      if (fault.kind === 'delay_after') await sim.pause(numberParam(fault, 'ms', 1_000))
      const spoiled = spoil(fault, answer)
      entry.status = spoiled.status
      send(response, spoiled, requestId)
    }
  }
}

/** Another answer than the call earned; the same answer for a fault that does not touch it. */
function spoil(fault: Fault, answer: Answer): Answer {
  const { status } = answer
  switch (fault.kind) {
    case 'error_after': {
      const error = asText(fault.params['text'] ?? 'internal: injected after the call was applied')
      return { status: numberParam(fault, 'status', 500), json: { error } }
    }
    case 'oversized':
      return { ...answer, json: { padding: 'x'.repeat(numberParam(fault, 'bytes', 33_554_432)) } }
    case 'invalid_json':
      return { status, text: '{"id": "trunc', headers: { 'content-type': 'application/json' } }
    case 'wrong_json':
      return { ...answer, json: fault.params['body'] ?? { unexpected: [1] } }
    case 'empty_body':
      return { status }
    case 'html':
      return {
        status,
        text: '<!doctype html><title>fly.io</title>',
        headers: { 'content-type': 'text/html' },
      }
    default:
      return answer
  }
}

/** A TCP reset, not an orderly end. */
function reset(response: ServerResponse, entry: CallEntry): void {
  entry.outcome = 'reset'
  const { socket } = response
  if (socket && 'resetAndDestroy' in socket) socket.resetAndDestroy()
  else response.destroy()
}

function truncate(response: ServerResponse, answer: Answer, entry: CallEntry, requestId: string): void {
  const { text, type } = bodyOf(answer)
  entry.status = answer.status
  entry.outcome = 'reset'
  // At least one byte stays promised, so that even an empty answer ends too early.
  const bytes = Math.max(Buffer.byteLength(text), 1)
  response.writeHead(answer.status, {
    ...headersOf(requestId, type ?? 'application/json', answer),
    'content-length': bytes,
  })
  response.write(text.slice(0, Math.floor(text.length / 2)), () => response.socket?.destroy())
  if (text.length < 2) response.flushHeaders()
}

const TRICKLE_STEPS = 10

async function trickle(
  sim: Sim,
  response: ServerResponse,
  answer: Answer,
  wholeMs: number,
  requestId: string,
): Promise<void> {
  const { text, type } = bodyOf(answer)
  response.writeHead(answer.status, {
    ...headersOf(requestId, type, answer),
    'content-length': Buffer.byteLength(text),
  })
  const body = Buffer.from(text)
  for (let step = 0; step < TRICKLE_STEPS && !response.destroyed; step++) {
    response.write(
      body.subarray(
        Math.floor((body.length * step) / TRICKLE_STEPS),
        Math.floor((body.length * (step + 1)) / TRICKLE_STEPS),
      ),
    )
    await sim.pause(wholeMs / TRICKLE_STEPS)
  }
  response.end()
}
