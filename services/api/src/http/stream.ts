/** An answer that is longer than what should be held in memory, or that goes on for as long as somebody listens. */
import { pipeline } from 'node:stream/promises'
import type { Response } from 'express'

/** Pieces without an end. */
export type LiveText = AsyncIterable<string> & {
  /** Aborts when the connection is to be cut, whether or not anybody reads. */
  readonly cutOff: AbortSignal
  /** Whoever asked has gone: the next piece is the last. */
  gone(): void
}

/**
 * Sends the pieces as they come, no faster than they are read. What fails before the first becomes a problem document, as
 * any error does; later the status is out already, and the connection is cut: a file that ends early must not look whole.
 */
export async function sendPieces(
  response: Response,
  pieces: AsyncIterable<string> & Partial<LiveText>,
): Promise<void> {
  const { cutOff } = pieces
  response.once('close', () => pieces.gone?.())
  const iterator = pieces[Symbol.asyncIterator]()
  const first = await iterator.next()
  // Nobody reads what follows the head, and of what is live it would never end.
  if (response.req.method === 'HEAD') {
    await iterator.return?.()
    response.end()
    return
  }
  try {
    await pipeline(rest(first, iterator), response, cutOff ? { signal: cutOff } : {})
  } catch (error) {
    // Whoever asked has gone, or was cut off: nobody is left to be told, and nothing went wrong here.
    const hasGone = (error as NodeJS.ErrnoException).code === 'ERR_STREAM_PREMATURE_CLOSE'
    if (!hasGone && cutOff?.aborted !== true) throw error
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
