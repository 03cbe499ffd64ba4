import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Registry } from 'prom-client'
import type { Logger } from './logger.ts'
import { checkReadiness, type Checks } from './readiness.ts'

export type OpsServer = { readonly port: number; close(): Promise<void> }

export type OpsServerOptions = {
  /** 0 takes any free port. */
  port: number
  /** Not given: all addresses. */
  host?: string | undefined
  checks: Checks
  registry: Registry
  logger?: Logger
}

/**
 * For processes that serve nothing else: `/healthz` says that the process runs, `/readyz` whether what it needs
 * answers (503 and the names of what does not), `/metrics` is for Prometheus.
 */
export async function startOpsServer(options: OpsServerOptions): Promise<OpsServer> {
  const server = createServer((request, response) => {
    answer(request, response, options).catch((error: unknown) => {
      options.logger?.error({ err: error }, 'an operations request failed')
      send(response, 500, { status: 'failed' })
    })
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen({ port: options.port, host: options.host }, resolve)
  })
  return {
    port: (server.address() as AddressInfo).port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        // A scraper may keep its connection open for as long as it likes.
        server.closeAllConnections()
      }),
  }
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  options: OpsServerOptions,
): Promise<void> {
  if (request.method !== 'GET' && request.method !== 'HEAD') {
    response.setHeader('Allow', 'GET, HEAD')
    send(response, 405, { status: 'method not allowed' })
    return
  }
  const path = request.url?.split('?')[0]
  if (path === '/healthz') send(response, 200, { status: 'ok' })
  else if (path === '/readyz') await sendReadiness(response, options)
  else if (path === '/metrics') await sendMetrics(response, options.registry)
  else send(response, 404, { status: 'not found' })
}

async function sendReadiness(response: ServerResponse, { checks, logger }: OpsServerOptions): Promise<void> {
  const { ready, checks: results } = await checkReadiness(checks, (check, error) => {
    logger?.warn({ err: error, check }, 'not ready')
  })
  send(response, ready ? 200 : 503, { status: ready ? 'ok' : 'not ready', checks: results })
}

async function sendMetrics(response: ServerResponse, registry: Registry): Promise<void> {
  const text = await registry.metrics()
  response.writeHead(200, { 'Content-Type': registry.contentType, 'Cache-Control': 'no-store' }).end(text)
}

function send(response: ServerResponse, status: number, body: object): void {
  response
    .writeHead(status, { 'Content-Type': 'application/json', 'Cache-Control': 'no-store' })
    .end(`${JSON.stringify(body)}\n`)
}
