/**
 * Tells who a request comes from, by what it carries:
 *
 *   bearer or apikey equal to SUPABASE_SERVICE_ROLE_KEY ──▶ the key   (a `sb_secret_…` is not a JWT)
 *   bearer or apikey a JWT of role service_role         ──▶ the key   (the legacy form; no sub, no aud)
 *   bearer a user's access token                        ──▶ the person, with `app_metadata.role`
 *
 * `app_metadata` is written by the project's owner only; the token's own `role` is the Postgres role and says
 * nothing. Users without one of our roles, anonymous users and tokens made for OAuth clients are known but not
 * let in (403); everything else is unknown (401).
 */
import { HangarError, type Clock } from '@hangar/core'
import { errors, jwtVerify, type JWTPayload } from 'jose'
import { z } from 'zod'
import { isRole, type Caller } from './caller.ts'
import { sameSecret } from './constant-time.ts'

export type AuthSettings = {
  /** The project's JWT secret (HS256). Without it only the service key gets in. */
  jwtSecret?: string | undefined
  /** `sb_secret_…`, or the legacy service_role JWT. Without it only JWTs get in. */
  serviceRoleKey?: string | undefined
  /** `<SUPABASE_URL>/auth/v1`; checked on users' tokens when given. */
  issuer?: string | undefined
}

export type Authenticator = {
  /** From `Authorization: Bearer` or else `apikey`: with both, the bearer is the user and decides. */
  fromHeaders(headers: { authorization?: string | undefined; apikey?: string | undefined }): Promise<Caller>
  fromCredential(credential: string): Promise<Caller>
}

const userClaims = z.object({
  sub: z.guid(),
  aud: z.union([
    z.literal('authenticated'),
    z.array(z.string()).refine((all) => all.includes('authenticated')),
  ]),
  exp: z.number(),
  is_anonymous: z.boolean().optional(),
  client_id: z.unknown().optional(),
  app_metadata: z.looseObject({ role: z.unknown().optional() }).optional(),
})

const SERVICE: Caller = { kind: 'key', actor: 'service_role', role: 'admin' }

export function createAuthenticator(settings: AuthSettings, clock: Clock): Authenticator {
  const secret = settings.jwtSecret === undefined ? undefined : new TextEncoder().encode(settings.jwtSecret)

  const fromCredential = async (credential: string): Promise<Caller> => {
    if (settings.serviceRoleKey !== undefined && sameSecret(credential, settings.serviceRoleKey))
      return SERVICE
    if (secret === undefined || !credential.startsWith('ey')) throw unknown('no key of ours and no JWT')
    const claims = await verify(credential, secret, clock)
    return claims['role'] === 'service_role' ? SERVICE : toPerson(claims, settings.issuer)
  }

  const fromHeaders: Authenticator['fromHeaders'] = async ({ authorization, apikey }) => {
    const bearer = /^Bearer +(\S+)$/i.exec(authorization ?? '')?.[1]
    const credential = bearer ?? (authorization === undefined ? apikey : undefined)
    if (credential === undefined) throw unknown('no credential')
    return fromCredential(credential)
  }

  return { fromHeaders, fromCredential }
}

async function verify(token: string, secret: Uint8Array, clock: Clock): Promise<JWTPayload> {
  try {
    const { payload } = await jwtVerify(token, secret, { algorithms: ['HS256'], currentDate: clock.now() })
    return payload
  } catch (error) {
    if (error instanceof errors.JOSEError) throw unknown(`the token was refused: ${error.code}`)
    throw error
  }
}

function toPerson(payload: JWTPayload, issuer: string | undefined): Caller {
  const claims = userClaims.safeParse(payload)
  if (!claims.success) throw unknown('the token is no user access token')
  if (issuer !== undefined && payload.iss !== issuer) throw unknown('the token is of another project')
  const { sub, is_anonymous: isAnonymous, client_id: clientId, app_metadata: appMetadata } = claims.data
  if (isAnonymous === true) throw refused('an anonymous user')
  if (clientId !== undefined && clientId !== null) throw refused('a token made for an OAuth client')
  if (!isRole(appMetadata?.role)) throw refused('a user without a role here')
  return { kind: 'person', actor: `user:${sub}`, role: appMetadata.role }
}

function unknown(operator: string): HangarError {
  return new HangarError('unauthorized', { operator })
}

function refused(who: string): HangarError {
  return new HangarError('forbidden', { operator: `${who} was refused` })
}
