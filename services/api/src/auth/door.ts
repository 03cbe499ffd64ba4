/**
 * The one place where people and programs are let in. A token or a key shown with the request decides by itself; else
 * it is the browser's session, and then whoever changes something has to show that the request is the page's own.
 */
import { HangarError, isHangarError } from '@hangar/core'
import type { Request } from 'express'
import { isSameOrigin } from '../http/same-origin.ts'
import type { Authenticator } from './authenticator.ts'
import { hasRole, requireRole, type Caller, type Role } from './caller.ts'
import type { RateLimits } from './rate-limits.ts'
import { hasCsrfToken, type Session, type Sessions } from './session.ts'
import type { SupabaseAuth } from './supabase-auth.ts'

const READING = new Set(['GET', 'HEAD', 'OPTIONS'])

/** A page that refreshes itself says so (`X-Hangar-Passive`), and a stream is no sign of anybody being there. */
const PASSIVE_HEADER = 'x-hangar-passive'

export type Admitted = {
  caller: Caller
  /** For answers that go on for long: whether the caller would still be let in. */
  isStillAllowed: () => Promise<boolean>
}

export type Door = {
  readonly auth: Authenticator
  readonly sessions: Sessions
  /** Null where no project is configured. */
  readonly supabaseAuth: SupabaseAuth | null
  readonly limits: RateLimits
  /** Rejects with `unauthorized`, `forbidden`, `csrf_failed` or `rate_limited`. */
  admit(request: Request, needed: Role): Promise<Admitted>
  /** The session that a request of the page belongs to, or null; rejects where it has to prove that and does not. */
  findSession(request: Request): Promise<Session | null>
}

export type DoorParts = Pick<Door, 'auth' | 'sessions' | 'supabaseAuth' | 'limits'> & { publicUrl: URL }

export function createDoor({ auth, sessions, supabaseAuth, limits, publicUrl }: DoorParts): Door {
  const findSession: Door['findSession'] = async (request) => {
    const session = await sessions.find(request.headers.cookie, { isUse: !isPassive(request) })
    if (session && !READING.has(request.method)) {
      if (!isSameOrigin(request, publicUrl) || !hasCsrfToken(session, request.get('x-csrf-token')))
        throw new HangarError('csrf_failed')
    }
    return session
  }

  const byCredential = async (request: Request): Promise<Admitted> => {
    const headers = { authorization: request.get('authorization'), apikey: request.get('apikey') }
    const { caller } = await auth.fromHeaders(headers)
    // Asked again from the start: a token that has ended by then is refused.
    const isStillAllowed = () => auth.fromHeaders(headers).then(() => true, isRefusal)
    return { caller, isStillAllowed }
  }

  const bySession = async (request: Request, needed: Role): Promise<Admitted> => {
    const session = await findSession(request)
    if (!session) throw new HangarError('unauthorized', { operator: 'no credential and no session' })
    const { cookie } = request.headers
    const isStillAllowed = async () => {
      const now = await sessions.find(cookie, { isUse: false })
      return now !== null && hasRole(now.caller, needed)
    }
    return { caller: session.caller, isStillAllowed }
  }

  const admit: Door['admit'] = async (request, needed) => {
    const shows = request.get('authorization') !== undefined || request.get('apikey') !== undefined
    const known = shows ? byCredential(request) : bySession(request, needed)
    const admitted = await known.catch(async (error: unknown) => {
      if (isHangarError(error, 'unauthorized')) await limits.countRefused(addressOf(request))
      throw error
    })
    await limits.countRequest(admitted.caller)
    requireRole(admitted.caller, needed)
    return admitted
  }

  return { auth, sessions, supabaseAuth, limits, admit, findSession }
}

/** Where a request comes from: the last hop that is not one of our own proxies (`TRUSTED_PROXY_HOPS`). */
export function addressOf(request: Request): string {
  return request.ip ?? 'unknown'
}

function isPassive(request: Request): boolean {
  return request.get(PASSIVE_HEADER) !== undefined || request.get('accept') === 'text/event-stream'
}

/** False where the caller is refused; what else goes wrong is not the caller's, and stays an error. */
function isRefusal(error: unknown): boolean {
  if (isHangarError(error, 'unauthorized') || isHangarError(error, 'forbidden')) return false
  throw error
}
