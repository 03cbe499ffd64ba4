/**
 * The way to the API. The session is a cookie that scripts cannot read; what changes something carries the
 * session's csrf token and a key of its own, so that asking twice does it once. Every answer that is not a
 * success is thrown as a ProblemError, every silence as a ConnectionError.
 */
import createClient from 'openapi-fetch'
import { presence } from '../lib/presence.ts'
import { ConnectionError, problemOf } from './problem.ts'
import type { paths } from './schema.generated.ts'

const TIMEOUT_MS = 15_000

const settings = { csrfToken: '', onSignedOut: () => {} }

/** Said with each sign-in and each look at the session. */
export function setCsrfToken(token: string): void {
  settings.csrfToken = token
}

/** What happens when a call finds that the session is over. */
export function onSignedOut(listener: () => void): void {
  settings.onSignedOut = listener
}

/** Typed by docs/openapi.json: `await answer(api.GET('/v1/apps', { params: { query } }))`. */
export const api = createClient<paths>({ baseUrl: '', fetch: guardedFetch })

/** The body of a success. Anything else has been thrown already. */
export async function answer<T>(call: Promise<{ data?: T }>): Promise<T> {
  const { data } = await call
  return data as T
}

type Query = Readonly<Record<string, string | readonly string[] | undefined>>

/** Of an address that the browser goes to by itself, as for a download. Several words have a comma between. */
export function toQuery(query: Query): string {
  const params = new URLSearchParams()
  for (const [key, value] of Object.entries(query)) {
    const text = typeof value === 'string' ? value : (value ?? []).join(',')
    if (text !== '') params.set(key, text)
  }
  return params.size === 0 ? '' : `?${params.toString()}`
}

async function guardedFetch(request: Request): Promise<Response> {
  if (request.method !== 'GET') {
    request.headers.set('x-csrf-token', settings.csrfToken)
    if (!request.headers.has('idempotency-key')) request.headers.set('idempotency-key', newKey())
  }
  if (!presence.isPresent()) request.headers.set('x-hangar-passive', '1')
  const response = await send(request)
  if (response.ok) return response
  const problem = await problemOf(response)
  if (response.status === 401 && !isSessionCall(request)) settings.onSignedOut()
  throw problem
}

async function send(request: Request): Promise<Response> {
  const timeout = AbortSignal.timeout(TIMEOUT_MS)
  try {
    return await fetch(request, {
      signal: AbortSignal.any([request.signal, timeout]),
      credentials: 'same-origin',
    })
  } catch (error) {
    // Whoever asked has gone away: that is nobody's failure.
    if (request.signal.aborted) throw error
    throw new ConnectionError(timeout.aborted ? 'timeout' : 'unreachable', error)
  }
}

/** Signing in with a wrong password is a 401 too, and no reason to go anywhere. */
const isSessionCall = (request: Request): boolean => new URL(request.url).pathname === '/admin/session'

/** 128 random bits. `randomUUID` is there only over https. */
export function newKey(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) =>
    byte.toString(16).padStart(2, '0'),
  ).join('')
}
