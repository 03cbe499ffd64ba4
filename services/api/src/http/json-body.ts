import express, { type Request, type Response } from 'express'

/** What a body may weigh: an admin call or an app's report; a batch of signals. */
const LIMIT_BYTES = { report: 64 * 1024, batch: 1024 * 1024 }

export type BodyLimit = keyof typeof LIMIT_BYTES

// Any content type: callers with plain `curl -d` are welcome, and no cookie is read where this parser is used.
// Primitives are let through, so that the schema can say what was expected (422) instead of a bare 400.
const parser = (limit: number) => express.json({ limit, type: () => true, strict: false })
const parse = { report: parser(LIMIT_BYTES.report), batch: parser(LIMIT_BYTES.batch) }

/**
 * Reads the body as JSON; none at all is `{}`. Called after the caller is known, so that a stranger's body is
 * never read. Rejects with the parser's error: malformed 400, too large 413, unknown encoding 415.
 */
export function readJsonBody(
  request: Request,
  response: Response,
  limit: BodyLimit = 'report',
): Promise<unknown> {
  return new Promise((resolve, reject) => {
    parse[limit](request, response, (error?: unknown) => {
      if (error === undefined) resolve((request.body as unknown) ?? {})
      else reject(error instanceof Error ? error : new Error('the body could not be read', { cause: error }))
    })
  })
}
