import { execFile } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { existsSync } from 'node:fs'
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

const NOT_DURABLE = { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off' }

export type LocalPostgres = {
  /** Superuser, database `postgres`. */
  readonly url: string
  readonly port: number
  /** Another one after a restart. */
  readonly pid: number
  /** Its files, below which nobody else writes. Changed only while it is down. */
  readonly dataFolder: string
  /** Whose they have to be; undefined: ours. */
  readonly owner: PostgresOwner | undefined
  /** The same server, another database. */
  urlOf(database: string): string
  logs(): string
  /**
   * Ends the server and starts it again on the same files and port. `crash`: it has no time to write anything more,
   * and recovers from what it had written. `whileDown` runs between the two.
   */
  restart(how: 'fast' | 'crash', whileDown?: () => Promise<void>): Promise<void>
  stop(): Promise<void>
}

export type PostgresOptions = {
  port?: number
  inMemory?: boolean
  /** What is committed outlives a crash, as in production. Default false: quick, and lost with a crash. */
  durable?: boolean
  /** Settings of postgresql.conf; what they run finds the data folder as its working directory. */
  settings?: Readonly<Record<string, string>>
}

/**
 * A real PostgreSQL on 127.0.0.1 with files of its own, which go away with it (and with us, however we end).
 * Unless it is `durable`, nothing is synced to disk: the data is throw-away.
 */
export async function startPostgres(options: PostgresOptions = {}): Promise<LocalPostgres> {
  for (let attempt = 1; ; attempt++) {
    const port = options.port ?? (await freePort())
    const password = randomBytes(12).toString('hex')
    const durable = options.durable ?? false
    const place = await initialiseFolder(password, options.inMemory ?? !durable)
    const settings = { ...(durable ? {} : NOT_DURABLE), ...options.settings }
    const server = await start(place, port, settings).catch(async (error: unknown) => {
      await place.remove()
      throw error
    })
    if (server.running) return describe({ place, server, port, password, settings })
    await place.remove()
    // Somebody may take the port between our check and the server's bind: then another one is tried.
    const taken = server.logs().includes('Address already in use')
    if (!taken || options.port !== undefined || attempt === START_ATTEMPTS) {
      throw new Error(`PostgreSQL did not start on port ${port}:\n${server.logs()}`)
    }
  }
}

async function initialiseFolder(password: string, inMemory: boolean): Promise<Place> {
  const owner = postgresOwner()
  const folder = await dataFolder('pg', { inMemory, ...(owner && { owner }) })
  // The files outlive a restart of the server, so they are on the watchdog's list by themselves.
  const release = watch({ folders: [folder] })
  const remove = async () => {
    await rm(folder, { recursive: true, force: true })
    release()
  }
  try {
    const place = {
      home: await postgresHome(owner, folder),
      folder,
      data: join(folder, 'data'),
      owner,
      remove,
    }
    await initialise(place, password)
    return place
  } catch (error) {
    await remove()
    throw error
  }
}

type Place = {
  home: string
  folder: string
  data: string
  owner: PostgresOwner | undefined
  remove(): Promise<void>
}

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
async function start(
  { home, folder, data, owner }: Place,
  port: number,
  more: Readonly<Record<string, string>>,
): Promise<ManagedProcess> {
  const settings = {
    listen_addresses: '127.0.0.1',
    // A socket file would need a folder that exists everywhere and a name that nobody else has.
    unix_socket_directories: '',
    max_connections: '300',
    timezone: 'UTC',
    log_timezone: 'UTC',
    ...more,
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
    ...owner,
  })
  // One that recovers to a moment takes questions before it is there; one that follows another never says more.
  const ready = existsSync(join(data, 'standby.signal')) ? 'read-only connections' : 'accept connections'
  await waitFor(() => server.logs().includes(ready) || !server.running, {
    what: 'PostgreSQL to accept connections',
    timeoutMs: 30_000,
  }).catch(async (error: unknown) => {
    await server.stop()
    throw error
  })
  return server
}

function describe(started: {
  place: Place
  server: ManagedProcess
  port: number
  password: string
  settings: Readonly<Record<string, string>>
}): LocalPostgres {
  const { place, port, password, settings } = started
  let { server } = started
  const urlOf = (database: string) => `postgres://postgres:${password}@127.0.0.1:${port}/${database}`
  return {
    url: urlOf('postgres'),
    urlOf,
    port,
    dataFolder: place.data,
    owner: place.owner,
    get pid() {
      return server.pid
    },
    logs: () => server.logs(),
    restart: async (how, whileDown) => {
      // SIGQUIT is PostgreSQL's immediate shutdown: the next start has to recover.
      server.kill(how === 'crash' ? 'SIGQUIT' : 'SIGINT')
      await server.exited
      await whileDown?.()
      server = await start(place, port, settings)
      if (!server.running) throw new Error(`PostgreSQL did not start again:\n${server.logs()}`)
    },
    stop: async () => {
      await server.stop()
      await place.remove()
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
