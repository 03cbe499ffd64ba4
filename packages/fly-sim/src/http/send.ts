import type { ServerResponse } from 'node:http'
import type { Answer } from './answer.ts'

/** Text and content type of an answer's body. */
export function bodyOf(answer: Answer): { text: string; type: string | null } {
  if (answer.json !== undefined)
    return { text: JSON.stringify(answer.json), type: 'application/json; charset=utf-8' }
  if (answer.text !== undefined) return { text: answer.text, type: 'text/plain; charset=utf-8' }
  return { text: '', type: null }
}

export function send(response: ServerResponse, answer: Answer, requestId: string): void {
  if (response.destroyed) return
  const { text, type } = bodyOf(answer)
  response.writeHead(answer.status, {
    ...headersOf(requestId, type, answer),
    'content-length': Buffer.byteLength(text),
  })
  response.end(text)
}

export function headersOf(requestId: string, type: string | null, answer: Answer): Record<string, string> {
  return {
    'fly-request-id': requestId,
    server: 'Fly/sim',
    ...(type !== null && { 'content-type': type }),
    ...answer.headers,
  }
}
