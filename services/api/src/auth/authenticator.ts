/**
 * Tells who a credential belongs to:
 *
 *   equal to one of SUPABASE_SERVICE_ROLE_KEY      ──▶ the key     (a `sb_secret_…` is not a JWT)
 *   a JWT of role service_role, by the JWT secret  ──▶ the key     (the legacy form; no sub, no aud)
 *   a user's access token                          ──▶ the person, with `app_metadata.role`
 *
 * `app_metadata` is written by the project's owner only; the token's own `role` is the Postgres role and says
 * nothing. Users without one of our roles, anonymous users and tokens made for OAuth clients are known but not
 * let in (403); everything else is unknown (401).
 */
import { HangarError, type Clock } from '@hangar/core'
import type { JWTPayload } from 'jose'
import { z } from 'zod'
import { isRole, type Caller } from './caller.ts'
import { sameSecret } from './constant-time.ts'
import { createTokenVerifier, type KeySettings } from './token-keys.ts'

export type AuthSettings = KeySettings & {
  /** Each an `sb_secret_…` or the legacy service_role JWT. Without any, only other JWTs get in. */
  serviceRoleKeys?: readonly string[] | undefined
  /** `<SUPABASE_URL>/auth/v1`; checked on users' tokens when given. */
  issuer?: string | undefined
}

/** Who it is, and what a session needs to know besides. */
export type Identity = {
  caller: Caller
  /** When the credential ends; null for a key. */
  expiresAt: Date | null
  /** A person's id among the project's users. */
  userId: string | null
  /** Whether the person showed a second factor (`aal2`). */
  secondFactor: boolean
  /** What proves the key: a session that it opened ends when this is accepted no more. Null for a person. Never shown. */
  provedBy: string | null
}

export type Authenticator = {
  /** From `Authorization: Bearer` or else `apikey`: with both, the bearer is the user and decides. */
  fromHeaders(headers: { authorization?: string | undefined; apikey?: string | undefined }): Promise<Identity>
  fromCredential(credential: string): Promise<Identity>
}

const userClaims = z.object({
  sub: z.guid(),
  aud: z.union([
    z.literal('authenticated'),
    z.array(z.string()).refine((all) => all.includes('authenticated')),
  ]),
  exp: z.number(),
  email: z.string().optional().catch(undefined),
  aal: z.unknown().optional(),
  is_anonymous: z.boolean().optional(),
  client_id: z.unknown().optional(),
  app_metadata: z.looseObject({ role: z.unknown().optional() }).optional(),
})

const SERVICE: Caller = {
  kind: 'key',
  actor: 'service_role',
  role: 'admin',
  email: null,
  sessionId: null,
}

function keyProvedBy(secret: string, expiresAt: Date | null = null): Identity {
  return { caller: SERVICE, expiresAt, userId: null, secondFactor: false, provedBy: secret }
}

export function createAuthenticator(settings: AuthSettings, clock: Clock): Authenticator {
  const verify = createTokenVerifier(settings, clock)

  const fromCredential = async (credential: string): Promise<Identity> => {
    const key = settings.serviceRoleKeys?.find((one) => sameSecret(credential, one))
    if (key !== undefined) return keyProvedBy(key)
    if (!credential.startsWith('ey')) throw unknown('no key of ours and no JWT')
    const { claims, secret } = await verify(credential)
    // Only the project's owner has the secret; its signing keys sign for users alone.
    if (claims['role'] === 'service_role' && secret !== null) return keyProvedBy(secret, endOf(claims))
    return toPerson(claims, settings.issuer)
  }

  const fromHeaders: Authenticator['fromHeaders'] = async ({ authorization, apikey }) => {
    const bearer = /^Bearer +(\S+)$/i.exec(authorization ?? '')?.[1]
    const credential = bearer ?? (authorization === undefined ? apikey : undefined)
    if (credential === undefined) throw unknown('no credential')
    return fromCredential(credential)
  }

  return { fromHeaders, fromCredential }
}

function endOf({ exp }: JWTPayload): Date | null {
  return exp === undefined ? null : new Date(exp * 1000)
}

function toPerson(payload: JWTPayload, issuer: string | undefined): Identity {
  const claims = userClaims.safeParse(payload)
  if (!claims.success) throw unknown('the token is no user access token')
  if (issuer !== undefined && payload.iss !== issuer) throw unknown('the token is of another project')
  const {
    sub,
    email,
    aal,
    exp,
    is_anonymous: isAnonymous,
    client_id: clientId,
    app_metadata: app,
  } = claims.data
  if (isAnonymous === true) throw refused('an anonymous user')
  if (clientId !== undefined && clientId !== null) throw refused('a token made for an OAuth client')
  if (!isRole(app?.role)) throw refused('a user without a role here')
  const person = { kind: 'person', actor: `user:${sub}`, role: app.role } as const
  return {
    caller: { ...person, email: email ?? null, sessionId: null },
    expiresAt: new Date(exp * 1000),
    userId: sub,
    secondFactor: aal === 'aal2',
    provedBy: null,
  }
}

function unknown(operator: string): HangarError {
  return new HangarError('unauthorized', { operator })
}

function refused(who: string): HangarError {
  return new HangarError('forbidden', { operator: `${who} was refused` })
}
