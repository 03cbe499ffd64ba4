import { randomUUID } from 'node:crypto'
import type { RequestHandler } from 'express'

/** A caller's id is kept when it is harmless in a log line; otherwise the request gets one of ours. */
const HARMLESS = /^[A-Za-z0-9._-]{1,128}$/

/** Puts `requestId` in `response.locals` and in the answer, so that one id leads from a caller's log to ours. */
export const requestId: RequestHandler = (request, response, next) => {
  const given = request.get('x-request-id')
  const id = given !== undefined && HARMLESS.test(given) ? given : randomUUID()
  response.locals['requestId'] = id
  response.setHeader('x-request-id', id)
  next()
}
