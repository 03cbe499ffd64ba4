// Hangar's HTTP shim as the user's app sees it: five calls, and four kinds of answer that the caller
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
  placement: z.enum(['shared', 'moving', 'dedicated']),
  retry_after_ms: z.number().int().min(1).nullable(),
  heartbeat_interval_ms: z.number().int().min(1),
  traders: z.array(z.object({ id: z.string(), name: z.string(), definition: z.unknown() })),
})
// A directive of a newer Hangar is kept as text and ignored by name, not refused with the whole answer.
const heartbeatSchema = z.object({ directives: z.array(z.string()) })
const resultsSchema = z.object({
  results: z.array(z.object({ status: z.enum(['stored', 'duplicate', 'rejected']) })),
})
const drainedSchema = z.object({ ok: z.literal(true) })

export type Bootstrap = z.infer<typeof bootstrapSchema>
/** What to run, or null where what was said under `etag` still holds. */
export type Told = { bootstrap: Bootstrap | null; etag: string | null }
export type ItemKind = 'signals' | 'executions'
export type Item = { trader_id: string } & Record<string, unknown>
export type ItemResult = z.infer<typeof resultsSchema>['results'][number]
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
  bootstrap(etag: string | null, signal?: AbortSignal): Promise<Answer<Told>>
  heartbeat(body: Heartbeat, signal?: AbortSignal): Promise<Answer<{ directives: string[] }>>
  send(kind: ItemKind, items: readonly Item[]): Promise<Answer<{ results: ItemResult[] }>>
  drained(body: DrainCounts): Promise<Answer<{ ok: true }>>
}

/** Each call is one attempt, bounded by `shimTimeoutMs`; retrying is the caller's choice. */
export function createShim(config: Config): Shim {
  const call = async <T>(
    request: Request,
    read: (text: string, response: Response) => T,
  ): Promise<Answer<T>> => {
    try {
      const response = await fetch(request)
      const text = await response.text()
      if (response.status === 410) return { kind: 'gone' }
      if (!response.ok && response.status !== 304) {
        const lasting =
          response.status >= 400 && response.status < 500 && ![408, 429].includes(response.status)
        return { kind: lasting ? 'refused' : 'failed', reason: `Hangar answered ${response.status}` }
      }
      return { kind: 'ok', value: read(text, response) }
    } catch (error) {
      return { kind: 'failed', reason: describe(error) }
    }
  }
  const as =
    <T>(schema: z.ZodType<T>) =>
    (text: string) =>
      schema.parse(JSON.parse(text))
  const asTold = (text: string, response: Response): Told => ({
    bootstrap: response.status === 304 ? null : as(bootstrapSchema)(text),
    etag: response.headers.get('etag'),
  })
  const request = (
    method: string,
    path: string,
    body: unknown,
    signal: AbortSignal | undefined,
    headers: Record<string, string> = {},
  ) => {
    const timeout = AbortSignal.timeout(config.shimTimeoutMs)
    return new Request(`${config.hangarUrl}/shim/v1/${path}`, {
      method,
      headers: {
        authorization: `Bearer ${config.hangarToken}`,
        'x-fly-machine-id': config.machineId,
        ...headers,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      body: body === undefined ? null : JSON.stringify(body),
      redirect: 'error',
      signal: signal ? AbortSignal.any([signal, timeout]) : timeout,
    })
  }
  return {
    bootstrap: (etag, signal) => {
      const headers = etag === null ? {} : { 'if-none-match': etag }
      return call(request('GET', 'bootstrap', undefined, signal, headers), asTold)
    },
    heartbeat: (body, signal) => call(request('POST', 'heartbeat', body, signal), as(heartbeatSchema)),
    send: (kind, items) => call(request('POST', kind, { items }, undefined), as(resultsSchema)),
    drained: (body) => call(request('POST', 'drained', body, undefined), as(drainedSchema)),
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
