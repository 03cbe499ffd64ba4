/** Which Go is used, and where it comes from. Each `go` and `apt-get` here is a script that says what we want to see. */
import { existsSync, readFileSync } from 'node:fs'
import { chmod, mkdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { temporaryFolder } from '@hangar/testkit/local'
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { installGo } from './lib/go-install.ts'
import { findGo, goFolders, isNewEnough } from './lib/go-program.ts'

let folder: string
beforeEach(async () => {
  folder = await temporaryFolder('go-setup')
})
afterEach(() => rm(folder, { recursive: true, force: true }))

async function addTool(name: string, below: string, script: string): Promise<string> {
  const bin = join(folder, below)
  await mkdir(bin, { recursive: true })
  await writeFile(join(bin, name), `#!/bin/sh\n${script}\n`)
  await chmod(join(bin, name), 0o755)
  return bin
}

const addGo = (below: string, version: string) =>
  addTool('go', below, `echo "go version ${version} linux/amd64"`)

test.each([
  ['go version go1.26.8 linux/amd64', true],
  ['go version go1.21 darwin/arm64', true],
  ['go version go1.20.14 linux/amd64', false],
  ['go version go2.0 linux/amd64', true],
  ['go version devel +abc linux/amd64', true],
  ['gccgo', false],
])('%s is new enough: %s', (said, expected) => {
  expect(isNewEnough(said)).toBe(expected)
})

describe('which Go is used', () => {
  test('the first that is new enough: an old one, and one that does not run, are passed over', async () => {
    const broken = await addTool('go', 'broken', 'exit 1')
    const old = await addGo('old', 'go1.19.8')
    const good = await addGo('good', 'go1.21.0')
    const newer = await addGo('newer', 'go1.26.8')
    const found = await findGo([join(folder, 'empty'), broken, old, good, newer])
    expect(found).toEqual({ go: { file: join(good, 'go'), version: '1.21.0' } })
  })

  test('the path comes first, then where it is on no path: the newest of Debian', async () => {
    const debian = join(folder, 'lib')
    for (const name of ['go-1.9', 'go-1.23', 'go-1.21', 'go-common'])
      await mkdir(join(debian, name), { recursive: true })
    expect(goFolders('/one:/two:', debian)).toEqual([
      '/one',
      '/two',
      '/usr/local/go/bin',
      ...['1.23', '1.21', '1.9'].map((version) => join(debian, `go-${version}`, 'bin')),
    ])
  })

  test('where there is none, or only old ones, it is said which', async () => {
    expect(await findGo([join(folder, 'empty')])).toEqual({ why: 'Go is not installed here' })
    const old = await addGo('old', 'go1.19.8')
    expect(await findGo([old])).toEqual({
      why: `Go 1.21 or newer is needed, and ${join(old, 'go')} is 1.19.8`,
    })
  })
})

describe('where Go comes from', () => {
  const BOOKWORM = 'ID=debian\nVERSION_CODENAME=bookworm\nPRETTY_NAME="Debian GNU/Linux 12 (bookworm)"\n'

  /** An apt-get that notes what it was asked, and the sources that it was to use. */
  async function install(
    script: string,
    machine: { osRelease?: string; isRoot?: boolean } = {},
    updateMs = 10_000,
  ) {
    const bin = await addTool(
      'apt-get',
      'bin',
      `echo "$*" >> "${join(folder, 'asked')}"
for word; do case "$word" in *SourceList=*) cat "\${word#*=}" > "${join(folder, 'sources')}" ;; esac; done
${script}`,
    )
    const said: string[] = []
    const path = `${bin}:/usr/bin:/bin`
    const debian = { path, osRelease: BOOKWORM, isRoot: true, ...machine }
    const timeouts = { updateMs, downloadMs: 10_000, unpackMs: 10_000 }
    const whyNot = await installGo(debian, (line) => said.push(line), timeouts)
    const asked = existsSync(join(folder, 'asked')) ? readFileSync(join(folder, 'asked'), 'utf8') : ''
    const commands = asked
      .trim()
      .split('\n')
      .map((line) => line.replace(/^(-o \S+ )+/, ''))
    return { whyNot, said, asked, commands: commands.filter((line) => line !== '') }
  }

  const sources = () => readFileSync(join(folder, 'sources'), 'utf8')
  const INSTALL = 'install --yes --no-install-recommends -t bookworm-backports golang-1.23'

  test("Debian's backports, from the machine's own mirror, with nothing of its configuration changed", async () => {
    const { whyNot, said, asked, commands } = await install(
      `case "$*" in indextargets*) echo "http://mirror.example/debian/ bookworm-updates main"
        echo "http://mirror.example/debian/ bookworm main" ;; esac`,
    )
    expect(whyNot).toBeNull()
    expect(said).toEqual(["Installing golang-1.23 from Debian's bookworm-backports (46 MB)…"])
    expect(commands.slice(1)).toEqual(['update', `${INSTALL} --download-only`, INSTALL])
    expect(sources()).toMatch(
      /^deb (\[signed-by=\S+\] )?http:\/\/mirror\.example\/debian\/ bookworm-backports main\n$/,
    )
    const [, ...changing] = asked.trim().split('\n')
    for (const line of changing) expect(line).toMatch(/Dir::State::Lists=\S+ -o Dir::Cache=\S+/)
    const own = /SourceList=(\S+)\/sources\.list/.exec(asked)?.[1] ?? ''
    expect(own).not.toBe('')
    expect(existsSync(own)).toBe(false)
  })

  test('a mirror that cannot be reached is a reason, in one line, and nothing is installed', async () => {
    const { whyNot, commands } = await install(
      `case "$*" in *update) echo "W: something"; echo "E: Failed to fetch http://deb.debian.org  Could not connect" >&2; exit 100 ;; esac`,
    )
    expect(whyNot).toBe('apt-get update failed: E: Failed to fetch http://deb.debian.org  Could not connect')
    expect(commands.at(-1)).toBe('update')
    expect(sources()).toContain('http://deb.debian.org/debian bookworm-backports main')
  })

  test('so is one that does not answer at all', async () => {
    const { whyNot } = await install('case "$*" in *update) exec sleep 60 ;; esac', {}, 500)
    expect(whyNot).toBe('apt-get update took longer than 0.5 s')
  })

  test.each([
    ['no Debian', { osRelease: 'ID=alpine\n' }, 'this machine is not a Debian'],
    ['not root', { isRoot: false }, 'only root can install packages'],
  ])('%s: apt-get is not even asked', async (_, machine, whyNot) => {
    expect(await install('exit 0', machine)).toMatchObject({ whyNot, said: [], commands: [] })
  })
})
