// Hangar's HTTP shim as the user's app sees it: three calls, and four kinds of answer that the caller
// must tell apart, because each means something else for trading.
import { z } from 'zod'
import type { Config } from './config.ts'

/**
 * - `ok`: done.
 * - `gone` (410): this generation or this machine is over; stop trading and stay idle.
 * - `refused` (any other 4xx, 401 above all): asking again soon will not help; go on with what is known.
 * - `failed`: Hangar is down, slow or not ready (503); go on, and ask again.
 */
export type Answer<T> =
  | { kind: 'ok'; value: T }
  | { kind: 'gone' }
  | { kind: 'refused'; reason: string }
  | { kind: 'failed'; reason: string }

const bootstrapSchema = z.object({
  user_id: z.string(),
  generation: z.number().int(),
  directive: z.enum(['run', 'drain']),
  heartbeat_interval_ms: z.number().int().min(1),
  traders: z.array(z.object({ id: z.string(), name: z.string(), definition: z.unknown() })),
})
// A directive of a newer Hangar is kept as text and ignored by name, not refused with the whole answer.
const heartbeatSchema = z.object({ directives: z.array(z.string()) })
const drainedSchema = z.object({ ok: z.literal(true) })

export type Bootstrap = z.infer<typeof bootstrapSchema>
export type Trader = Bootstrap['traders'][number]
export type Heartbeat = {
  running_trader_ids: string[]
  last_cycle_at?: string
  buffered_signals: number
  memory_mb: number
  version: string
}
export type DrainCounts = { signals_flushed: number; executions_flushed: number; lost: number }

export type Shim = {
  bootstrap(signal?: AbortSignal): Promise<Answer<Bootstrap>>
  heartbeat(body: Heartbeat, signal?: AbortSignal): Promise<Answer<{ directives: string[] }>>
  drained(body: DrainCounts): Promise<Answer<{ ok: true }>>
}

/** Each call is one attempt, bounded by `shimTimeoutMs`; retrying is the caller's choice. */
export function createShim(config: Config): Shim {
  const call = async <T>(request: Request, schema: z.ZodType<T>): Promise<Answer<T>> => {
    try {
      const response = await fetch(request)
      const text = await response.text()
      if (response.status === 410) return { kind: 'gone' }
      if (!response.ok) {
        const lasting =
          response.status >= 400 && response.status < 500 && ![408, 429].includes(response.status)
        return { kind: lasting ? 'refused' : 'failed', reason: `Hangar answered ${response.status}` }
      }
      return { kind: 'ok', value: schema.parse(JSON.parse(text)) }
    } catch (error) {
      return { kind: 'failed', reason: describe(error) }
    }
  }
  const request = (method: string, path: string, body: unknown, signal: AbortSignal | undefined) => {
    const timeout = AbortSignal.timeout(config.shimTimeoutMs)
    return new Request(`${config.hangarUrl}/shim/v1/${path}`, {
      method,
      headers: {
        authorization: `Bearer ${config.hangarToken}`,
        'x-fly-machine-id': config.machineId,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      body: body === undefined ? null : JSON.stringify(body),
      redirect: 'error',
      signal: signal ? AbortSignal.any([signal, timeout]) : timeout,
    })
  }
  return {
    bootstrap: (signal) => call(request('GET', 'bootstrap', undefined, signal), bootstrapSchema),
    heartbeat: (body, signal) => call(request('POST', 'heartbeat', body, signal), heartbeatSchema),
    drained: (body) => call(request('POST', 'drained', body, undefined), drainedSchema),
  }
}

/** The pause before try number `failures + 1`: 250 ms, doubled each time, at most 10 s, spread by a fifth. */
export function backoffMs(failures: number): number {
  const fullMs = Math.min(10_000, 250 * 2 ** Math.min(failures - 1, 10))
  return Math.round(fullMs * (0.8 + 0.2 * Math.random()))
}

function describe(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown failure'
  // fetch says only "fetch failed"; its cause has the connection's own code.
  const cause = error.cause
  if (cause instanceof Error) return 'code' in cause ? String(cause.code) : cause.name
  return error instanceof z.ZodError || error instanceof SyntaxError ? 'unexpected answer' : error.name
}
