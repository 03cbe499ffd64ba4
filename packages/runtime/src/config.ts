/**
 * Configuration: one schema per process, read once, every problem reported at once, by name and never by value.
 */
import { parseRedisUrl, REDIS_URL_FORMS } from '@hangar/core'
import { z } from 'zod'

/** EX_CONFIG of sysexits: a supervisor can tell "fix the settings" from "try again". */
export const EXIT_CONFIG = 78

export class ConfigError extends Error {
  override readonly name = 'ConfigError'
  /** One sentence each, beginning with the variable's name. */
  readonly problems: readonly string[]

  constructor(problems: readonly string[]) {
    super(problems.join('; '))
    this.problems = problems
  }
}

/** Parses the environment. An empty variable counts as one that is not set, as compose files write it. */
export function loadConfig<Schema extends z.ZodType>(
  schema: Schema,
  env: Readonly<Record<string, string | undefined>>,
): z.output<Schema> {
  const set = Object.fromEntries(
    Object.entries(env).filter(([, value]) => value !== undefined && value !== ''),
  )
  const result = schema.safeParse(set)
  if (result.success) return result.data
  throw new ConfigError(result.error.issues.map((issue) => describe(issue, set)))
}

function describe(issue: z.core.$ZodIssue, env: Record<string, string | undefined>): string {
  const name = issue.path.map(String).join('.') || 'The configuration'
  const value = env[name]
  if (value === undefined && issue.code === 'invalid_type') return `${name} is missing`
  // A schema's own message may quote what it was given; the value may be a secret.
  const message = value === undefined ? issue.message : issue.message.replaceAll(value, '…')
  return `${name}: ${message}`
}

const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const

export const portField = (fallback: number) => z.coerce.number().int().min(0).max(65_535).default(fallback)

/** As OpenTelemetry writes them: `name=value,other=value`, values percent-encoded where they have to be. */
const headers = z.string().transform((text, context) => {
  const pairs = text.split(',').map((pair) => /^\s*([\w-]+)\s*=\s*(.*?)\s*$/.exec(pair))
  if (pairs.includes(null))
    context.addIssue({ code: 'custom', message: 'write it as name=value, several with a comma between' })
  return Object.fromEntries(pairs.map((pair) => [pair?.[1] ?? '', decoded(pair?.[2] ?? '')]))
})

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

/** What every process reads; spread into its own schema. */
export const commonConfig = {
  /** Direct or session-mode connection, port 5432: session locks do not survive a transaction pooler. */
  DATABASE_URL: z.url({
    protocol: /^postgres(ql)?$/,
    error: 'write it as postgres://… with user, host and database',
  }),
  /** One server, sentinels or a cluster (`parseRedisUrl`). */
  REDIS_URL: z.string().refine((text) => parseRedisUrl(text) !== null, `write it as ${REDIS_URL_FORMS}`),
  /** Before every key in Redis; in braces, so that a queue stays in one slot of a cluster. */
  HANGAR_QUEUE_PREFIX: z.string().min(1).default('{hangar}'),
  LOG_LEVEL: z.enum(LOG_LEVELS).default('info'),
  /** Where health, readiness and metrics are answered (and, for the API, everything else). 0 takes any free port. */
  PORT: portField(8080),
  /** The address to listen on. Not set: all of them. */
  HOST: z.string().optional(),
  /** Where traces go: a collector that takes OTLP over HTTP, without `/v1/traces`. Not set: there are none. */
  OTEL_EXPORTER_OTLP_ENDPOINT: z.url({ protocol: /^https?$/ }).optional(),
  OTEL_EXPORTER_OTLP_HEADERS: headers.optional(),
}

const masterKey = z
  .string()
  .refine(
    (text) => Buffer.from(text, 'base64').length >= 32,
    'write it as base64 of at least 32 random bytes',
  )

/** The key from which every token is derived. While it is changed, the one before it is accepted too. */
export const masterKeyFields = {
  HANGAR_MASTER_KEY: masterKey,
  HANGAR_MASTER_KEY_PREVIOUS: masterKey.optional(),
}
