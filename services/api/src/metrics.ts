import { Counter, Histogram, type Registry } from 'prom-client'
import type { RequestHandler } from 'express'

const WEBHOOK_OUTCOMES = ['woken', 'postponed', 'ignored'] as const

export type ApiMetrics = {
  registry: Registry
  webhooks: Counter<'outcome'>
  requestSeconds: Histogram<'method' | 'route' | 'status'>
}

/** The API's own series; those of the process are in the registry already. Every outcome exists at zero. */
export function createApiMetrics(registry: Registry): ApiMetrics {
  const webhooks = new Counter({
    name: 'hangar_webhooks_total',
    help: 'Deliveries accepted, by what they led to. Postponed ones wait for the relay, because Redis was away.',
    labelNames: ['outcome'],
    registers: [registry],
  })
  for (const outcome of WEBHOOK_OUTCOMES) webhooks.inc({ outcome }, 0)
  const requestSeconds = new Histogram({
    name: 'hangar_http_request_duration_seconds',
    help: 'Time to answer, by route as declared (never the address, which holds ids).',
    labelNames: ['method', 'route', 'status'],
    buckets: [0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5],
    registers: [registry],
  })
  return { registry, webhooks, requestSeconds }
}

/** Times each answer. Addresses that no route matched share one label, or a scanner would fill the memory. */
export function timeRequests({ requestSeconds }: ApiMetrics): RequestHandler {
  return (request, response, next) => {
    const stopTimer = requestSeconds.startTimer({ method: request.method })
    response.on('finish', () => {
      const { path } = (request.route ?? {}) as { path?: unknown }
      const route = typeof path === 'string' ? request.baseUrl + path : request.baseUrl || 'unmatched'
      stopTimer({ route, status: response.statusCode })
    })
    next()
  }
}
