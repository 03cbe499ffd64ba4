/** What can go wrong with a call to the API, as the end of the program that follows from it. */
import { CliError, EXIT, type ExitCode } from '../exit.ts'

/** A problem document (RFC 9457), or what stood in its place. */
export class ProblemError extends CliError {
  readonly status: number
  readonly code: string
  readonly retryAfterSeconds: number | undefined

  constructor(status: number, problem: Record<string, unknown>, retryAfter: string | null) {
    const code = textOf(problem['code']) ?? `http_${status}`
    super(exitCodeOf(status), sentence(status, problem), { hints: hintsOf(status, code, problem) })
    this.status = status
    this.code = code
    this.retryAfterSeconds = retryAfter === null ? undefined : Number(retryAfter) || undefined
  }
}

/** No answer. Whether a change was made is not known. */
export class ConnectionError extends CliError {
  constructor(message: string, options: { hints?: readonly string[]; cause?: unknown } = {}) {
    super(EXIT.unavailable, message, options)
  }
}

export async function problemOf(response: Response): Promise<ProblemError> {
  const body: unknown = await response.json().catch(() => undefined)
  const problem = typeof body === 'object' && body !== null ? (body as Record<string, unknown>) : {}
  return new ProblemError(response.status, problem, response.headers.get('retry-after'))
}

function exitCodeOf(status: number): ExitCode {
  if (status === 401 || status === 403) return EXIT.noPermission
  if (status === 404) return EXIT.noInput
  if (status === 409) return EXIT.failed
  if (status === 429) return EXIT.tempFail
  if (status === 503 || status === 502 || status === 504) return EXIT.unavailable
  return status < 500 ? EXIT.dataError : EXIT.software
}

function sentence(status: number, problem: Record<string, unknown>): string {
  const title = textOf(problem['title']) ?? `The API answered ${status}, and not as Hangar's does.`
  const detail = textOf(problem['detail'])
  return detail === undefined ? title : `${title} ${detail}`
}

function hintsOf(status: number, code: string, problem: Record<string, unknown>): string[] {
  const hints: string[] = []
  const errors: unknown[] = Array.isArray(problem['errors']) ? problem['errors'] : []
  for (const error of errors as { field?: unknown; message?: unknown }[]) {
    hints.push(`${String(error.field)}: ${String(error.message)}`)
  }
  const role = textOf(problem['needed_role'])
  if (role !== undefined) hints.push(`It takes the role ${role}.`)
  if (status === 401) hints.push('HANGAR_TOKEN is not one that this API knows, or has ended.')
  const requestId = textOf(problem['request_id'])
  if (requestId !== undefined) hints.push(`${code}, request ${requestId}`)
  return hints
}

const textOf = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined)
