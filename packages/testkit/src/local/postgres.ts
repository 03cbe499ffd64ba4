import { execFile } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { chown, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import pg from 'pg'
import { dataFolder } from './folders.ts'
import { freePort } from './free-port.ts'
import { startManagedProcess, type ManagedProcess } from './managed-process.ts'
import { postgresHome, postgresOwner, type PostgresOwner } from './postgres-binaries.ts'
import { waitFor } from './wait-for.ts'
import { watch } from './watchdog.ts'

const run = promisify(execFile)

const START_ATTEMPTS = 5

export type LocalPostgres = {
  /** Superuser, database `postgres`. */
  readonly url: string
  readonly port: number
  readonly pid: number
  /** The same server, another database. */
  urlOf(database: string): string
  logs(): string
  stop(): Promise<void>
}

/**
 * A real PostgreSQL on 127.0.0.1 with files of its own, which go away with it (and with us, however we end).
 * Nothing is synced to disk: a crash of the machine would lose the data, and the data is throw-away.
 */
export async function startPostgres(
  options: { port?: number; inMemory?: boolean } = {},
): Promise<LocalPostgres> {
  for (let attempt = 1; ; attempt++) {
    const port = options.port ?? (await freePort())
    const password = randomBytes(12).toString('hex')
    const server = await initialiseAndStart({ port, password, inMemory: options.inMemory ?? true })
    if (server.running) return describe(server, port, password)
    // Somebody may take the port between our check and the server's bind: then another one is tried.
    const taken = server.logs().includes('Address already in use')
    if (!taken || options.port !== undefined || attempt === START_ATTEMPTS) {
      throw new Error(`PostgreSQL did not start on port ${port}:\n${server.logs()}`)
    }
  }
}

async function initialiseAndStart(wanted: { port: number; password: string; inMemory: boolean }) {
  const owner = postgresOwner()
  const folder = await dataFolder('pg', { inMemory: wanted.inMemory, ...(owner && { owner }) })
  // Until the server has it on its own list: making the files takes half a second, in which we may be killed.
  const release = watch({ folders: [folder] })
  try {
    const home = await postgresHome(owner, folder)
    const place: Place = { home, folder, data: join(folder, 'data'), owner }
    await initialise(place, wanted.password)
    return await start(place, wanted.port)
  } catch (error) {
    await rm(folder, { recursive: true, force: true })
    throw error
  } finally {
    release()
  }
}

type Place = { home: string; folder: string; data: string; owner: PostgresOwner | undefined }

async function initialise({ home, folder, data, owner }: Place, password: string): Promise<void> {
  const passwordFile = join(folder, 'password')
  await writeFile(passwordFile, password, { mode: 0o600 })
  if (owner) await chown(passwordFile, owner.uid, owner.gid)
  await run(
    join(home, 'bin', 'initdb'),
    [
      `--pgdata=${data}`,
      '--username=postgres',
      `--pwfile=${passwordFile}`,
      '--auth=password',
      '--encoding=UTF8',
      // The built-in provider gives the same order of text on every machine, whatever locales it has.
      '--locale=C',
      '--locale-provider=builtin',
      '--builtin-locale=C.UTF-8',
      '--no-sync',
      '--no-instructions',
    ],
    { cwd: folder, env: { ...process.env, LC_ALL: 'C', TZ: 'UTC' }, ...owner },
  )
  await rm(passwordFile)
}

/** Resolves when it accepts connections or has ended. */
async function start({ home, folder, data, owner }: Place, port: number): Promise<ManagedProcess> {
  const settings = {
    listen_addresses: '127.0.0.1',
    // A socket file would need a folder that exists everywhere and a name that nobody else has.
    unix_socket_directories: '',
    max_connections: '300',
    fsync: 'off',
    synchronous_commit: 'off',
    full_page_writes: 'off',
    timezone: 'UTC',
    log_timezone: 'UTC',
  }
  const flags = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])
  const server = await startManagedProcess({
    name: 'postgres',
    command: join(home, 'bin', 'postgres'),
    args: ['-D', data, '-p', String(port), ...flags],
    cwd: folder,
    env: { ...process.env, LC_ALL: 'C', TZ: 'UTC' },
    // Fast shutdown: open sessions are ended instead of waited for.
    stopSignal: 'SIGINT',
    folders: [folder],
    ...owner,
  })
  await waitFor(() => server.logs().includes('ready to accept connections') || !server.running, {
    what: 'PostgreSQL to accept connections',
    timeoutMs: 30_000,
  }).catch(async (error: unknown) => {
    await server.stop()
    throw error
  })
  return server
}

function describe(server: ManagedProcess, port: number, password: string): LocalPostgres {
  const urlOf = (database: string) => `postgres://postgres:${password}@127.0.0.1:${port}/${database}`
  return {
    url: urlOf('postgres'),
    urlOf,
    port,
    pid: server.pid,
    logs: () => server.logs(),
    stop: async () => {
      await server.stop()
    },
  }
}

/** Runs statements on a connection of its own, outside any pool; for what concerns whole databases. */
export async function runSql(url: string, ...statements: string[]): Promise<void> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    for (const statement of statements) await client.query(statement)
  } finally {
    await client.end()
  }
}
