/**
 * The browser's session, for now a signed cookie: who, which role, until when. It holds no credential, ends by
 * itself, and opens only what lies below /admin. Signing keys follow from the master key, so that a rotation of
 * that key ends no session while the previous one is still accepted.
 */
import { sessionCookieKeys, type Clock, type KeyRing } from '@hangar/core'
import { errors, jwtVerify, SignJWT } from 'jose'
import { z } from 'zod'
import { ROLES, type Caller } from './caller.ts'

const COOKIE = 'hangar_session'
const COOKIE_PATH = '/admin'
/** As long as a Supabase access token lives. A role taken away is gone after at most twice that: token, then session. */
const LIFETIME_MS = 3_600_000

const sessionClaims = z.object({
  kind: z.enum(['person', 'key']),
  sub: z.string(),
  role: z.enum(ROLES),
  exp: z.number(),
})

export type Session = { caller: Caller; expiresAt: Date }

export type Sessions = {
  /** The `Set-Cookie` header of a new session. */
  open(caller: Caller): Promise<{ cookie: string; session: Session }>
  /** The session of a request's `Cookie` header, or null: none, ended, or not signed by us. */
  find(cookieHeader: string | undefined): Promise<Session | null>
  /** The `Set-Cookie` header that ends the browser's copy. */
  close(): string
}

export function createSessions(options: { keyRing: KeyRing; clock: Clock; secure: boolean }): Sessions {
  const keys = sessionCookieKeys(options.keyRing)
  const [signingKey] = keys
  if (signingKey === undefined) throw new Error('a key ring has at least one key')
  const attributes = `Path=${COOKIE_PATH}; HttpOnly; SameSite=Strict${options.secure ? '; Secure' : ''}`

  const open: Sessions['open'] = async (caller) => {
    const expiresAt = new Date(Math.floor((options.clock.now().getTime() + LIFETIME_MS) / 1000) * 1000)
    const token = await new SignJWT({ kind: caller.kind, role: caller.role })
      .setProtectedHeader({ alg: 'HS256' })
      .setSubject(caller.actor)
      .setExpirationTime(expiresAt)
      .sign(signingKey)
    const cookie = `${COOKIE}=${token}; Max-Age=${LIFETIME_MS / 1000}; ${attributes}`
    return { cookie, session: { caller, expiresAt } }
  }

  const find: Sessions['find'] = async (cookieHeader) => {
    const token = readCookie(cookieHeader, COOKIE)
    if (token === undefined) return null
    for (const key of keys) {
      const session = await verify(token, key, options.clock)
      if (session) return session
    }
    return null
  }

  return { open, find, close: () => `${COOKIE}=; Max-Age=0; ${attributes}` }
}

async function verify(token: string, key: Buffer, clock: Clock): Promise<Session | null> {
  try {
    const { payload } = await jwtVerify(token, key, { algorithms: ['HS256'], currentDate: clock.now() })
    const { kind, sub, role, exp } = sessionClaims.parse(payload)
    return { caller: { kind, actor: sub, role }, expiresAt: new Date(exp * 1000) }
  } catch (error) {
    if (error instanceof errors.JOSEError || error instanceof z.ZodError) return null
    throw error
  }
}

function readCookie(header: string | undefined, name: string): string | undefined {
  for (const pair of (header ?? '').split(';')) {
    const [key, value] = pair.trim().split('=', 2)
    if (key === name) return value
  }
  return undefined
}
