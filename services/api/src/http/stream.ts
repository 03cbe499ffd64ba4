/** An answer that is longer than what should be held in memory. */
import { pipeline } from 'node:stream/promises'
import type { Response } from 'express'

/**
 * Sends the pieces as they come, no faster than they are read. What fails before the first becomes a problem document, as
 * any error does; later the status is out already, and the connection is cut: a file that ends early must not look whole.
 */
export async function sendPieces(response: Response, pieces: AsyncIterable<string>): Promise<void> {
  const iterator = pieces[Symbol.asyncIterator]()
  const first = await iterator.next()
  try {
    await pipeline(rest(first, iterator), response)
  } catch (error) {
    // Whoever asked has gone: nobody is left to be told, and nothing went wrong here.
    if ((error as NodeJS.ErrnoException).code !== 'ERR_STREAM_PREMATURE_CLOSE') throw error
  }
}

async function* rest(first: IteratorResult<string>, iterator: AsyncIterator<string>): AsyncGenerator<string> {
  try {
    for (let piece = first; piece.done !== true; piece = await iterator.next()) yield piece.value
  } finally {
    await iterator.return?.()
  }
}

export function isPieces(body: unknown): body is AsyncIterable<string> {
  return typeof body === 'object' && body !== null && Symbol.asyncIterator in body
}
