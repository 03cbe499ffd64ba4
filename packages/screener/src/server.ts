// The app's own two addresses: GET /health for Fly's checks (200 while it trades or drains, 503 while it starts or
// idles), POST /shutdown for Hangar's worker.
import { createHash, timingSafeEqual } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { Screener } from './screener.ts'

type Options = { port: number; shutdownToken: string; screener: Screener }

/** Resolves once the port is bound. /shutdown answers 202 at once; the drained report says when it is over. */
export async function listen({ port, shutdownToken, screener }: Options): Promise<Server> {
  const server = createServer((request, response) => {
    request.resume()
    const route = `${request.method ?? ''} ${new URL(request.url ?? '/', 'http://app').pathname}`
    switch (route) {
      case 'GET /health': {
        const health = screener.health()
        answer(response, health.ok ? 200 : 503, health)
        break
      }
      case 'POST /shutdown':
        if (tokenMatches(request, shutdownToken)) {
          void screener.drain('/shutdown')
          answer(response, 202, { ok: true, state: screener.health().state })
        } else {
          answer(response, 401, { error: 'unauthorized' })
        }
        break
      default:
        answer(response, 404, { error: 'not found' })
    }
  })
  server.listen(port)
  await once(server, 'listening')
  return server
}

// Digests have one length, so the comparison takes the same time for every guess.
function tokenMatches(request: IncomingMessage, expected: string): boolean {
  const given = request.headers['x-shutdown-token']
  const digest = (text: string) => createHash('sha256').update(text).digest()
  return timingSafeEqual(digest(typeof given === 'string' ? given : ''), digest(expected))
}

function answer(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
}
