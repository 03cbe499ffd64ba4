import type { IncomingMessage } from 'node:http'

const LARGEST_BODY_BYTES = 1_048_576

/** The whole body as text; null if it is larger than anything Fly's API takes. */
export async function readBody(
  request: IncomingMessage,
  largestBytes: number = LARGEST_BODY_BYTES,
): Promise<string | null> {
  const chunks: Buffer[] = []
  let bytes = 0
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length
    if (bytes <= largestBytes) chunks.push(chunk)
  }
  return bytes > largestBytes ? null : Buffer.concat(chunks).toString('utf8')
}
