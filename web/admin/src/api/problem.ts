/** What can go wrong with a call, as one of two errors, and the words for it. */

export type FieldError = { field: string; message: string }

/** The API answered, with a problem document (RFC 9457) or with something that should have been one. */
export class ProblemError extends Error {
  readonly status: number
  readonly code: string
  readonly requestId: string | undefined
  /** What exactly is in the way, where the API says. */
  readonly detail: string | undefined
  readonly errors: readonly FieldError[]
  readonly neededRole: string | undefined
  readonly retryAfterSeconds: number | undefined

  constructor(status: number, problem: Record<string, unknown>, retryAfter: string | null) {
    super(textOf(problem['title']) ?? `The server answered ${status}.`)
    this.name = 'ProblemError'
    this.status = status
    this.code = textOf(problem['code']) ?? `http_${status}`
    this.requestId = textOf(problem['request_id'])
    this.detail = textOf(problem['detail'])
    this.neededRole = textOf(problem['needed_role'])
    this.errors = Array.isArray(problem['errors']) ? problem['errors'].filter(isFieldError) : []
    this.retryAfterSeconds = retryAfter === null ? undefined : Number(retryAfter) || undefined
  }
}

/** No answer: the network, the API's process, or its time is gone. Whether anything was done is not known. */
export class ConnectionError extends Error {
  readonly reason: 'unreachable' | 'timeout'

  constructor(reason: 'unreachable' | 'timeout', cause: unknown) {
    super(reason === 'timeout' ? 'The server took too long to answer.' : 'The server cannot be reached.', {
      cause,
    })
    this.name = 'ConnectionError'
    this.reason = reason
  }
}

export async function problemOf(response: Response): Promise<ProblemError> {
  const body: unknown = await response.json().catch(() => undefined)
  const problem = typeof body === 'object' && body !== null ? (body as Record<string, unknown>) : {}
  return new ProblemError(response.status, problem, response.headers.get('retry-after'))
}

/** What to tell a person. */
export function explain(error: unknown): { title: string; detail: string | undefined } {
  if (!(error instanceof ProblemError)) {
    return { title: error instanceof Error ? error.message : String(error), detail: undefined }
  }
  const fields = error.errors.map(({ field, message }) => `${field}: ${message}`).join('; ')
  const role = error.neededRole === undefined ? undefined : `It takes the role ${error.neededRole}.`
  return { title: error.message, detail: error.detail ?? role ?? (fields === '' ? undefined : fields) }
}

/** Whether the same question may well be answered a moment later. */
export function mayPass(error: unknown): boolean {
  return error instanceof ConnectionError || (error instanceof ProblemError && error.status >= 500)
}

export function isSignedOut(error: unknown): boolean {
  return error instanceof ProblemError && error.status === 401
}

export function isProblem(error: unknown, ...codes: string[]): error is ProblemError {
  return error instanceof ProblemError && codes.includes(error.code)
}

const textOf = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined)

function isFieldError(value: unknown): value is FieldError {
  return typeof value === 'object' && value !== null && 'field' in value && 'message' in value
}
