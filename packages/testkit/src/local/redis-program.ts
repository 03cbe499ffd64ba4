/**
 * Where the Redis server comes from, first that works: on the path, installed through the system's package
 * manager, unpacked into a cache folder without any rights, Docker. What is found is only ever a program that we
 * start ourselves on a port of our own; a server of the machine's is never used or left running.
 */
import { accessSync, constants } from 'node:fs'
import { delimiter, join } from 'node:path'
import { installWithAptGet, installWithBrew } from './redis-install.ts'
import { dockerWorks } from './redis-docker.ts'
import { cachedRedis, unpackRedisWithoutRoot } from './redis-unpack.ts'

export type RedisProgram =
  { kind: 'binary'; path: string; libraryPath?: string } | { kind: 'docker'; image: string }

/** What the server's process needs to find what came with it. */
export function withLibraries(libraryPath: string | undefined): NodeJS.ProcessEnv {
  return libraryPath === undefined ? process.env : { ...process.env, LD_LIBRARY_PATH: libraryPath }
}

const DOCKER_REDIS_IMAGE = 'redis:8.6.2-alpine'

/** No Redis and no way to get one. Programs end with this exit code (EX_UNAVAILABLE). */
export const EXIT_UNAVAILABLE = 69

export class RedisUnavailableError extends Error {
  override readonly name = 'RedisUnavailableError'
}

let found: Promise<RedisProgram> | undefined

/** Finds or installs the server once per process; `report` is told before anything that takes a while. */
export function findRedisServer(report: (line: string) => void = () => {}): Promise<RedisProgram> {
  found ??= find(report).catch((error: unknown) => {
    found = undefined
    throw error
  })
  return found
}

async function find(report: (line: string) => void): Promise<RedisProgram> {
  const present = onPath()
  if (present) return present
  const cached = await cachedRedis()
  if (cached) return cached

  const failures: string[] = []
  const ways: [string, () => Promise<RedisProgram | undefined>][] = [
    ['apt-get install', async () => ((await installWithAptGet(report)) ? onPath() : undefined)],
    ['brew install', async () => ((await installWithBrew(report)) ? onPath() : undefined)],
    ['apt-get download', () => unpackRedisWithoutRoot(report)],
    [
      'docker',
      async () => ((await dockerWorks()) ? { kind: 'docker', image: DOCKER_REDIS_IMAGE } : undefined),
    ],
  ]
  for (const [name, attempt] of ways) {
    try {
      const program = await attempt()
      if (program) return program
    } catch (error) {
      failures.push(`${name}: ${firstLine(error)}`)
    }
  }
  throw new RedisUnavailableError(unavailableMessage(failures))
}

/** Redis or its fork Valkey, which speaks the same protocol and takes the same flags. */
function onPath(): RedisProgram | undefined {
  const folders = [...(process.env['PATH'] ?? '').split(delimiter), '/opt/homebrew/bin', '/usr/local/bin']
  for (const name of ['redis-server', 'valkey-server']) {
    for (const folder of folders.filter((entry) => entry !== '')) {
      if (isExecutable(join(folder, name))) return { kind: 'binary', path: join(folder, name) }
    }
  }
  return undefined
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK)
    return true
  } catch {
    return false
  }
}

function unavailableMessage(failures: string[]): string {
  const command = process.platform === 'darwin' ? 'brew install redis' : 'sudo apt-get install redis-server'
  const tried = failures.length === 0 ? '' : ` (tried: ${failures.join('; ')})`
  return `Redis is missing and could not be fetched${tried}. Run '${command}' or what your system has for it, and start again.`
}

function firstLine(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).trim().split('\n')[0] ?? ''
}
