/**
 * A real HTTP server that answers as a test tells it to, reply by reply. For tests of this package only:
 * state is the stand-in's business (packages/fly-sim); this is for the exact bytes of one exchange.
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

export interface SeenCall {
  /** `POST /v1/apps` */
  route: string
  query: URLSearchParams
  headers: IncomingMessage['headers']
  body: unknown
}

export type Reply = (response: ServerResponse, call: SeenCall) => void

export interface TestServer {
  url: string
  calls: SeenCall[]
  /** Calls of this route, in order. */
  to(route: string): SeenCall[]
  /** The replies to this route, one per call; the last one stays. */
  on(route: string, ...replies: Reply[]): void
  /** Of routes that have no replies of their own. */
  otherwise(reply: Reply): void
  stop(): Promise<void>
}

export async function startServer(): Promise<TestServer> {
  const calls: SeenCall[] = []
  const replies = new Map<string, Reply[]>()
  let other: Reply = text(404, '404 page not found')
  const server = createServer((request, response) => {
    const parts: Buffer[] = []
    request.on('data', (part: Buffer) => parts.push(part))
    request.on('end', () => {
      const url = new URL(request.url ?? '/', 'http://test')
      const sent = Buffer.concat(parts).toString()
      const route = `${request.method ?? ''} ${url.pathname}`
      const call = {
        route,
        query: url.searchParams,
        headers: request.headers,
        body: sent === '' ? undefined : (JSON.parse(sent) as unknown),
      }
      calls.push(call)
      const mine = replies.get(route)
      const reply = (mine && mine.length > 1 ? mine.shift() : mine?.[0]) ?? other
      reply(response, call)
    })
    // A test that aborts breaks its own connection.
    request.on('error', () => {})
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    calls,
    to: (route) => calls.filter((call) => call.route === route),
    on: (route, ...given) => void replies.set(route, given),
    otherwise: (reply) => (other = reply),
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

export function json(status: number, body?: unknown, headers: Record<string, string> = {}): Reply {
  return (response) => {
    response.writeHead(status, { 'content-type': 'application/json', ...headers })
    response.end(body === undefined ? undefined : JSON.stringify(body))
  }
}

export function text(status: number, body: string, headers: Record<string, string> = {}): Reply {
  return (response) => void response.writeHead(status, headers).end(body)
}

/** An error as Fly words it. */
export function refuse(status: number, error: string, more: Record<string, unknown> = {}): Reply {
  return json(status, { error, ...more }, { 'fly-request-id': '01TEST-iad' })
}

/** Reads the request and never answers. */
export const hang: Reply = () => {}

/** The request has been read, and applied for all anybody knows; then the connection breaks. */
export const reset: Reply = (response) => void response.socket?.resetAndDestroy()

/** Promises more than it sends. */
export function truncated(body: string): Reply {
  return (response) => {
    response.writeHead(200, {
      'content-type': 'application/json',
      'content-length': String(body.length + 100),
    })
    response.write(body, () => response.socket?.destroy())
  }
}
