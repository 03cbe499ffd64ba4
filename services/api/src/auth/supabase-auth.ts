/**
 * Supabase Auth, asked on behalf of the sign-in page: an address and a password for an access token. Every call is
 * bounded, and none is repeated: a password that is wrong would count twice.
 */
import { HangarError } from '@hangar/core'
import type { Logger } from '@hangar/runtime'
import { z } from 'zod'

const TIMEOUT_MS = 8_000
/** Giving back the session that we do not need must not keep anybody waiting. */
const SIGN_OUT_TIMEOUT_MS = 2_000

/** It does not say when it will listen again; its limits are counted by the minute and the hour. */
const TRY_AGAIN_SECONDS = 60

const granted = z.object({ access_token: z.string().min(1) })
const refusal = z.object({ error_code: z.string().optional().catch(undefined) }).catch({})

export type SupabaseAuth = {
  /** Rejects with `sign_in_failed`, `rate_limited` or `sign_in_unavailable`. */
  signIn(email: string, password: string): Promise<string>
  /** Ends, as far as it can be reached, the session that Supabase Auth began for `signIn`. Never rejects. */
  signOut(accessToken: string): Promise<void>
}

export type SupabaseAuthSettings = {
  /** `<SUPABASE_URL>/auth/v1`. */
  url: string
  /** A publishable key is enough. Supabase's gateway lets nobody through without a key. */
  apiKey: string | undefined
}

export function createSupabaseAuth(settings: SupabaseAuthSettings, logger: Logger): SupabaseAuth {
  const headers = {
    'content-type': 'application/json',
    ...(settings.apiKey === undefined ? {} : { apikey: settings.apiKey }),
  }
  return {
    async signIn(email, password) {
      const response = await fetch(`${settings.url}/token?grant_type=password`, {
        method: 'POST',
        headers,
        body: JSON.stringify({ email, password }),
        redirect: 'error',
        signal: AbortSignal.timeout(TIMEOUT_MS),
      }).catch((cause: unknown) => {
        throw new HangarError('sign_in_unavailable', { operator: `no answer: ${messageOf(cause)}`, cause })
      })
      const body: unknown = await response.json().catch(() => null)
      if (!response.ok) throw whyRefused(response.status, refusal.parse(body).error_code ?? 'unknown')
      const answer = granted.safeParse(body)
      if (!answer.success)
        throw new HangarError('sign_in_unavailable', { operator: 'no token in the answer' })
      return answer.data.access_token
    },
    async signOut(accessToken) {
      await fetch(`${settings.url}/logout?scope=local`, {
        method: 'POST',
        headers: { ...headers, authorization: `Bearer ${accessToken}` },
        redirect: 'error',
        signal: AbortSignal.timeout(SIGN_OUT_TIMEOUT_MS),
      })
        .then((response) => response.body?.cancel())
        .catch((error: unknown) => logger.debug({ err: error }, 'a session at Supabase Auth was left open'))
    },
  }
}

/** What is wrong with our key (401 without a code of its own) or with the service is no fault of who signs in. */
function whyRefused(status: number, code: string): HangarError {
  const operator = `Supabase Auth answered ${status} ${code}`
  if (status === 429)
    return new HangarError('rate_limited', { operator, details: { retry_after_seconds: TRY_AGAIN_SECONDS } })
  const ofThePerson = status < 500 && status !== 401 && status !== 404 && code !== 'captcha_failed'
  return new HangarError(ofThePerson ? 'sign_in_failed' : 'sign_in_unavailable', { operator })
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
