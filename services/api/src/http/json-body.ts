import express, { type Request, type Response } from 'express'

/** What an admin call or an app's report may weigh. */
const LIMIT_BYTES = 64 * 1024

// Any content type: callers with plain `curl -d` are welcome, and no cookie is read where this parser is used.
// Primitives are let through, so that the schema can say what was expected (422) instead of a bare 400.
const parse = express.json({ limit: LIMIT_BYTES, type: () => true, strict: false })

/**
 * Reads the body as JSON; none at all is `{}`. Called after the caller is known, so that a stranger's body is
 * never read. Rejects with the parser's error: malformed 400, too large 413, unknown encoding 415.
 */
export function readJsonBody(request: Request, response: Response): Promise<unknown> {
  return new Promise((resolve, reject) => {
    parse(request, response, (error?: unknown) => {
      if (error === undefined) resolve((request.body as unknown) ?? {})
      else reject(error instanceof Error ? error : new Error('the body could not be read', { cause: error }))
    })
  })
}
