/**
 * Which key a JWT has to be signed with. Each kind of key has its algorithms, and a token that names another is refused
 * before any key is looked at:
 *
 *   HS256          ──▶ the project's shared secrets, if any are configured: two, while one replaces the other
 *   ES256, RS256   ──▶ the project's published keys (JWKS), if its address is configured
 *
 * The published keys are kept for ten minutes, as long as Supabase's own edge keeps them. An unknown key id has them
 * fetched again, at most each 30 s; after a fetch that failed none is made for 5 s, so that tokens made up by a
 * stranger neither flood the project nor hold up the next request. Where keys cannot be had the answer is 503 and not
 * 401: the token may be good.
 */
import { HangarError, type Clock } from '@hangar/core'
import {
  createRemoteJWKSet,
  customFetch,
  decodeProtectedHeader,
  errors,
  jwtVerify,
  type FetchImplementation,
  type JWTPayload,
  type JWTVerifyGetKey,
} from 'jose'

const FETCH_TIMEOUT_MS = 3_000
const KEPT_MS = 600_000
const REFETCH_PAUSE_MS = 30_000
const FAILURE_PAUSE_MS = 5_000

const PUBLISHED_ALGORITHMS = ['ES256', 'RS256']

export type KeySettings = {
  /** The project's JWT secrets (HS256). */
  jwtSecrets?: readonly string[] | undefined
  /** Where the project publishes the keys that it signs with. */
  keysUrl?: string | undefined
  /** Default 3 s. */
  fetchTimeoutMs?: number | undefined
}

/** `secret`: the one that the token was signed with; null where a published key did. */
export type VerifiedToken = { claims: JWTPayload; secret: string | null }

/** Signature, `exp` and `nbf`; what else a token says is for the caller to judge. Rejects with a `HangarError`. */
export function createTokenVerifier(
  { jwtSecrets = [], keysUrl, fetchTimeoutMs = FETCH_TIMEOUT_MS }: KeySettings,
  clock: Clock,
): (token: string) => Promise<VerifiedToken> {
  const published = keysUrl === undefined ? undefined : publishedKeys(keysUrl, fetchTimeoutMs, clock)

  return async (token) => {
    const alg = algorithmOf(token)
    const options = { currentDate: clock.now(), requiredClaims: ['exp'] }
    try {
      if (alg === 'HS256' && jwtSecrets.length > 0) return await verifyBySecret(token, jwtSecrets, options)
      if (PUBLISHED_ALGORITHMS.includes(alg) && published) {
        const { payload } = await jwtVerify(token, published, { ...options, algorithms: [alg] })
        return { claims: payload, secret: null }
      }
    } catch (error) {
      throw isAboutTheToken(error) ? refused(`the token was refused: ${error.code}`) : keysMissing(error)
    }
    throw refused(`no key for a token signed with ${alg}`)
  }
}

/** By the first that fits; what the last says of the token is what is said of it. */
async function verifyBySecret(
  token: string,
  secrets: readonly string[],
  options: { currentDate: Date; requiredClaims: string[] },
): Promise<VerifiedToken> {
  let mismatch = new errors.JWSSignatureVerificationFailed()
  for (const secret of secrets) {
    try {
      const key = new TextEncoder().encode(secret)
      const { payload } = await jwtVerify(token, key, { ...options, algorithms: ['HS256'] })
      return { claims: payload, secret }
    } catch (error) {
      if (!(error instanceof errors.JWSSignatureVerificationFailed)) throw error
      mismatch = error
    }
  }
  throw mismatch
}

function algorithmOf(token: string): string {
  try {
    return String(decodeProtectedHeader(token).alg)
  } catch {
    throw refused('not a JWT')
  }
}

/** What jose says of the token itself; what it says of the key set is the project's trouble. */
function isAboutTheToken(error: unknown): error is errors.JOSEError {
  return (
    error instanceof errors.JOSEError &&
    !(error instanceof errors.JWKSTimeout) &&
    !(error instanceof errors.JWKSInvalid) &&
    error.code !== errors.JOSEError.code
  )
}

function publishedKeys(keysUrl: string, fetchTimeoutMs: number, clock: Clock): JWTVerifyGetKey {
  let failedAtMs = -Infinity
  const fetchUnlessFailing: FetchImplementation = async (url, options) => {
    const nowMs = clock.now().getTime()
    if (nowMs < failedAtMs + FAILURE_PAUSE_MS) throw new Error('the keys could not be had a moment ago')
    try {
      const response = await fetch(url, options)
      failedAtMs = response.status === 200 ? -Infinity : nowMs
      return response
    } catch (error) {
      failedAtMs = nowMs
      throw error
    }
  }
  return createRemoteJWKSet(new URL(keysUrl), {
    timeoutDuration: fetchTimeoutMs,
    cacheMaxAge: KEPT_MS,
    cooldownDuration: REFETCH_PAUSE_MS,
    [customFetch]: fetchUnlessFailing,
  })
}

function keysMissing(cause: unknown): HangarError {
  const why = cause instanceof Error ? cause.message : String(cause)
  return new HangarError('sign_in_unavailable', { operator: `no keys of the project: ${why}`, cause })
}

function refused(operator: string): HangarError {
  return new HangarError('unauthorized', { operator })
}
