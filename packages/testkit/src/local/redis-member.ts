/** One of several Redis servers, or one of their sentinels, that can be killed or frozen and brought back. */
import { rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Redis } from 'ioredis'
import { dataFolder } from './folders.ts'
import { freePort } from './free-port.ts'
import { startManagedProcess, type ManagedProcess } from './managed-process.ts'
import { findRedisServer, withLibraries, type RedisProgram } from './redis-program.ts'
import { waitFor } from './wait-for.ts'
import { watch } from './watchdog.ts'

export type RedisMember = {
  readonly port: number
  /** SIGKILL: what it had not yet told its replica is lost. */
  kill(): Promise<void>
  /** SIGSTOP: it answers nothing, and ends no connection. */
  freeze(): void
  thaw(): void
  /** It follows a master and has all that the master has: it can take the master's place. */
  isInStep(): Promise<boolean>
  /** After `kill`: on the same port and files. */
  revive(): Promise<void>
  stop(): Promise<void>
}

/** Of all servers, sentinels too; with what an address has to encode. */
export const REDIS_PASSWORD = 'p@ss:word/1'
const READY_MS = 20_000
/** Who follows logs in too. */
const SECURED = ['--requirepass', REDIS_PASSWORD, '--masterauth', REDIS_PASSWORD]

/** With `sentinelConfig` it is a sentinel, which keeps what it learns in that file. */
export async function startRedisMember(flags: string[], sentinelConfig?: string) {
  const program = await findRedisServer()
  if (program.kind !== 'binary') throw new Error('Several Redis servers need a redis-server on this machine.')
  const port = await freePort()
  const folder = await dataFolder('redis', { inMemory: true })
  const release = watch({ folders: [folder] })
  const usual = ['--port', String(port), '--bind', '127.0.0.1', '--dir', folder]
  const args =
    sentinelConfig === undefined
      ? [...usual, ...SECURED, '--maxmemory-policy', 'noeviction', ...flags]
      : [join(folder, 'sentinel.conf'), '--sentinel', ...usual]
  if (sentinelConfig !== undefined) await writeFile(join(folder, 'sentinel.conf'), `${sentinelConfig}\n`)
  const launch = () => launchServer(program, port, args)
  const removeFiles = async () => {
    await rm(folder, { recursive: true, force: true })
    release()
  }
  let server = await launch().catch(async (error: unknown) => {
    await removeFiles()
    throw error
  })
  let frozen = false
  return {
    port,
    get answers() {
      return server.running && !frozen
    },
    kill: async () => {
      server.kill('SIGKILL')
      await server.exited
    },
    freeze: () => {
      frozen = true
      server.kill('SIGSTOP')
    },
    thaw: () => {
      frozen = false
      server.kill('SIGCONT')
    },
    isInStep: () =>
      askRedis(port, async (redis) => {
        const told = await redis.info('replication')
        return told.includes('role:slave') && told.includes('master_link_status:up')
      }),
    revive: async () => {
      server = await launch()
    },
    stop: async () => {
      if (frozen) server.kill('SIGCONT')
      await server.stop()
      await removeFiles()
    },
  }
}

async function launchServer(
  program: RedisProgram & { kind: 'binary' },
  port: number,
  args: string[],
): Promise<ManagedProcess> {
  const started = await startManagedProcess({
    name: 'redis',
    command: program.path,
    args,
    env: withLibraries(program.libraryPath),
  })
  await waitFor(async () => !started.running || (await askRedis(port, (redis) => redis.ping())), {
    what: `Redis to answer on port ${port}`,
    timeoutMs: READY_MS,
  }).catch(async (error: unknown) => {
    await started.stop()
    throw error
  })
  if (!started.running) throw new Error(`Redis did not start on port ${port}:\n${started.logs()}`)
  return started
}

/** One question on a connection of its own. */
export async function askRedis<T>(port: number, ask: (redis: Redis) => Promise<T>): Promise<T> {
  const redis = new Redis({
    host: '127.0.0.1',
    port,
    password: REDIS_PASSWORD,
    lazyConnect: true,
    retryStrategy: null,
    connectTimeout: 1_000,
    commandTimeout: 2_000,
  })
  redis.on('error', () => {})
  try {
    await redis.connect()
    return await ask(redis)
  } finally {
    redis.disconnect()
  }
}
