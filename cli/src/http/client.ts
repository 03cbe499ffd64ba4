/**
 * The way to the API, typed by docs/openapi.json: `await answer(api.GET('/v1/apps', { params: { query } }))`.
 *
 * Each try is bounded in time. What fails on the way (no connection, no answer in time, 429, 503, a change that is still in
 * hand) is tried again a few times. That is safe for changes too: every one carries an `Idempotency-Key`, the same on each
 * try, under which the API carries it out once.
 */
import { randomUUID } from 'node:crypto'
import type { Clock } from '@hangar/core'
import createClient, { type Client } from 'openapi-fetch'
import type { ApiSettings } from '../config.ts'
import { CliError, EXIT } from '../exit.ts'
import { ConnectionError, ProblemError, problemOf } from './problem.ts'
import type { paths } from './schema.generated.ts'

const TIMEOUT_MS = 30_000
/** Of reports and spreadsheets, which are written while they are read. */
const FILE_TIMEOUT_MS = 600_000
const TRIES = 4
const PAUSE_MS = 500
/** A limit that lasts longer than this is the caller's to wait for. */
const LONGEST_PAUSE_MS = 10_000

const IDEMPOTENCY_KEY = 'idempotency-key'

export type Api = Client<paths>

export type ApiOptions = ApiSettings & { clock: Clock; signal: AbortSignal; version: string }

export function createApi({ url, token, clock, signal, version }: ApiOptions): Api {
  const once = async (request: Request): Promise<Response> => {
    const timeoutMs = /\.(csv|json)$/.test(new URL(request.url).pathname) ? FILE_TIMEOUT_MS : TIMEOUT_MS
    const timeout = new AbortController()
    const timer = setTimeout(() => timeout.abort(), timeoutMs)
    try {
      const response = await fetch(request, {
        signal: AbortSignal.any([signal, request.signal, timeout.signal]),
      })
      // All of it within the time, so that an answer that breaks off is one that did not come.
      const body = response.body === null ? null : await response.arrayBuffer()
      return new Response(body, { status: response.status, headers: response.headers })
    } catch (cause) {
      if (signal.aborted)
        throw new CliError(EXIT.interrupted, 'Interrupted before the API answered.', {
          cause,
          hints: afterwards(request),
        })
      const why = timeout.signal.aborted
        ? `did not answer within ${timeoutMs / 1_000} s`
        : `cannot be reached (${reasonOf(cause)})`
      throw new ConnectionError(`The API at ${new URL(url).origin} ${why}.`, {
        cause,
        hints: afterwards(request),
      })
    } finally {
      clearTimeout(timer)
    }
  }
  const guarded = async (request: Request): Promise<Response> => {
    if (request.method !== 'GET' && !request.headers.has(IDEMPOTENCY_KEY)) {
      request.headers.set(IDEMPOTENCY_KEY, randomUUID())
    }
    for (let tries = 1; ; tries += 1) {
      try {
        const response = await once(request.clone())
        if (response.ok) return response
        throw await problemOf(response)
      } catch (error) {
        const pauseMs = pauseAfter(error, tries)
        if (pauseMs === undefined) throw error
        await clock.sleep(pauseMs, signal)
      }
    }
  }
  return createClient<paths>({
    baseUrl: url,
    fetch: guarded,
    // A token is for the address that was given, not for one that it names.
    redirect: 'error',
    headers: { authorization: `Bearer ${token}`, 'user-agent': `hangar-cli/${version}` },
  })
}

/** The body of a success. Anything else has been thrown already. */
export async function answer<T>(call: Promise<{ data?: T }>): Promise<T> {
  const { data } = await call
  return data as T
}

/** How long to wait before the next try; undefined: there is none. */
function pauseAfter(error: unknown, tries: number): number | undefined {
  if (tries >= TRIES) return undefined
  const pauseMs = PAUSE_MS * 2 ** (tries - 1)
  if (error instanceof ConnectionError) return pauseMs
  if (!(error instanceof ProblemError)) return undefined
  const passing = [429, 502, 503, 504].includes(error.status) || error.code === 'idempotency_in_flight'
  if (!passing) return undefined
  const asked = error.retryAfterSeconds === undefined ? pauseMs : error.retryAfterSeconds * 1_000
  return asked > LONGEST_PAUSE_MS ? undefined : asked
}

/** `fetch failed` says nothing; what lies below it does. */
function reasonOf(error: unknown): string {
  const below = error instanceof Error && error.cause instanceof Error ? error.cause : error
  const { code, message } = below as NodeJS.ErrnoException
  return code ?? message
}

function afterwards(request: Request): string[] {
  const key = request.headers.get(IDEMPOTENCY_KEY)
  if (request.method === 'GET' || key === null) return []
  return [`Whether it was done is not known. Once at most: repeat it with --idempotency-key ${key}`]
}
