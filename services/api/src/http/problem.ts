/**
 * Every error leaves as a problem document (RFC 9457) built from the error registry. What the caller sees is the
 * registry's sentence and machine-readable details; the operator's text and the stack go to the log only.
 */
import { HangarError, type ErrorCode } from '@hangar/core'
import type { ErrorRequestHandler, RequestHandler, Response } from 'express'
import type { z } from 'zod'
import type { Logger } from '@hangar/runtime'

export type Problem = {
  type: string
  title: string
  status: number
  code: ErrorCode
  request_id: string
} & Record<string, unknown>

/** One field that is wrong: where it is (`record.user_id`, `query.limit`) and what it should have been. */
export type FieldError = { field: string; message: string }

/** What node-postgres says, without a code, of a connection that broke or never came about. */
const CONNECTION_LOST =
  /^Connection terminated|timeout exceeded when trying to connect|encountered a connection error/

/** A body parser's error, or one of Express's own, carries its HTTP status; anything else is our fault. */
const CODE_OF_STATUS: Readonly<Record<number, ErrorCode>> = {
  400: 'bad_request',
  404: 'not_found',
  413: 'payload_too_large',
  415: 'unsupported_media_type',
}

/** PostgreSQL's classes 08 (connection), 53 (resources), 57P (going down), 25P03 (this process stood still), and the socket's own words. */
const DATABASE_DOWN = /^(08...|25P03|53...|57P..|ECONNREFUSED|ECONNRESET|ENOTFOUND|ETIMEDOUT|EPIPE)$/

/** What anything that is thrown means to whoever asked. */
export function toHangarError(error: unknown): HangarError {
  if (error instanceof HangarError) return error
  const { code, status, message } = fieldsOf(error)
  const own: ErrorCode =
    DATABASE_DOWN.test(String(code)) || CONNECTION_LOST.test(String(message))
      ? 'database_unavailable'
      : (CODE_OF_STATUS[Number(status)] ?? 'internal')
  return new HangarError(own, { operator: String(message), cause: error })
}

/** By shape and not by class: what Node's own modules throw need not be an instance of this realm's Error. */
function fieldsOf(error: unknown): { code?: unknown; status?: unknown; message?: unknown } {
  return typeof error === 'object' && error !== null ? error : { message: error }
}

/** 422 naming each field. `where` says which part of the request was read: `body`'s fields go unprefixed. */
export function validationError(error: z.ZodError, where: 'body' | 'query' | 'path' | 'header'): HangarError {
  const prefix = where === 'body' ? [] : [where]
  const errors: FieldError[] = error.issues.map((issue) => ({
    field: [...prefix, ...issue.path.map(String)].join('.') || 'body',
    message: issue.message,
  }))
  const fields = errors.map((one) => one.field).join(', ')
  return new HangarError('validation_failed', {
    operator: `wrong or missing: ${fields}`,
    details: { errors },
  })
}

function sendProblem(response: Response, error: HangarError, requestId: string): void {
  const problem: Problem = {
    ...error.details,
    type: `urn:hangar:problem:${error.code}`,
    title: error.publicMessage,
    status: error.status,
    code: error.code,
    request_id: requestId,
  }
  // RFC 9110: a 401 names the scheme; a 503 says when to come back.
  if (error.status === 401) response.setHeader('www-authenticate', 'Bearer realm="hangar"')
  if (error.status === 503 && !response.hasHeader('retry-after')) response.setHeader('retry-after', '2')
  const seconds = error.details?.['retry_after_seconds']
  if (typeof seconds === 'number') response.setHeader('retry-after', String(seconds))
  response.status(error.status).type('application/problem+json').send(JSON.stringify(problem))
}

/** An answer that every new machine may get once or twice: nobody has to look at it. */
const IS_USUAL = new Set<ErrorCode>(['machine_not_recorded', 'database_restored'])

/** The last middleware. Logs our own failures with their cause, a caller's mistake in one quiet line. */
export function problemHandler(logger: Logger): ErrorRequestHandler {
  // eslint-disable-next-line @typescript-eslint/no-unused-vars -- Express knows a handler of errors by its four parameters
  return (failure: unknown, _request, response, _next) => {
    const error = toHangarError(failure)
    const { requestId } = response.locals as { requestId: string }
    if (error.status >= 500 && !IS_USUAL.has(error.code))
      logger.error({ err: failure, code: error.code, requestId }, error.message)
    else logger.info({ code: error.code, requestId }, error.message)
    // Half an answer cannot be mended, and must not look whole. Express's own handler would write the failure to stderr
    // besides, with whatever it says.
    if (response.headersSent) {
      response.destroy()
      return
    }
    sendProblem(response, error, requestId)
  }
}

export const notFound: RequestHandler = () => {
  throw new HangarError('not_found')
}

/** For a path that exists under other methods. */
export function methodNotAllowed(allow: readonly string[]): RequestHandler {
  return (_request, response) => {
    response.setHeader('allow', allow.join(', '))
    throw new HangarError('method_not_allowed', { details: { allow } })
  }
}
