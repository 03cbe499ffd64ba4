/**
 * Requests that cause work begin a trace, or go on in the caller's. Not those of the users' apps (a heartbeat each half
 * minute from every app, which wakes work but is not its cause), nor pages and probes.
 */
import { type Tracing } from '@hangar/runtime'
import { wake, type WakeResult, type WakeTarget } from '@hangar/jobs'
import type { RequestHandler } from 'express'
import type { ApiDeps } from '../deps.ts'

const TRACED = /^\/(webhooks|v1|functions)\//

export function traceRequests(tracing: Tracing): RequestHandler {
  return (request, response, next) => {
    if (!tracing.enabled || !TRACED.test(request.path)) {
      next()
      return
    }
    const { requestId } = response.locals as { requestId: string }
    const attributes = { 'http.request.method': request.method, 'hangar.request_id': requestId }
    const parent = request.get('traceparent')
    void tracing.span(
      `${request.method} ${groupOf(request.path)}`,
      { kind: 'server', parent, attributes },
      (span) => {
        const ended = new Promise<void>((resolve) => {
          response.once('close', () => {
            const { path } = (request.route ?? {}) as { path?: unknown }
            span.set({
              'http.route': typeof path === 'string' ? request.baseUrl + path : undefined,
              'http.response.status_code': response.statusCode,
            })
            resolve()
          })
        })
        next()
        return ended
      },
    )
  }
}

/** A span's name holds no ids; the whole route is one of its attributes once it is known. */
function groupOf(path: string): string {
  return path.split('/', 3).join('/')
}

/** Wakes a lane for the request that this runs in: the work that follows belongs to its trace. */
export function wakeTraced(
  { queues, tracing }: Pick<ApiDeps, 'queues' | 'tracing'>,
  target: WakeTarget,
  options: { timeoutMs: number },
): Promise<WakeResult> {
  // Outside of a traced request there is nothing to carry on: the trace that the user's work belongs to stays.
  if (tracing.traceparent() === undefined) return wake(queues, target, options)
  return tracing.span(`enqueue ${target.lane}`, { kind: 'producer' }, async (span) => {
    const result = await wake(queues, { ...target, traceparent: tracing.traceparent() }, options)
    span.set({ 'hangar.wake': result })
    return result
  })
}
