/**
 * Every setting of the API, read once at start. What is missing or wrong is reported in one go, by name and never
 * by value, and the process does not start.
 */
import { commonConfig, loadConfig, masterKeyFields, policyFields } from '@hangar/runtime'
import { z } from 'zod'
import { parseSigningKeys } from './webhooks/supabase/verify.ts'

/** A secret shorter than this can be guessed by trying. */
const MIN_SECRET_LENGTH = 16

const secret = z.string().min(MIN_SECRET_LENGTH, `needs at least ${MIN_SECRET_LENGTH} characters`)
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

const fields = z.object({
  ...commonConfig,
  ...masterKeyFields,
  ...policyFields,
  /** The address that browsers and apps know us by; https in production. */
  HANGAR_PUBLIC_URL: address,
  HANGAR_WEBHOOK_SECRET: signingKeys.optional(),
  HANGAR_WEBHOOK_SHARED_SECRET: secret.optional(),
  SUPABASE_URL: address.optional(),
  SUPABASE_JWT_SECRET: secret.optional(),
  SUPABASE_SERVICE_ROLE_KEY: secret.optional(),
  /** How many custom traders each tier may run, as the app is told. */
  QUOTA_PRO: count.default(10),
  QUOTA_ELITE: count.default(50),
  /** After SIGTERM, how long answers under way may take. */
  SHUTDOWN_DEADLINE_MS: count.default(10_000),
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
    (config) => config.SUPABASE_SERVICE_ROLE_KEY !== undefined || config.SUPABASE_JWT_SECRET !== undefined,
    { path: ['SUPABASE_SERVICE_ROLE_KEY'], message: 'set this, or SUPABASE_JWT_SECRET', when: always },
  )

export type ApiConfig = z.output<typeof configSchema>

/** Throws `ConfigError`, which lists every problem. */
export function readConfig(env: Record<string, string | undefined> = process.env): ApiConfig {
  return loadConfig(configSchema, env)
}
