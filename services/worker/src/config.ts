/**
 * Every setting of the worker, read once at start. What is missing or wrong is reported in one go, by name and
 * never by value, and the process does not start.
 */
import { PRICE_MODELS } from '@hangar/core'
import {
  commonConfig,
  loadConfig,
  masterKeyFields,
  namingFields,
  policyFields,
  portField,
} from '@hangar/runtime'
import { z } from 'zod'
import { MAIL_NEEDS, notifyFields } from './notify/config.ts'

const ms = (fallback: number) => z.coerce.number().int().min(0).default(fallback)

const fields = z.object({
  ...commonConfig,
  ...policyFields,
  ...masterKeyFields,
  ...namingFields,
  PORT: portField(3001),
  FLY_API_TOKEN: z.string().min(1),
  FLY_ORG_SLUG: z.string().min(1),
  /** Where new apps go; an operator's override may name another region for one user. */
  FLY_DEFAULT_REGION: z.string().regex(/^[a-z]{3}$/, 'write it as three letters, for example iad'),
  FLY_API_BASE_URL: z.url({ protocol: /^https?$/ }).default('https://api.machines.dev'),
  /** The image every dedicated app runs. Pin it by digest: what a tag means may change between two machines. */
  FLY_SCREENER_IMAGE: z.string().min(1),
  HANGAR_PUBLIC_URL: z.url({ protocol: /^https?$/ }),
  /** `{app}` stands for the app's name. Without it apps are asked to drain by heartbeat and SIGTERM. */
  DRAIN_URL_TEMPLATE: z
    .string()
    .refine(
      (text) => text.includes('{app}') && URL.canParse(text.replaceAll('{app}', 'x')),
      'a URL with {app} in it',
    )
    .optional(),
  /** Fly kills at most 300 s after the signal, and the kill comes 5 s after the grace. */
  DRAIN_GRACE_MS: z.coerce.number().int().min(0).max(295_000).default(30_000),
  HEALTH_DEADLINE_MS: ms(120_000),
  START_DEADLINE_MS: ms(180_000),
  RETRY_BASE_MS: ms(2_000),
  PRICE_MODEL: z.enum(PRICE_MODELS).default('product'),
  /** Users worked on at once, in each lane. Waiting for health or a drain holds no slot. */
  WORKER_CONCURRENCY: z.coerce.number().int().min(1).max(500).default(20),
  SHUTDOWN_DEADLINE_MS: ms(10_000),
  ...notifyFields,
})

/** Looked at whatever else is wrong (zod would skip it then), so that one start tells everything. */
const always = () => true

export const configSchema = MAIL_NEEDS.reduce(
  (schema, name) =>
    schema.refine((config) => config.ALERT_SMTP_URL === undefined || config[name] !== undefined, {
      path: [name],
      message: 'set this too where ALERT_SMTP_URL is set',
      when: always,
    }),
  fields,
)

export type WorkerConfig = z.output<typeof configSchema>

export function readConfig(env: Record<string, string | undefined> = process.env): WorkerConfig {
  return loadConfig(configSchema, env)
}
