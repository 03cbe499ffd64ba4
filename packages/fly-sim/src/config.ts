import { dirname } from 'node:path'
import { parseArgs } from 'node:util'
import type { LocalSettings } from './local/local-runner.ts'
import { DELAY_PRESETS, type DelayPreset } from './settings.ts'
import type { FlySimOptions, TokenOption } from './start.ts'

/** What local processes inherit: enough to find programs and trust certificates, nothing of the stand-in's own. */
const INHERITED = ['PATH', 'HOME', 'LANG', 'LC_ALL', 'TMPDIR', 'TZ', 'NODE_EXTRA_CA_CERTS', 'SSL_CERT_FILE']

/** Environment and folder of local processes; `node` means the Node.js that runs the stand-in. */
export function localSettings(cwd: string = process.cwd()): LocalSettings {
  const env: Record<string, string> = {}
  for (const name of INHERITED) {
    const value = process.env[name]
    if (value !== undefined) env[name] = value
  }
  env['PATH'] = `${dirname(process.execPath)}:${env['PATH'] ?? '/usr/bin:/bin'}`
  return { env, cwd }
}

/** Where Fly's OpenAPI file is, for the tests that hold the stand-in to it. */
export const openApiFile = (): string | undefined => process.env['FLY_OPENAPI_FILE']

export const USAGE = `fly-sim: a stand-in for the Fly Machines API

  --port <n>          port of the API, default 4280
  --admin-port <n>    a port of its own for /_sim/…; without it, the API's port serves them too
  --host <address>    default 127.0.0.1
  --token <t>         accepted token, any number of times; <t>@<org>[+<org>…] limits it; default fly-sim-token
  --org <slug>        organisation, any number of times; default personal
  --delays <preset>   none, brisk or realistic; default brisk
  --no-rate-limits    do not answer 429
  --virtual-clock     time moves only by POST /_sim/clock
  --seed <n>          same seed, same ids, delays and faults; default: drawn
  --calls <n>         calls kept in the call log, default 50000
  --load <file>       begin with a dump of GET /_sim/dump
`

export type CliOptions = FlySimOptions & { port: number; load?: string }

const FLAGS = {
  port: { type: 'string' },
  'admin-port': { type: 'string' },
  host: { type: 'string' },
  token: { type: 'string', multiple: true },
  org: { type: 'string', multiple: true },
  delays: { type: 'string' },
  'no-rate-limits': { type: 'boolean' },
  'virtual-clock': { type: 'boolean' },
  seed: { type: 'string' },
  calls: { type: 'string' },
  load: { type: 'string' },
  help: { type: 'boolean' },
} as const

/** The message names the argument that is wrong. */
export class UsageError extends Error {}

/** Throws a UsageError. */
export function readArguments(args: readonly string[]): CliOptions | 'help' {
  const values = parseFlags(args)
  if (values.help === true) return 'help'
  const adminPort = values['admin-port']
  const { delays, seed, host, load, calls } = values
  if (delays !== undefined && !(DELAY_PRESETS as readonly string[]).includes(delays)) {
    throw new UsageError(`--delays must be one of ${DELAY_PRESETS.join(', ')}`)
  }
  return {
    port: whole('--port', values.port ?? '4280'),
    ...(adminPort !== undefined && { adminPort: whole('--admin-port', adminPort) }),
    ...(host !== undefined && { host }),
    ...(values.token && { tokens: values.token.map(readToken) }),
    ...(values.org && { orgs: values.org }),
    ...(delays !== undefined && { delays: delays as DelayPreset }),
    ...(seed !== undefined && { seed: whole('--seed', seed) }),
    ...(calls !== undefined && { callLogSize: whole('--calls', calls) }),
    ...(load !== undefined && { load }),
    rateLimits: values['no-rate-limits'] !== true,
    clock: values['virtual-clock'] === true ? 'virtual' : 'real',
  }
}

function parseFlags(args: readonly string[]) {
  try {
    return parseArgs({ args: [...args], options: FLAGS }).values
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error))
  }
}

function whole(name: string, text: string): number {
  const value = Number(text)
  if (!Number.isInteger(value) || value < 0)
    throw new UsageError(`${name} must be a whole number, not ${JSON.stringify(text)}`)
  return value
}

/** `secret@acme+beta` is good for these two organisations only. Fly's own tokens contain no `@`. */
function readToken(text: string): TokenOption {
  const at = text.lastIndexOf('@')
  return at < 0 ? text : { token: text.slice(0, at), orgs: text.slice(at + 1).split('+') }
}

/** This process's environment with some variables replaced, for the programs that tests start. */
export const childEnv = (extra: Record<string, string>): NodeJS.ProcessEnv => ({ ...process.env, ...extra })

/** Which Machines API the contract suite runs against; see contract/target.ts. */
export type ContractSettings =
  { target: 'stand-in' } | { target: 'fly'; baseUrl: string; token: string; org: string; region: string }

/** Throws an Error that names the variable that is missing. */
export function contractSettings(): ContractSettings {
  if (process.env['FLY_CONTRACT_TARGET'] !== 'fly') return { target: 'stand-in' }
  const needed = (name: string) => {
    const value = process.env[name]
    if (value === undefined || value === '') throw new Error(`the contract suite against Fly needs ${name}`)
    return value
  }
  return {
    target: 'fly',
    baseUrl: process.env['FLY_API_BASE_URL'] ?? 'https://api.machines.dev',
    token: needed('FLY_API_TOKEN'),
    org: needed('FLY_ORG_SLUG'),
    region: process.env['FLY_DEFAULT_REGION'] ?? 'iad',
  }
}
