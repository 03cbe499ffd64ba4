/**
 * One attempt on the wire, over undici's dispatch interface: it is the only one that tells whether
 * a request had begun to be written when the connection failed, and so whether it may have been applied.
 *
 *   waiting (for a connection) → sent → answering → settled
 *
 * Never rejects: each outcome is a value. After `settled` everything that arrives late is dropped.
 */
import type { IncomingHttpHeaders } from 'node:http'
import type { Dispatcher } from 'undici'

export interface WireRequest {
  origin: string
  path: string
  method: Dispatcher.HttpMethod
  headers: Record<string, string>
  body: string | undefined
  /** Real time, from now until the last byte of the answer. */
  timeoutMs: number
  signal: AbortSignal | undefined
  /** A longer body of a success is an `oversized` failure, of an error it is cut. */
  maxBodyBytes: number
}

export interface WireAnswer {
  kind: 'answer'
  status: number
  headers: IncomingHttpHeaders
  text: string
}

export interface WireFailure {
  kind: 'timeout' | 'aborted' | 'oversized' | 'network'
  /** False only when no byte of the request can have left. */
  sent: boolean
  status?: number | undefined
  headers?: IncomingHttpHeaders | undefined
  cause?: unknown
}

/** As much of an error's body as can matter. */
const MAX_ERROR_BODY_BYTES = 64 * 1024

export function sendOnce(dispatcher: Dispatcher, request: WireRequest): Promise<WireAnswer | WireFailure> {
  if (request.signal?.aborted) {
    return Promise.resolve({ kind: 'aborted', sent: false, cause: request.signal.reason as unknown })
  }
  const attempt = new Attempt(request)
  const { origin, path, method, headers, body } = request
  try {
    dispatcher.dispatch(
      // Both of undici's timers are off: the attempt's own timer covers connect, headers and body.
      { origin, path, method, headers, body: body ?? null, headersTimeout: 0, bodyTimeout: 0 },
      attempt,
    )
  } catch (cause) {
    attempt.onResponseError(null, cause)
  }
  return attempt.outcome
}

class Attempt implements Dispatcher.DispatchHandler {
  readonly outcome: Promise<WireAnswer | WireFailure>
  private resolve!: (outcome: WireAnswer | WireFailure) => void
  private controller: Dispatcher.DispatchController | undefined
  private settled = false
  private sent = false
  private status = 0
  private headers: IncomingHttpHeaders = {}
  private readonly chunks: Buffer[] = []
  private bytes = 0
  private readonly request: WireRequest
  private readonly timer: NodeJS.Timeout
  private readonly onAbort: () => void

  constructor(request: WireRequest) {
    this.request = request
    this.outcome = new Promise((resolve) => (this.resolve = resolve))
    this.timer = setTimeout(() => this.give({ kind: 'timeout', sent: this.sent }), request.timeoutMs)
    this.onAbort = () => this.give({ kind: 'aborted', sent: this.sent, cause: request.signal?.reason })
    request.signal?.addEventListener('abort', this.onAbort, { once: true })
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.controller = controller
    // Given up while waiting for a connection: undici then writes nothing.
    if (this.settled) controller.abort(new DOMException('given up', 'AbortError'))
    else this.sent = true
  }

  onResponseStart(
    _controller: Dispatcher.DispatchController,
    status: number,
    headers: IncomingHttpHeaders,
  ): void {
    if (status < 200) return
    this.status = status
    this.headers = headers
  }

  onResponseData(_controller: Dispatcher.DispatchController, chunk: Buffer): void {
    if (this.settled) return
    const failed = this.status >= 400
    const limit = failed ? MAX_ERROR_BODY_BYTES : this.request.maxBodyBytes
    this.bytes += chunk.length
    if (this.bytes <= limit) {
      this.chunks.push(chunk)
      return
    }
    if (failed) {
      this.chunks.push(chunk.subarray(0, chunk.length - (this.bytes - limit)))
      this.give(this.answer())
    } else {
      this.give({ kind: 'oversized', sent: true, status: this.status, headers: this.headers })
    }
  }

  onResponseEnd(): void {
    this.give(this.answer(), false)
  }

  onResponseError(_controller: Dispatcher.DispatchController | null, cause: unknown): void {
    const known = this.status === 0 ? {} : { status: this.status, headers: this.headers }
    this.give({ kind: 'network', sent: this.sent, ...known, cause }, false)
  }

  private answer(): WireAnswer {
    const [first] = this.chunks
    const whole = this.chunks.length === 1 && first ? first : Buffer.concat(this.chunks)
    return { kind: 'answer', status: this.status, headers: this.headers, text: whole.toString('utf8') }
  }

  private give(outcome: WireAnswer | WireFailure, abandon = true): void {
    if (this.settled) return
    this.settled = true
    clearTimeout(this.timer)
    this.request.signal?.removeEventListener('abort', this.onAbort)
    this.resolve(outcome)
    // Closes the socket: whatever else comes on it belongs to nobody.
    if (abandon) this.controller?.abort(new DOMException('given up', 'AbortError'))
  }
}
