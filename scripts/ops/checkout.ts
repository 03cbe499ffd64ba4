/**
 * The files of another commit, ready to run: a copy in a temporary folder whose packages find each other there, and
 * everything that is not ours in this checkout's node_modules. So nothing is installed, and what is tested is our code of
 * that commit with today's dependencies.
 */
import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdir, readdir, realpath, rm, symlink } from 'node:fs/promises'
import { dirname, join, relative } from 'node:path'
import { promisify } from 'node:util'
import { temporaryFolder, watch } from '@hangar/testkit/local'
import { root } from '../lib/paths.ts'

const run = promisify(execFile)
/** Git's archive of the whole repository passes through memory. */
const MAX_ARCHIVE_BYTES = 256 * 1024 ** 2

export type Checkout = { readonly folder: string; remove(): Promise<void> }

/** Null: this clone does not have the commit (it is shallow, or no clone at all). */
export async function checkOut(commit: string): Promise<Checkout | null> {
  if (!(await hasCommit(commit))) return null
  const folder = await temporaryFolder('release')
  const release = watch({ folders: [folder] })
  const remove = async () => {
    await rm(folder, { recursive: true, force: true })
    release()
  }
  try {
    await unpack(commit, folder)
    for (const place of await packageFolders(folder)) await linkModules(folder, place)
    return { folder, remove }
  } catch (error) {
    await remove()
    throw error
  }
}

function hasCommit(commit: string): Promise<boolean> {
  return run('git', ['cat-file', '-e', `${commit}^{commit}`], { cwd: root }).then(
    () => true,
    () => false,
  )
}

async function unpack(commit: string, folder: string): Promise<void> {
  const file = join(folder, 'release.tar')
  await run('git', ['archive', '--output', file, commit], { cwd: root, maxBuffer: MAX_ARCHIVE_BYTES })
  await run('tar', ['-xf', file, '-C', folder])
  await rm(file)
}

/** Relative to the checkout; the first is the checkout itself. */
async function packageFolders(folder: string): Promise<string[]> {
  const found = ['.']
  for (const group of await readdir(folder, { withFileTypes: true })) {
    if (!group.isDirectory()) continue
    if (existsSync(join(folder, group.name, 'package.json'))) found.push(group.name)
    for (const one of await readdir(join(folder, group.name), { withFileTypes: true })) {
      const place = join(group.name, one.name)
      if (one.isDirectory() && existsSync(join(folder, place, 'package.json'))) found.push(place)
    }
  }
  return found
}

async function linkModules(folder: string, place: string): Promise<void> {
  const ours = join(root, place, 'node_modules')
  if (!existsSync(ours)) return
  const theirs = join(folder, place, 'node_modules')
  for (const name of await modulesIn(ours)) {
    const target = await realpath(join(ours, name))
    await mkdir(dirname(join(theirs, name)), { recursive: true })
    await symlink(
      name.startsWith('@hangar/') ? join(folder, relative(root, target)) : target,
      join(theirs, name),
    )
  }
}

async function modulesIn(folder: string): Promise<string[]> {
  const names: string[] = []
  for (const entry of await readdir(folder)) {
    if (entry.startsWith('.')) continue
    if (entry.startsWith('@'))
      names.push(...(await readdir(join(folder, entry))).map((one) => join(entry, one)))
    else names.push(entry)
  }
  return names
}
