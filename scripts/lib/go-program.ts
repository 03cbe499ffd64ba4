/**
 * Which Go this machine has, if any: the first that is new enough, on the path, where Go's own archive is unpacked, or
 * where Debian puts its versions, which are on no path.
 */
import { execFile } from 'node:child_process'
import { existsSync, readdirSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { promisify } from 'node:util'

const run = promisify(execFile)

export const GO_NEEDED = '1.21'
const VERSION_TIMEOUT_MS = 10_000

/** `version` is empty for a development version, which has no number. */
export type GoProgram = { file: string; version: string }
export type GoSearch = { go: GoProgram } | { why: string }

/** Folders to look in, in this order. */
export function goFolders(path = process.env['PATH'] ?? '', debian = '/usr/lib'): string[] {
  const onPath = path.split(delimiter).filter((folder) => folder !== '')
  return [...onPath, '/usr/local/go/bin', ...debianFolders(debian)]
}

/** `/usr/lib/go-1.23/bin` and its sisters, newest first. */
function debianFolders(below: string): string[] {
  const minorOf = (name: string) => Number(/^go-1\.(\d+)$/.exec(name)?.[1] ?? -1)
  const names = existsSync(below) ? readdirSync(below).filter((name) => minorOf(name) >= 0) : []
  return names.toSorted((a, b) => minorOf(b) - minorOf(a)).map((name) => join(below, name, 'bin'))
}

/** Where nothing is new enough, `why` says what is there. */
export async function findGo(folders = goFolders()): Promise<GoSearch> {
  const tooOld: string[] = []
  for (const folder of new Set(folders)) {
    const file = join(folder, 'go')
    const said = existsSync(file) ? await versionOf(file) : null
    if (said === null) continue
    const version = /\bgo(\d\S*)/.exec(said)?.[1] ?? ''
    if (isNewEnough(said)) return { go: { file, version } }
    tooOld.push(`${file} is ${version === '' ? 'none that we know' : version}`)
  }
  if (tooOld.length === 0) return { why: 'Go is not installed here' }
  return { why: `Go ${GO_NEEDED} or newer is needed, and ${tooOld.join(', ')}` }
}

async function versionOf(file: string): Promise<string | null> {
  // Local: a project's go.mod must not make an old Go fetch a new one.
  const env = { ...process.env, GOTOOLCHAIN: 'local' }
  const asked = run(file, ['version'], { timeout: VERSION_TIMEOUT_MS, env })
  return asked.then(
    ({ stdout }) => stdout,
    () => null,
  )
}

/** Of `go version go1.26.8 linux/amd64`; a development version has no number and is new. */
export function isNewEnough(said: string): boolean {
  const [, major = '', minor = ''] = /\bgo(\d+)\.(\d+)/.exec(said) ?? []
  if (major === '') return said.includes('devel')
  const [neededMajor = 0, neededMinor = 0] = GO_NEEDED.split('.').map(Number)
  return Number(major) > neededMajor || (Number(major) === neededMajor && Number(minor) >= neededMinor)
}
