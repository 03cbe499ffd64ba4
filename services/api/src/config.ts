/**
 * Every setting of the API, read once at start. What is missing or wrong is reported in one go, by name and never
 * by value, and the process does not start.
 */
import { type Clock, PRICE_MODELS } from '@hangar/core'
import {
  commonConfig,
  loadConfig,
  masterKeyFields,
  namingFields,
  policyFields,
  rotatingSecret,
} from '@hangar/runtime'
import { z } from 'zod'
import { createUserTokens, parseSigningKey, type TokenSigner, type UserTokens } from './auth/user-tokens.ts'
import type { ApiDeps } from './deps.ts'
import { parseSigningKeys } from './webhooks/supabase/verify.ts'

/** `pro=49,elite=149.50`. */
const revenue = z.string().transform((text, context) => {
  const entries = text.split(',').map((part) => part.trim().split('='))
  if (
    entries.every(([tier = '', usd = '']) => /^[a-z0-9_-]+$/.test(tier) && /^\d{1,7}(\.\d{1,2})?$/.test(usd))
  )
    return Object.fromEntries(entries) as Record<string, string>
  context.addIssue({ code: 'custom', message: 'write it as tier=USD a month, for example pro=49,elite=149' })
  return z.NEVER
})

/** A secret shorter than this can be guessed by trying. */
const MIN_SECRET_LENGTH = 16

/** From one address: more than any program makes that was given a wrong key. */
const REFUSED_PER_MINUTE = 300

const secret = z.string().min(MIN_SECRET_LENGTH, `needs at least ${MIN_SECRET_LENGTH} characters`)
const secrets = rotatingSecret(MIN_SECRET_LENGTH)
const address = z.url({ protocol: /^https?$/, error: 'write it as https://host' })
const count = z.coerce.number().int().min(0)

const signingKeys = z.string().transform((text, context) => {
  const keys = parseSigningKeys(text)
  if (keys) return keys
  context.addIssue({
    code: 'custom',
    message: 'write it as whsec_<base64 of at least 24 bytes>; several with | between',
  })
  return z.NEVER
})

/** The shared backend sees who has an app of their own, and decides when that may trade. */
const MIN_SHARED_TOKEN_LENGTH = 32

const tokenSigner = z.string().transform((text, context) => {
  const signer = parseSigningKey(text)
  if (signer) return signer
  context.addIssue({ code: 'custom', message: 'write it as a private JWK in JSON: EC, P-256, with kid' })
  return z.NEVER
})

const fields = z.object({
  ...commonConfig,
  ...masterKeyFields,
  ...namingFields,
  ...policyFields,
  /** The address that browsers and apps know us by; https in production. */
  HANGAR_PUBLIC_URL: address,
  /** Proxies of our own before the API: without them every caller seems to have their address. */
  TRUSTED_PROXY_HOPS: count.max(10).default(0),
  /** Requests in a minute, of each person and each key; 0 is without a limit. */
  RATE_LIMIT_PERSON: count.default(1_200),
  RATE_LIMIT_KEY: count.default(6_000),
  /** Failed sign-ins in 15 minutes: of one account from one address, and five times as many from one address. */
  RATE_LIMIT_SIGN_IN: count.min(1).default(10),
  HANGAR_WEBHOOK_SECRET: signingKeys.optional(),
  HANGAR_WEBHOOK_SHARED_SECRET: secrets.optional(),
  SUPABASE_URL: address.optional(),
  /** The first also signs the tokens of users' apps, where it is the one that does. */
  SUPABASE_JWT_SECRET: secrets.optional(),
  /** The first is also what we show to Supabase Auth, where there is no publishable key. */
  SUPABASE_SERVICE_ROLE_KEY: secrets.optional(),
  /** Lets the sign-in page ask Supabase Auth without the service key. */
  SUPABASE_PUBLISHABLE_KEY: secret.optional(),
  /** A browser's session ends after so long without a request, and after so long in any case. */
  ADMIN_SESSION_IDLE_MS: count.min(1_000).max(86_400_000).default(1_800_000),
  ADMIN_SESSION_MAX_MS: count.min(1_000).max(2_592_000_000).default(43_200_000),
  /** Signs the Supabase tokens of users' apps; without it, SUPABASE_JWT_SECRET does. Either needs SUPABASE_URL. */
  SUPABASE_JWT_SIGNING_KEY: tokenSigner.optional(),
  /**
   * How a user's traders come to their app: `confirmed` by the shared backend, or `immediate`, for a product without
   * one. With `immediate` beside a shared backend that runs custom traders they would run twice, so it has to be said.
   */
  PLACEMENT_HANDOVER: z.enum(['confirmed', 'immediate']).default('confirmed'),
  HANGAR_SHARED_TOKEN: rotatingSecret(MIN_SHARED_TOKEN_LENGTH).optional(),
  /** The worker's, for reports: which price model it works with, and where new apps go. */
  PRICE_MODEL: z.enum(PRICE_MODELS).default('product'),
  FLY_DEFAULT_REGION: z
    .string()
    .regex(/^[a-z]{3}$/, 'write it as three letters, for example iad')
    .default('iad'),
  /** What a user of each tier pays; without it reports show no margin. */
  TIER_REVENUE_MONTHLY_USD: revenue.optional(),
  /** The worker's, for the apps: within it each has to have drained. */
  DRAIN_GRACE_MS: count.max(295_000).default(30_000),
  /** How many custom traders each tier may run, as the app is told. */
  QUOTA_PRO: count.default(10),
  QUOTA_ELITE: count.default(50),
  /** After SIGTERM, how long answers under way may take. */
  SHUTDOWN_DEADLINE_MS: count.default(10_000),
  /**
   * Of that time, how long it goes on answering while /readyz says 503: a balancer has to see it and send nothing more,
   * or what it sends in the moment of closing is lost. 0 where there is none.
   */
  SHUTDOWN_NOTICE_MS: count.default(0),
})

