/**
 * The browser's session. The cookie holds 32 random bytes and nothing else; the session is a row (hangar.admin_sessions),
 * so it ends on the server, and its role is the account's of at most half a minute ago. The CSRF token is derived from
 * the cookie's: who can send the one header has read an answer of ours, which no other site can.
 */
import { createHash, createHmac, randomBytes } from 'node:crypto'
import { credentialMarks, type KeyRing } from '@hangar/core'
import {
  endAdminSession,
  endAdminSessionsOf,
  findAdminSession,
  forgetOldAdminSessions,
  insertAdminSession,
  insertAudit,
  type AdminSession,
  type Database,
  type Tx,
} from '@hangar/db'
import { settleIdentity } from './account.ts'
import type { AuthSettings, Identity } from './authenticator.ts'
import type { Caller } from './caller.ts'
import { sameSecret } from './constant-time.ts'

/** Well below the minute within which a role that was taken away has to be gone. */
const RECHECK_AFTER_MS = 30_000

const TOKEN_BYTES = 32
const TOKEN = /^[\w-]{43}$/

export type SessionSettings = {
  /** Without a request for so long, a session is over. */
  idleMs: number
  /** And after so long in any case. */
  maxMs: number
}

export type Session = { caller: Caller; expiresAt: Date; csrfToken: string }

export type Sessions = {
  readonly settings: SessionSettings
  /** A new session, in the place of the one that the browser had. Rejects for who may not have one. */
  open(who: Identity, request: SignInRequest): Promise<{ cookie: string; session: Session }>
  /** The session of a request's `Cookie` header, or null. `isUse` false: looked at without keeping it from idling. */
  find(cookieHeader: string | undefined, options?: { isUse?: boolean }): Promise<Session | null>
  /** Ends it, or all of the same person, and answers with the `Set-Cookie` header that empties the browser's copy. */
  end(session: Session | null, request: { requestId: string; everywhere: boolean }): Promise<string>
}

export type SignInRequest = { cookieHeader: string | undefined; requestId: string }

export type SessionOptions = {
  db: Database
  keyRing: KeyRing
  /** The keys of programs: a session that was opened with one ends when they are changed. */
  auth: AuthSettings
  settings: SessionSettings
  /** Over https: then the cookie is sent nowhere else, and no other host of the domain can set it. */
  secure: boolean
}

export function createSessions({ db, keyRing, auth, settings, secure }: SessionOptions): Sessions {
  const name = secure ? '__Host-hangar_session' : 'hangar_session'
  const attributes = `Path=/; HttpOnly; SameSite=Strict${secure ? '; Secure' : ''}`
  const keys = [...(auth.serviceRoleKeys ?? []), ...(auth.jwtSecrets ?? [])]
  const keyMarks = keys.flatMap((key) => credentialMarks(keyRing, [key]))

  const find: Sessions['find'] = async (cookieHeader, { isUse = true } = {}) => {
    const token = readToken(cookieHeader, name)
    if (token === null) return null
    const rules = { idleMs: settings.idleMs, recheckAfterMs: RECHECK_AFTER_MS, keyMarks, isUse }
    const row = await findAdminSession(db, hashOf(token), rules)
    return row && toSession(row, token)
  }

  const open: Sessions['open'] = async (who, { cookieHeader, requestId }) => {
    const token = randomBytes(TOKEN_BYTES).toString('base64url')
    const before = await find(cookieHeader, { isUse: false })
    const row = await db.transaction().execute(async (tx) => {
      const { caller, notAfter } = await settleIdentity(tx, who)
      if (before) await endOne(tx, before, 'replaced')
      const kind = ofKind(who, keyRing)
      const made = await insertAdminSession(tx, {
        ...kind,
        tokenHash: hashOf(token),
        actor: caller.actor,
        email: caller.email,
        role: caller.role,
        secondFactor: who.secondFactor,
        maxMs: settings.maxMs,
        notAfter,
      })
      const after = { role: caller.role, session: made.id }
      await insertAudit(tx, { actor: caller.actor, action: 'session.create', requestId, after })
      await forgetOldAdminSessions(tx)
      return made
    })
    const cookie = `${name}=${token}; Max-Age=${Math.floor(settings.maxMs / 1000)}; ${attributes}`
    return { cookie, session: toSession(row, token) }
  }

  const end: Sessions['end'] = async (session, { requestId, everywhere }) => {
    if (session)
      await db.transaction().execute(async (tx) => {
        const { actor } = session.caller
        const ended = everywhere
          ? await endAdminSessionsOf(tx, actor, 'signed_out_everywhere')
          : await endOne(tx, session, 'signed_out')
        const after = { ended, everywhere }
        if (ended > 0) await insertAudit(tx, { actor, action: 'session.end', requestId, after })
      })
    return `${name}=; Max-Age=0; ${attributes}`
  }

  return { settings, open, find, end }
}

/** Whether the header that a change by cookie has to carry is this session's. */
export function hasCsrfToken(session: Session, given: string | undefined): boolean {
  return given !== undefined && sameSecret(given, session.csrfToken)
}

async function endOne(tx: Tx, { caller }: Session, why: 'replaced' | 'signed_out'): Promise<number> {
  return caller.sessionId !== null && (await endAdminSession(tx, caller.sessionId, why)) ? 1 : 0
}

function ofKind({ userId, provedBy }: Identity, keyRing: KeyRing) {
  if (userId !== null) return { kind: 'person', userId } as const
  const [keyMark = ''] = provedBy === null ? [] : credentialMarks(keyRing, [provedBy])
  return { kind: 'key', keyMark } as const
}

function toSession({ id, kind, actor, role, email, expiresAt }: AdminSession, token: string): Session {
  const csrfToken = createHmac('sha256', token).update('csrf').digest('base64url')
  return { caller: { kind, actor, role, email, sessionId: id }, expiresAt, csrfToken }
}

function hashOf(token: string): Buffer {
  return createHash('sha256').update(token).digest()
}

/** The first that looks like one of ours: an older version's cookie of the same name may come before it. */
function readToken(header: string | undefined, name: string): string | null {
  for (const pair of (header ?? '').split(';')) {
    const [key, value = ''] = pair.trim().split('=', 2)
    if (key === name && TOKEN.test(value)) return value
  }
  return null
}
