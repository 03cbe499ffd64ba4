/** What a stranger gets: the packed tarball, installed in an empty project without any of this repository, used as the README says. */
import { execFile } from 'node:child_process'
import { cp, mkdtemp, readdir, readFile, realpath, rm, writeFile, mkdir } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { startFlySim } from '@hangar/fly-sim'

const run = promisify(execFile)
const PACKAGE = fileURLToPath(new URL('..', import.meta.url))
const ROOT = fileURLToPath(new URL('../../..', import.meta.url))

/** Compiles only if the types arrived: each expected error is one. */
const CONSUMER = `
import { createFlyClient, isFlyError, type FlyErrorCode, type Machine } from '@hangar/fly-client'
const fly = createFlyClient({ token: 't', orgSlug: 'o' })
export async function stateOf(app: string, id: string): Promise<string> {
  try {
    const machine: Machine = await fly.machines.get(app, id, { signal: AbortSignal.timeout(1000) })
    // @ts-expect-error it is a string
    const wrong: number = machine.state
    return machine.config?.guest?.cpu_kind ?? String(wrong)
  } catch (error) {
    if (isFlyError(error, 'not_found')) { const code: 'not_found' = error.code; return code }
    throw error
  }
}
export const code: FlyErrorCode = 'name_taken'
// @ts-expect-error no such code
export const none: FlyErrorCode = 'no_such_code'
// @ts-expect-error a token is needed
createFlyClient({ orgSlug: 'o' })
`

describe('the packed package', () => {
  let project: string
  let folder: string

  beforeAll(async () => {
    folder = await realpath(await mkdtemp(join(tmpdir(), 'fly-client-')))
    project = join(folder, 'project')
    await mkdir(project)
    await packAll(folder)
    await writeFile(
      join(project, 'package.json'),
      '{ "name": "stranger", "private": true, "type": "module" }',
    )
    const tarballs = (await readdir(folder))
      .filter((name) => name.endsWith('.tgz'))
      .map((name) => join('..', name))
    expect(tarballs).toHaveLength(2)
    // Offline: whatever it needed besides its one dependency would be missing here.
    await run('npm', ['install', '--offline', '--no-audit', '--no-fund', '--ignore-scripts', ...tarballs], {
      cwd: project,
    })
  }, 120_000)
  afterAll(() => rm(folder, { recursive: true, force: true }))

  test('holds built JavaScript with types, and no sources or tests', async () => {
    const installed = join(project, 'node_modules/@hangar/fly-client')
    const files = await readdir(installed, { recursive: true })
    expect(files).toEqual(expect.arrayContaining(['README.md', 'dist/index.js', 'dist/index.d.ts']))
    expect(files.filter((name) => /\bsrc\b|test|testing|(?<!\.d)\.ts$/.test(name))).toEqual([])
    expect(await readdir(join(project, 'node_modules/@hangar'))).toEqual(['fly-client'])
    for (const name of files.filter((file) => file.endsWith('.js'))) {
      expect(await readFile(join(installed, name), 'utf8')).not.toMatch(
        /from ["']@hangar|from ["']\.[^"']*\.ts["']/,
      )
    }
  })

  test('runs the example of the README', async () => {
    const readme = await readFile(join(project, 'node_modules/@hangar/fly-client/README.md'), 'utf8')
    const example = /```js\n([\s\S]*?)```/.exec(readme)?.[1] ?? ''
    await writeFile(join(project, 'example.mjs'), example)
    const sim = await startFlySim()
    try {
      const settings = {
        FLY_API_BASE_URL: sim.url,
        FLY_API_TOKEN: sim.token,
        FLY_ORG_SLUG: sim.org,
        FLY_APP_NAME: 'readme-1',
      }
      await writeFile(
        join(project, '.env'),
        Object.entries(settings)
          .map(([name, value]) => `${name}=${value}\n`)
          .join(''),
      )
      const { stdout } = await run(process.execPath, ['--env-file=.env', 'example.mjs'], { cwd: project })
      expect(stdout).toMatch(/^machine \w+ created\nstate started in iad\ngone\n$/)
      expect(sim.sim.world.apps.size).toBe(0)
    } finally {
      await sim.stop()
    }
  })

  test('type-checks a user of it, strictly, its declarations included', async () => {
    await writeFile(join(project, 'consumer.ts'), CONSUMER)
    const compilerOptions = {
      strict: true,
      noEmit: true,
      module: 'nodenext',
      target: 'es2024',
      types: ['node'],
      skipLibCheck: false,
      typeRoots: [join(ROOT, 'node_modules/@types')],
    }
    await writeFile(
      join(project, 'tsconfig.json'),
      JSON.stringify({ compilerOptions, files: ['consumer.ts'] }),
    )
    const tsc = join(ROOT, 'node_modules/typescript/bin/tsc')
    const { stdout } = await run(process.execPath, [tsc, '-p', '.'], { cwd: project }).catch(
      (error: unknown) => error as { stdout: string },
    )
    expect(stdout).toBe('')
  })
})

/** The package as pnpm would publish it, and its dependency as it is installed here. */
async function packAll(into: string): Promise<void> {
  const { packageManager } = JSON.parse(await readFile(join(ROOT, 'package.json'), 'utf8')) as {
    packageManager: string
  }
  const own = run('npx', ['--yes', packageManager, 'pack', '--pack-destination', into], { cwd: PACKAGE })
  const copy = join(into, 'undici')
  await cp(await realpath(join(PACKAGE, 'node_modules/undici')), join(copy, 'package'), { recursive: true })
  await run('tar', ['-czf', join(into, 'undici.tgz'), '-C', copy, 'package'])
  await own
}
