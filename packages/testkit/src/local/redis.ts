import { randomUUID } from 'node:crypto'
import { rm } from 'node:fs/promises'
import { dataFolder } from './folders.ts'
import { freePort } from './free-port.ts'
import { startManagedProcess, type ManagedProcess } from './managed-process.ts'
import { findRedisServer, withLibraries, type RedisProgram } from './redis-program.ts'
import { waitFor } from './wait-for.ts'
import { watch } from './watchdog.ts'

const START_ATTEMPTS = 5

export type LocalRedis = {
  readonly url: string
  readonly port: number
  /** Another one after a restart. */
  readonly pid: number
  logs(): string
  /** SIGKILL, as a crash would be. The port stays known, so that `startRedis({ port })` can bring it back. */
  crash(): Promise<void>
  /**
   * SIGKILL, then a start on the same files and port: what `appendOnly` had written is there again. `whileDown` runs
   * between the two.
   */
  restart(whileDown?: () => Promise<void>): Promise<void>
  stop(): Promise<void>
}

/**
 * A real Redis on 127.0.0.1, without persistence unless `appendOnly`; never evicts, as BullMQ requires. Its files
 * go away with it (and with us, however we end).
 */
export async function startRedis(
  options: { port?: number; appendOnly?: boolean; report?: (line: string) => void } = {},
): Promise<LocalRedis> {
  const program = await findRedisServer(options.report)
  for (let attempt = 1; ; attempt++) {
    const port = options.port ?? (await freePort())
    const place = await makePlace(options.appendOnly ?? false)
    const server = await start(program, port, place).catch(async (error: unknown) => {
      await place.remove()
      throw error
    })
    if (server.running) return describe({ program, server, port, place })
    await place.remove()
    const taken = server.logs().includes('in use')
    if (!taken || options.port !== undefined || attempt === START_ATTEMPTS) {
      throw new Error(`Redis did not start on port ${port}:\n${server.logs()}`)
    }
  }
}

type Place = { folder: string; appendOnly: boolean; remove(): Promise<void> }

/** The files outlive a restart of the server, so they are on the watchdog's list by themselves. */
async function makePlace(appendOnly: boolean): Promise<Place> {
  const folder = await dataFolder('redis', { inMemory: !appendOnly })
  const release = watch({ folders: [folder] })
  const remove = async () => {
    await rm(folder, { recursive: true, force: true })
    release()
  }
  return { folder, appendOnly, remove }
}

/** Resolves when it is ready or has ended. What it says counts, not the port: somebody else may answer there. */
async function start(
  program: RedisProgram,
  port: number,
  { folder, appendOnly }: Place,
): Promise<ManagedProcess> {
  const settings = [
    ...['--save', ''],
    ...['--appendonly', appendOnly ? 'yes' : 'no'],
    ...['--maxmemory-policy', 'noeviction'],
  ]
  const server = await startManagedProcess(
    program.kind === 'binary'
      ? {
          name: 'redis',
          command: program.path,
          args: ['--port', String(port), '--bind', '127.0.0.1', '--dir', folder, ...settings],
          env: withLibraries(program.libraryPath),
        }
      : dockerOptions(program.image, port, settings),
  )
  await waitFor(() => !server.running || server.logs().includes('Ready to accept connections'), {
    what: `Redis to be ready on port ${port}`,
    // Docker may have to fetch the image first.
    timeoutMs: program.kind === 'docker' ? 180_000 : 20_000,
  }).catch(async (error: unknown) => {
    await server.stop()
    throw error
  })
  return server
}

function dockerOptions(image: string, port: number, settings: string[]) {
  const container = `hangar-redis-${randomUUID()}`
  return {
    name: 'redis',
    command: 'docker',
    args: [
      'run',
      '--rm',
      '--name',
      container,
      '--publish',
      `127.0.0.1:${port}:6379`,
      image,
      'redis-server',
      ...settings,
    ],
    dockerContainer: container,
  }
}

function describe(started: {
  program: RedisProgram
  server: ManagedProcess
  port: number
  place: Place
}): LocalRedis {
  const { program, port, place } = started
  let { server } = started
  const kill = async () => {
    server.kill('SIGKILL')
    await server.exited
  }
  return {
    url: `redis://127.0.0.1:${port}`,
    port,
    get pid() {
      return server.pid
    },
    logs: () => server.logs(),
    crash: async () => {
      await kill()
      await place.remove()
    },
    restart: async (whileDown) => {
      await kill()
      await whileDown?.()
      server = await start(program, port, place)
      if (!server.running) throw new Error(`Redis did not start again:\n${server.logs()}`)
    },
    stop: async () => {
      await server.stop()
      await place.remove()
    },
  }
}
