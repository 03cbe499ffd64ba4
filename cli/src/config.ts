/**
 * Every setting of the program, from the environment alone: what is in an argument can be read by every user of the machine.
 * Each is read when a command needs it, and is said by name, never by value.
 */
import { isTransactionPooler } from '@hangar/core'
import { z } from 'zod'
import { CliError, EXIT } from './exit.ts'

/** Of one process; tests pass their own. */
export type Env = Readonly<Record<string, string | undefined>>

const apiFields = z.object({
  HANGAR_API_URL: z
    .url({ protocol: /^https?$/, error: 'write it as https://host' })
    .refine((url) => !URL.canParse(url) || new URL(url).username === '', {
      error: 'the token belongs into HANGAR_TOKEN',
    }),
  /** The service-role or secret key, or a person's access token. */
  HANGAR_TOKEN: z.string().regex(/^[\x21-\x7e]+$/, { error: 'visible characters of ASCII only' }),
})

const directFields = z.object({
  /** Direct or session mode, port 5432, as for the services. */
  DATABASE_URL: z.url({ protocol: /^postgres(ql)?$/, error: 'write it as postgres://user@host:5432/db' }),
})

export type ApiSettings = { url: string; token: string }

export function readApiSettings(env: Env): ApiSettings {
  const { HANGAR_API_URL: url, HANGAR_TOKEN: token } = read(apiFields, env)
  return { url: url.replace(/\/+$/, ''), token }
}

/** Not a transaction pooler's, unless it is to be looked at whatever it is: the locks of migrations and changes would leak. */
export function readDatabaseUrl(env: Env, { anyPort } = { anyPort: false }): string {
  const { DATABASE_URL: url } = read(directFields, env)
  if (anyPort || !isTransactionPooler(url)) return url
  throw new CliError(EXIT.config, 'DATABASE_URL names port 6543, a transaction pooler.', {
    hints: ['Use port 5432: a direct connection, or the pooler in session mode.'],
  })
}

/** https://no-color.org: any value but an empty one. */
export function wantsNoColour(env: Env): boolean {
  return (env['NO_COLOR'] ?? '') !== '' || env['TERM'] === 'dumb'
}

export function processEnv(): Env {
  return process.env
}

function read<Schema extends z.ZodType>(schema: Schema, env: Env): z.output<Schema> {
  const set = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== ''))
  const result = schema.safeParse(set)
  if (result.success) return result.data
  const problems = result.error.issues.map((issue) => {
    const name = issue.path.join('.')
    return set[name] === undefined ? `${name} is not set` : `${name}: ${issue.message}`
  })
  throw new CliError(EXIT.config, problems.join('; '), {
    hints: ['Settings come from the environment: see "hangar --help".'],
  })
}
