/** What the stand-in sends back. `json` undefined and `text` undefined: no body. */
export type Answer = {
  status: number
  json?: unknown
  text?: string
  headers?: Record<string, string>
}

export const ok = (json: unknown): Answer => ({ status: 200, json })
export const created = (json: unknown): Answer => ({ status: 201, json })
export const noContent = (): Answer => ({ status: 204 })

/** Go's net/http answers so for a route it does not know (measured on api.machines.dev). */
export const unknownPath = (): Answer => ({
  status: 404,
  text: '404 page not found\n',
  headers: { 'content-type': 'text/plain; charset=utf-8', 'x-content-type-options': 'nosniff' },
})

/** Thrown by handlers; becomes the answer. The texts are Fly's own where a source has them, see docs/fidelity.md. */
export class ApiError extends Error {
  readonly status: number
  readonly body: Record<string, unknown>

  constructor(status: number, text: string, extra: Record<string, unknown> = {}) {
    super(text)
    this.status = status
    this.body = { error: text, ...extra }
  }

  get answer(): Answer {
    return { status: this.status, json: this.body }
  }
}

export const invalidArgument = (text: string) => new ApiError(400, `invalid_argument: ${text}`)
export const notFound = (what: string) => new ApiError(404, `not_found: ${what} not found`)
export const failedPrecondition = (text: string) => new ApiError(412, `failed_precondition: ${text}`)
export const aborted = (text: string) => new ApiError(409, `aborted: ${text}`)
export const validationFailed = (text: string, extra: Record<string, unknown> = {}) =>
  new ApiError(422, `Validation failed: ${text}`, extra)
