import { Counter, Histogram, type Registry } from 'prom-client'
import type { RequestHandler, Response } from 'express'

const WEBHOOK_OUTCOMES = ['woken', 'postponed', 'ignored'] as const

export type ApiMetrics = {
  registry: Registry
  webhooks: Counter<'outcome'>
  requestSeconds: Histogram<'method' | 'route'>
  requests: Counter<'method' | 'route' | 'status'>
}

const STATUS_CLASSES = ['2xx', '3xx', '4xx', '5xx'] as const

/** The API's own series; those of the process are in the registry already. Every outcome exists at zero. */
export function createApiMetrics(registry: Registry): ApiMetrics {
  const registers = [registry]
  const webhooks = new Counter({
    name: 'hangar_webhooks_total',
    help: 'Deliveries accepted, by what they led to. Postponed ones wait for the relay, because Redis was away.',
    labelNames: ['outcome'],
    registers,
  })
  for (const outcome of WEBHOOK_OUTCOMES) webhooks.inc({ outcome }, 0)
  const requestSeconds = new Histogram({
    name: 'hangar_http_request_duration_seconds',
    help: 'Time to answer, by route as declared (never the address, which holds ids).',
    labelNames: ['method', 'route'],
    buckets: [0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5],
    registers,
  })
  const requests = new Counter({
    name: 'hangar_http_requests_total',
    help: 'Answers, by route as declared and by the first digit of their status.',
    labelNames: ['method', 'route', 'status'],
    registers,
  })
  return { registry, webhooks, requestSeconds, requests }
}

/** The series of every declared endpoint exist from the start. */
export function declareRoutes(
  { requestSeconds, requests }: ApiMetrics,
  routes: readonly { method: string; path: string }[],
): void {
  for (const { method, path: route } of routes) {
    const labels = { method: method.toUpperCase(), route }
    requestSeconds.zero(labels)
    for (const status of STATUS_CLASSES) requests.inc({ ...labels, status }, 0)
  }
}

/** Times each answer. Addresses that no route matched share one label, or a scanner would fill the memory. */
export function timeRequests({ requestSeconds, requests }: ApiMetrics): RequestHandler {
  return (request, response, next) => {
    const { method } = request
    const stopTimer = requestSeconds.startTimer({ method })
    response.on('finish', () => {
      const { path } = (request.route ?? {}) as { path?: unknown }
      const route = typeof path === 'string' ? request.baseUrl + path : request.baseUrl || 'unmatched'
      // A stream lasts for as long as somebody listens: that says nothing of how fast we are.
      if (!isStream(response)) stopTimer({ route })
      requests.inc({ method, route, status: `${Math.trunc(response.statusCode / 100)}xx` })
    })
    next()
  }
}

function isStream(response: Response): boolean {
  return String(response.getHeader('content-type')).startsWith('text/event-stream')
}
