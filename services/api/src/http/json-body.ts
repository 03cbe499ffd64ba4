import { HangarError } from '@hangar/core'
import express, { type Request, type Response } from 'express'
import { parseExactly } from './exact-json.ts'

/** What a body may weigh: an admin call or an app's report; a long list of ids; a batch of signals. */
const LIMIT_BYTES = { report: 64 * 1024, list: 1024 * 1024, batch: 1024 * 1024 }

export type BodyLimit = keyof typeof LIMIT_BYTES

// Any content type: callers with plain `curl -d` are welcome. Where a cookie is enough, a header that no other site's form
// can send has been seen before the body is read.
// Primitives are let through, so that the schema can say what was expected (422) instead of a bare 400.
const type = () => true
/** What is in a batch is somebody else's: its numbers stay as they were written. */
const parse = {
  report: express.json({ limit: LIMIT_BYTES.report, type, strict: false }),
  list: express.json({ limit: LIMIT_BYTES.list, type, strict: false }),
  batch: express.text({ limit: LIMIT_BYTES.batch, type }),
}

/**
 * Reads the body as JSON; none at all is `{}`. Called after the caller is known, so that a stranger's body is
 * never read. Rejects with the parser's error: malformed 400, too large 413, unknown encoding 415.
 */
export async function readJsonBody(
  request: Request,
  response: Response,
  limit: BodyLimit = 'report',
): Promise<unknown> {
  await new Promise<void>((resolve, reject) => {
    parse[limit](request, response, (error?: unknown) => {
      if (error === undefined) resolve()
      else reject(error instanceof Error ? error : new Error('the body could not be read', { cause: error }))
    })
  })
  const body = request.body as unknown
  if (limit === 'batch') return readExactly(body)
  return body === undefined ? {} : body
}

function readExactly(body: unknown): unknown {
  if (typeof body !== 'string' || body === '') return {}
  try {
    return parseExactly(body)
  } catch (error) {
    throw new HangarError('bad_request', { cause: error })
  }
}
