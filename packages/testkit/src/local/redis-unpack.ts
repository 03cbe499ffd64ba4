/**
 * Redis without any rights on the machine: the distribution's own packages, downloaded and unpacked into our
 * cache folder. The server and the libraries that the machine lacks run from there through LD_LIBRARY_PATH.
 */
import { existsSync, readdirSync } from 'node:fs'
import { mkdir, mkdtemp, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { cacheFolder } from './folders.ts'
import type { RedisProgram } from './redis-program.ts'
import { mustRun, runCommand } from './run-command.ts'

const SERVER_PACKAGES = ['redis-server', 'valkey-server']

/**
 * What a server needs beside its own package: its other half (the program itself is in redis-tools), which has
 * to lie beside it, and the libraries that the machine lacks, never the C library, which goes with the
 * machine's loader. The rest is for running it as a system service.
 */
const SERVER_PARTS = /^(redis|valkey)/
const LIBRARY = /^lib(?!c6$)/

/** What an earlier run unpacked. */
export async function cachedRedis(): Promise<RedisProgram | undefined> {
  return process.platform === 'linux' ? programBelow(unpackedFolder()) : undefined
}

function unpackedFolder(): string {
  return join(cacheFolder('redis'), `unpacked-${process.arch}`)
}

/** Debian and Ubuntu. Undefined where that is not the machine. */
export async function unpackRedisWithoutRoot(
  report: (line: string) => void,
): Promise<RedisProgram | undefined> {
  const tools = await Promise.all(['apt-get', 'dpkg'].map((tool) => runCommand(tool, ['--version'])))
  if (!tools.every((tool) => tool.ok)) return undefined
  report("Unpacking the distribution's redis-server into the cache folder…")
  const scratch = await mkdtemp(join(cacheFolder('redis'), 'unpacking-'))
  try {
    const files = await download(scratch)
    const unpacked = join(scratch, 'root')
    for (const file of files) await mustRun('dpkg', ['-x', file, unpacked])
    await rm(unpackedFolder(), { recursive: true, force: true })
    await rename(unpacked, unpackedFolder())
    const program = await programBelow(unpackedFolder())
    if (!program) throw new Error(`the server unpacked into ${unpackedFolder()} does not run`)
    return program
  } finally {
    await rm(scratch, { recursive: true, force: true })
  }
}

/** With the machine's package lists; where it has none (slim images), with lists fetched into `scratch`. */
async function download(scratch: string): Promise<string[]> {
  try {
    return await downloadWith([], scratch)
  } catch {
    const own = await ownLists(scratch)
    return downloadWith(own, scratch)
  }
}

async function downloadWith(aptOptions: string[], scratch: string): Promise<string[]> {
  const packages = await missingPackages(aptOptions)
  const folder = join(scratch, 'packages')
  await mkdir(folder, { recursive: true })
  await mustRun('apt-get', [...aptOptions, 'download', ...packages], { cwd: folder })
  return readdirSync(folder).map((file) => join(folder, file))
}

async function ownLists(scratch: string): Promise<string[]> {
  await mkdir(join(scratch, 'lists', 'partial'), { recursive: true })
  await mkdir(join(scratch, 'archives', 'partial'), { recursive: true })
  const options = [
    ...['-o', `Dir::State::lists=${join(scratch, 'lists')}`],
    ...['-o', `Dir::Cache=${scratch}`],
    ...['-o', 'Dir::Cache::archives=archives'],
    ...['-o', 'Debug::NoLocking=1'],
  ]
  // One source out of several may fail to answer; whether what we need was found is seen by the download.
  await runCommand('apt-get', [...options, 'update'])
  return options
}

/** The server's package and what else has to be unpacked with it. */
async function missingPackages(aptOptions: string[]): Promise<string[]> {
  const server = await firstAsync(SERVER_PACKAGES, async (name) => {
    const policy = await runCommand('apt-cache', [...aptOptions, 'policy', name], { env: plainEnglish() })
    return /Candidate: (?!\(none\))/.test(policy.stdout)
  })
  if (server === undefined)
    throw new Error(`No package ${SERVER_PACKAGES.join(' or ')} in the package lists.`)
  const wanted = new Set([server])
  // A set that grows while it is walked: each package adds the ones it depends on.
  for (const name of wanted) {
    const depends = await mustRun('apt-cache', [...aptOptions, 'depends', '--important', name], {
      env: plainEnglish(),
    })
    for (const [, dependency] of depends.matchAll(/^ [ |](?:Pre)?Depends: ([^<\s]+)/gm)) {
      if (
        dependency &&
        (SERVER_PARTS.test(dependency) || (LIBRARY.test(dependency) && !(await isInstalled(dependency))))
      )
        wanted.add(dependency)
    }
  }
  return [...wanted]
}

async function isInstalled(name: string): Promise<boolean> {
  const { ok, stdout } = await runCommand('dpkg-query', [
    '--show',
    '--showformat=${db:Status-Status}\n',
    name,
  ])
  return ok && stdout.split('\n').includes('installed')
}

async function programBelow(folder: string): Promise<RedisProgram | undefined> {
  const path = ['usr/bin/redis-server', 'usr/bin/valkey-server']
    .map((file) => join(folder, file))
    .find((file) => existsSync(file))
  if (path === undefined) return undefined
  const libraryPath = libraryFolders(folder).join(':')
  const version = await runCommand(path, ['--version'], {
    env: { ...process.env, LD_LIBRARY_PATH: libraryPath },
  })
  return version.ok ? { kind: 'binary', path, libraryPath } : undefined
}

/** usr/lib and lib, and in them the folder of the architecture (x86_64-linux-gnu and the like). */
function libraryFolders(folder: string): string[] {
  return ['usr/lib', 'lib']
    .map((name) => join(folder, name))
    .filter((base) => existsSync(base))
    .flatMap((base) => [
      base,
      ...readdirSync(base)
        .filter((name) => name.includes('-linux-gnu'))
        .map((name) => join(base, name)),
    ])
}

async function firstAsync<T>(items: T[], holds: (item: T) => Promise<boolean>): Promise<T | undefined> {
  for (const item of items) if (await holds(item)) return item
  return undefined
}

function plainEnglish(): NodeJS.ProcessEnv {
  return { ...process.env, LC_ALL: 'C' }
}