/** Looked at whatever else is wrong (zod would skip it then), so that one start tells everything. */
const always = () => true

export const configSchema = fields
  .refine(
    (config) =>
      config.HANGAR_WEBHOOK_SECRET !== undefined || config.HANGAR_WEBHOOK_SHARED_SECRET !== undefined,
    { path: ['HANGAR_WEBHOOK_SECRET'], message: 'set this, or HANGAR_WEBHOOK_SHARED_SECRET', when: always },
  )
  .refine(
    (config) =>
      config.SUPABASE_SERVICE_ROLE_KEY !== undefined ||
      config.SUPABASE_JWT_SECRET !== undefined ||
      config.SUPABASE_URL !== undefined,
    {
      path: ['SUPABASE_SERVICE_ROLE_KEY'],
      message: 'set this, SUPABASE_JWT_SECRET or SUPABASE_URL',
      when: always,
    },
  )
  .refine((config) => config.HANGAR_SHARED_TOKEN !== undefined || config.PLACEMENT_HANDOVER === 'immediate', {
    path: ['HANGAR_SHARED_TOKEN'],
    message: 'set this, or PLACEMENT_HANDOVER=immediate where no shared backend runs custom traders',
    when: always,
  })
  .refine(
    (config) => config.SHUTDOWN_NOTICE_MS === 0 || config.SHUTDOWN_NOTICE_MS < config.SHUTDOWN_DEADLINE_MS,
    {
      path: ['SHUTDOWN_NOTICE_MS'],
      message: 'has to be less than SHUTDOWN_DEADLINE_MS',
      when: always,
    },
  )
  .refine((config) => config.SUPABASE_JWT_SIGNING_KEY === undefined || config.SUPABASE_URL !== undefined, {
    path: ['SUPABASE_URL'],
    message: 'SUPABASE_JWT_SIGNING_KEY needs it',
    when: always,
  })

export type ApiConfig = z.output<typeof configSchema>

/** Throws `ConfigError`, which lists every problem. */
export function readConfig(env: Record<string, string | undefined> = process.env): ApiConfig {
  return loadConfig(configSchema, env)
}

/** Null where nothing can sign them, or nobody says for which project: then apps use the shim alone. */
export function userTokensFrom(config: ApiConfig, clock: Clock): UserTokens | null {
  const { SUPABASE_URL: url, SUPABASE_JWT_SIGNING_KEY: signingKey, SUPABASE_JWT_SECRET: jwtSecrets } = config
  const [secretText] = jwtSecrets ?? []
  const legacy: TokenSigner | undefined =
    secretText === undefined ? undefined : { alg: 'HS256', key: new TextEncoder().encode(secretText) }
  const signer = signingKey ?? legacy
  if (url === undefined || signer === undefined) return null
  return createUserTokens({ signer, url, issuer: issuerOf(url), clock })
}

type AccessSettings = Pick<ApiDeps, 'auth' | 'supabaseAuth' | 'sessions' | 'limits' | 'trustedProxyHops'>

/** Who gets in, with which keys that is checked, and how often they may ask. */
export function accessFrom(config: ApiConfig): AccessSettings {
  const {
    SUPABASE_URL: url,
    SUPABASE_SERVICE_ROLE_KEY: serviceRoleKeys = [],
    SUPABASE_JWT_SECRET: jwtSecrets = [],
  } = config
  const issuer = url === undefined ? undefined : issuerOf(url)
  const apiKey = config.SUPABASE_PUBLISHABLE_KEY ?? serviceRoleKeys[0]
  return {
    auth: { jwtSecrets, serviceRoleKeys, issuer, keysUrl: issuer && `${issuer}/.well-known/jwks.json` },
    supabaseAuth: issuer === undefined ? null : { url: issuer, apiKey },
    sessions: { idleMs: config.ADMIN_SESSION_IDLE_MS, maxMs: config.ADMIN_SESSION_MAX_MS },
    limits: {
      personPerMinute: config.RATE_LIMIT_PERSON,
      keyPerMinute: config.RATE_LIMIT_KEY,
      refusedPerMinute: REFUSED_PER_MINUTE,
      signInFailures: config.RATE_LIMIT_SIGN_IN,
    },
    trustedProxyHops: config.TRUSTED_PROXY_HOPS,
  }
}

/** Who has to have made a project's access tokens. */
function issuerOf(supabaseUrl: string): string {
  return new URL('/auth/v1', supabaseUrl).href
}
