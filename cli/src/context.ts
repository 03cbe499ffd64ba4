/** What commands work with. Each part is made when a command first asks for it: `--help` needs no settings. */
import { type Clock, systemClock } from '@hangar/core'
import type { Database } from '@hangar/db'
import { type Env, processEnv, readApiSettings, readDatabaseUrl, wantsNoColour } from './config.ts'
import { type Api, createApi } from './http/client.ts'
import { createOutput, type Output, type Stream } from './output/output.ts'
import { VERSION } from './version.ts'

export type Context = {
  readonly output: Output
  readonly clock: Clock
  readonly env: Env
  /** Aborted by Ctrl-C. */
  readonly signal: AbortSignal
  /** What is typed or piped in. */
  readonly stdin: NodeJS.ReadableStream & { isTTY?: boolean | undefined }
  /** From HANGAR_API_URL and HANGAR_TOKEN. */
  api: () => Api
  /** From DATABASE_URL, for emergencies and for what is about the database itself. Closed at the end. `anyPort`: to look only. */
  database: (how?: { anyPort: boolean }) => Promise<Database>
  /** How the program ends when nothing is thrown. */
  exitCode: number
  close: () => Promise<void>
}

export type ContextOptions = {
  stdout: Stream
  stderr: Stream
  stdin: Context['stdin']
  signal: AbortSignal
  env?: Env
  clock?: Clock
}

export function createContext(options: ContextOptions): Context {
  const { signal, stdin, env = processEnv(), clock = systemClock } = options
  let api: Api | undefined
  let database: Promise<Database> | undefined
  return {
    output: createOutput({ ...options, noColour: wantsNoColour(env) }),
    clock,
    env,
    signal,
    stdin,
    exitCode: 0,
    api: () => (api ??= createApi({ ...readApiSettings(env), clock, signal, version: VERSION })),
    database: (how) => (database ??= open(readDatabaseUrl(env, how))),
    close: async () => (await database?.catch(() => undefined))?.destroy(),
  }
}

/** Loaded only here: most commands talk to the API, and start in half the time without it. */
async function open(connectionString: string): Promise<Database> {
  const { createDatabase } = await import('@hangar/db')
  return createDatabase({ connectionString, applicationName: 'hangar-cli', maxConnections: 2 })
}
