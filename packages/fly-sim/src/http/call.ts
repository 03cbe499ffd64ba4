import type { IncomingMessage } from 'node:http'
import { Decoder } from './decode.ts'
import type { Token } from '../world/types.ts'
import { ApiError } from './answer.ts'

/** One request to the API, from routing to the answer. */
export class Call {
  readonly request: IncomingMessage
  readonly method: string
  readonly path: string
  readonly operation: string
  readonly params: Readonly<Record<string, string>>
  readonly requestId: string
  token: Token | null = null
  /** Runs something when the caller has gone away (or has its answer). */
  readonly whenOver: (run: () => void) => void
  readonly #search: string
  readonly #body: string
  #query: URLSearchParams | null = null

  constructor(from: {
    request: IncomingMessage
    path: string
    search: string
    operation: string
    params: Readonly<Record<string, string>>
    requestId: string
    body: string
    whenOver: (run: () => void) => void
  }) {
    this.request = from.request
    this.method = from.request.method ?? 'GET'
    this.path = from.path
    this.operation = from.operation
    this.params = from.params
    this.requestId = from.requestId
    this.whenOver = from.whenOver
    this.#search = from.search
    this.#body = from.body
  }

  get query(): URLSearchParams {
    this.#query ??= new URLSearchParams(this.#search)
    return this.#query
  }

  /** A path parameter that the route is known to have. */
  param(name: string): string {
    return this.params[name] ?? ''
  }

  header(name: string): string | undefined {
    const value = this.request.headers[name]
    return Array.isArray(value) ? value[0] : value
  }

  flag(name: string): boolean {
    const value = this.query.get(name)
    return value === 'true' || value === '1'
  }

  /** The JSON body, read the way Go's decoder would; `type` is the Go type that its messages name. */
  body(type: string): Decoder {
    if (this.#body === '') return new Decoder({}, type)
    let value: unknown
    try {
      value = JSON.parse(this.#body)
    } catch {
      throw new ApiError(400, `invalid character in request body: not valid JSON for ${type}`)
    }
    return new Decoder(value, type)
  }

  get hasBody(): boolean {
    return this.#body !== ''
  }
}
