/** What one call is made of, and what all calls of a client share. */
import type { Dispatcher } from 'undici'

import type { CircuitBreaker } from './breaker.ts'
import type { Clock } from './clock.ts'
import type { Decoder } from './decoder.ts'
import type { FreshObjects } from './fresh.ts'
import type { FlyHooks, FlyLogger } from './hooks.ts'
import type { Limiter } from './limiter.ts'
import type { Operation, OperationName, PathParams } from './operations.ts'
import type { RetryPolicy } from './retry.ts'

/** Accepted by every method of the client, as its last argument. */
export interface CallOptions {
  signal?: AbortSignal | undefined
  /** For one attempt, from connecting to the last byte of the answer. Default 10 000; a slice of a wait comes on top. */
  timeoutMs?: number | undefined
  /** For the whole call: attempts, pauses and waiting for tokens. Default 60 000. */
  deadlineMs?: number | undefined
  /** Sent along, such as a trace header. */
  headers?: Record<string, string> | undefined
  /** The nonce of the lease that the caller holds on the machine it changes. */
  leaseNonce?: string | undefined
  /** At most so many attempts of a read. Default 4. A mutation is always sent once. */
  attempts?: number | undefined
  /** Sent although the circuit is open: for a caller that asks rarely, to find out whether Fly is back. */
  evenIfOpen?: boolean | undefined
  /** "Not there" is believed even of what this client made a moment ago: somebody else may have deleted it. */
  mayBeGone?: boolean | undefined
  /** Asked before the call is sent once more. False ends it with the error that it had: its time may be over. */
  beforeRepeat?: (() => Promise<boolean>) | undefined
}

export type Query = Record<string, string | number | boolean | undefined>

export interface CallerParts {
  origin: string
  basePath: string
  authorization: () => string
  token: () => string
  userAgent: string
  dispatcher: Dispatcher
  clock: Clock
  random: () => number
  limiter: Limiter | undefined
  breaker: CircuitBreaker | undefined
  fresh: FreshObjects
  hooks: FlyHooks
  logger: FlyLogger | undefined
  retry: RetryPolicy
  timeoutMs: number
  deadlineMs: number
  maxBodyBytes: number
}

/** One call on its way. */
export interface Call {
  name: OperationName
  operation: Operation
  path: string
  id: string
  url: string
  body: string | undefined
  answer: Decoder<unknown>
  opts: CallOptions
  secrets: readonly string[]
  params: PathParams
  mayBeGone: boolean
  startedAt: number
  deadlineAt: number
  attempt: number
}

export function identity(call: Call): {
  operation: OperationName
  method: string
  path: string
  attempt: number
} {
  return { operation: call.name, method: call.operation.method, path: call.path, attempt: call.attempt }
}

export function factsOf(call: Call): {
  operation: OperationName
  method: string
  path: string
  kind: 'read' | 'mutation'
} {
  return { operation: call.name, method: call.operation.method, path: call.path, kind: call.operation.kind }
}
