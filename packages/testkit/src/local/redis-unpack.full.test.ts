/** Redis without any rights on a Debian or Ubuntu machine: the distribution's own packages, downloaded, unpacked, run. */
import { execFileSync } from 'node:child_process'
import { existsSync, readdirSync } from 'node:fs'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from '@jest/globals'
import { canRunWithoutRoot, Machine, redisCanBeHidden } from '../testing/machine.ts'

const UNPACKING = ["Unpacking the distribution's redis-server into the cache folder…"]
const lacks = [
  ...(existsSync('/usr/bin/apt-get') ? [] : ['apt-get']),
  ...(redisCanBeHidden ? [] : ['a /usr/local/bin without Redis']),
  ...(canRunWithoutRoot ? [] : ['a checkout that not only root can read']),
]
const here = (name: string) => (lacks.length === 0 ? name : `${name} (SKIPPED: needs ${lacks.join(' and ')})`)
const onDebian = lacks.length === 0 ? test : test.skip

let machine: Machine
beforeEach(async () => {
  machine = await (await Machine.empty()).addSystem()
})
afterEach(() => machine.remove())

onDebian(
  here('unpacked once, it starts, and the next run finds it in the cache'),
  async () => {
    const first = await machine.find({ start: true })
    expect(first).toMatchObject({
      exitCode: 0,
      reports: UNPACKING,
      pong: 'PONG',
      program: { kind: 'binary' },
    })
    const cache = join(machine.home, '.cache', 'hangar', 'redis')
    expect(first.program).toMatchObject({
      path: expect.stringMatching(`^${cache}/unpacked-\\w+/usr/bin/(redis|valkey)-server$`),
      libraryPath: expect.stringContaining(cache),
    })
    // A server of the cache's own, not a link to one of the machine's.
    const version = execFileSync((first.program as { path: string }).path, ['--version'], {
      env: { LD_LIBRARY_PATH: (first.program as { libraryPath: string }).libraryPath },
    })
    expect(version.toString()).toMatch(/server v=\d/)
    expect(readdirSync(cache)).toHaveLength(1)

    const second = await machine.find({ start: true })
    expect(second).toEqual({ ...first, reports: [] })
  },
  120_000,
)

onDebian(
  here('with neither package lists nor libraries on the machine, as in slim images, it brings both'),
  async () => {
    // The same apt, told to look for its lists in an empty folder; and no library is known to be installed.
    const lists = join(machine.home, 'no-lists')
    await mkdir(join(lists, 'partial'), { recursive: true })
    const configuration = join(machine.home, 'apt.conf')
    await writeFile(
      configuration,
      `Dir::State::lists "${lists}";\nDir::Cache::pkgcache "";\nDir::Cache::srcpkgcache "";\n`,
    )
    await machine.addTool('dpkg-query', 'exit 1')
    const found = await machine.find({ start: true, env: { APT_CONFIG: configuration } })
    expect(found).toMatchObject({
      exitCode: 0,
      reports: UNPACKING,
      pong: 'PONG',
      program: { kind: 'binary' },
    })
    expect(readdirSync(lists)).toEqual(['partial'])
    const folders = (found.program as { libraryPath: string }).libraryPath.split(':')
    const libraries = folders.flatMap((folder) => readdirSync(folder)).filter((name) => name.includes('.so'))
    expect(libraries.length).toBeGreaterThan(3)
    expect(libraries.filter((name) => name.startsWith('libc.so'))).toEqual([])
  },
  300_000,
)
