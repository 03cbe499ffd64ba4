/**
 * The stand-in without sockets: the same server, handed requests and asked for answers in memory. For simulations,
 * where a moment on the wire has to be one that somebody chose. Every fault that strikes on the wire strikes here too.
 */
import { EventEmitter } from 'node:events'
import type { IncomingMessage, OutgoingHttpHeaders, ServerResponse } from 'node:http'
import { ApiServer } from './http/api-server.ts'
import type { Sim } from './sim.ts'
import { buildSim, type FlySimOptions } from './start.ts'

export type MemoryRequest = {
  method: string
  /** With its query. */
  path: string
  headers: Record<string, string>
  body: string | null
}

/** What comes of a request: an answer, or a broken connection; at most one of them, and for a hang neither. */
export type MemoryResponse = {
  onAnswer(status: number, headers: Record<string, string>, body: Buffer): void
  onReset(): void
}

export type MemoryFlySim = {
  readonly sim: Sim
  /** Takes the request in at once. The function returned tells the stand-in that the caller has gone away. */
  send(request: MemoryRequest, response: MemoryResponse): () => void
}

export function createMemoryFlySim(options: FlySimOptions = {}): MemoryFlySim {
  const sim = buildSim(options)
  const api = new ApiServer(sim)
  return {
    sim,
    send(request, to) {
      const response = new MemoryServerResponse(to)
      const mark = request.path.indexOf('?')
      const path = mark < 0 ? request.path : request.path.slice(0, mark)
      const search = mark < 0 ? '' : request.path.slice(mark)
      api
        .handle(incoming(request), response as unknown as ServerResponse, path, search)
        .catch((error: unknown) => {
          // A bug of the stand-in must look like one, not like Fly.
          queueMicrotask(() => {
            throw error
          })
        })
      return () => response.destroy()
    },
  }
}

function incoming({ method, path, headers, body }: MemoryRequest): IncomingMessage {
  const lower = Object.fromEntries(Object.entries(headers).map(([key, value]) => [key.toLowerCase(), value]))
  const message = {
    method,
    url: path,
    headers: lower,
    // eslint-disable-next-line @typescript-eslint/require-await -- a body that is there already
    async *[Symbol.asyncIterator]() {
      if (body !== null) yield Buffer.from(body)
    },
  }
  return message as unknown as IncomingMessage
}

/** As much of node's ServerResponse as the stand-in uses. */
class MemoryServerResponse extends EventEmitter {
  destroyed = false
  headersSent = false
  writableFinished = false
  /** Ending the connection is all that anybody does with it. */
  readonly socket = { destroy: () => this.#reset(), resetAndDestroy: () => this.#reset() }
  readonly #to: MemoryResponse
  readonly #chunks: Buffer[] = []
  #status = 200
  #headers: Record<string, string> = {}

  constructor(to: MemoryResponse) {
    super()
    this.#to = to
  }

  writeHead(status: number, headers: OutgoingHttpHeaders): this {
    this.#status = status
    this.#headers = Object.fromEntries(
      Object.entries(headers).map(([key, value]) => [key.toLowerCase(), String(value)]),
    )
    this.headersSent = true
    return this
  }

  flushHeaders(): void {
    this.headersSent = true
  }

  write(chunk: Buffer | string, done?: () => void): boolean {
    this.#chunks.push(Buffer.from(chunk))
    if (done) queueMicrotask(done)
    return true
  }

  end(chunk?: Buffer | string): void {
    if (this.destroyed) return
    if (chunk !== undefined) this.#chunks.push(Buffer.from(chunk))
    this.writableFinished = true
    this.#over()
    this.#to.onAnswer(this.#status, this.#headers, Buffer.concat(this.#chunks))
  }

  /** The caller has gone. */
  destroy(): void {
    this.#over()
  }

  #reset(): void {
    if (this.destroyed) return
    this.#over()
    this.#to.onReset()
  }

  #over(): void {
    if (this.destroyed) return
    this.destroyed = true
    this.emit('close')
  }
}
