import { accessSync, constants, mkdirSync, realpathSync, statfsSync, statSync } from 'node:fs'
import { chown, mkdtemp } from 'node:fs/promises'
import { homedir, tmpdir } from 'node:os'
import { dirname, join } from 'node:path'

/** Memory is only used for database files when there is plenty: Docker gives /dev/shm 64 MB by default. */
const SHARED_MEMORY_MIN_BYTES = 1024 ** 3

/** A new folder `hangar-<purpose>-…` in the system's temporary folder. */
export function temporaryFolder(purpose: string): Promise<string> {
  return mkdtemp(join(tmpdir(), `hangar-${purpose}-`))
}

/** A new folder for database files, in memory where that is possible, owned and reachable by `owner`. */
export async function dataFolder(
  purpose: string,
  options: { inMemory: boolean; owner?: { uid: number; gid: number } },
): Promise<string> {
  const candidates = [...(options.inMemory ? ['/dev/shm'] : []), tmpdir(), '/tmp', '/var/tmp']
  const parent = candidates.find((folder) => isUsable(folder, options.owner !== undefined))
  if (parent === undefined) throw new Error(`No folder for temporary data: tried ${candidates.join(', ')}.`)
  const folder = await mkdtemp(join(parent, `hangar-${purpose}-`))
  if (options.owner) await chown(folder, options.owner.uid, options.owner.gid)
  return folder
}

function isUsable(folder: string, forOtherUser: boolean): boolean {
  try {
    accessSync(folder, constants.W_OK | constants.X_OK)
    const { bavail, bsize } = statfsSync(folder)
    if (folder === '/dev/shm' && bavail * bsize < SHARED_MEMORY_MIN_BYTES) return false
    return !forOtherUser || othersReach(folder)
  } catch {
    return false
  }
}

/** Whether any user may pass through all folders above `path` and read `path` itself. */
export function othersReach(path: string): boolean {
  const real = realpathSync(path)
  if ((statSync(real).mode & 0o005) !== 0o005) return false
  for (let folder = dirname(real); ; folder = dirname(folder)) {
    if ((statSync(folder).mode & 0o001) === 0) return false
    if (folder === dirname(folder)) return true
  }
}

/** A folder that outlives this run, for what took a download to get. */
export function cacheFolder(purpose: string): string {
  const uid = process.getuid?.() ?? 0
  const xdg = process.env['XDG_CACHE_HOME'] ?? ''
  const bases = [
    ...(xdg === '' ? [] : [xdg]),
    join(homedir(), '.cache'),
    join(tmpdir(), `hangar-cache-${uid}`),
  ]
  for (const base of bases) {
    const folder = join(base, 'hangar', purpose)
    try {
      mkdirSync(folder, { recursive: true, mode: 0o700 })
      // In a folder that others may write to, one made by somebody else is not ours to trust.
      if (statSync(folder).uid === uid) return folder
    } catch {
      // This one cannot be made here (a read-only or missing home folder): try the next.
    }
  }
  throw new Error(`No cache folder can be made in any of ${bases.join(', ')}.`)
}
