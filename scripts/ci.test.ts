/** .ci/run itself, in a checkout where npm is a script that says what we want to see it react to. */
import { execFileSync, spawnSync } from 'node:child_process'
import { copyFileSync } from 'node:fs'
import { chmod, mkdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { temporaryFolder } from '@hangar/testkit/local'
import { afterEach, beforeEach, expect, test } from '@jest/globals'
import { inRepository } from './stack/programs.ts'

let folder: string
beforeEach(async () => {
  folder = await temporaryFolder('ci')
})
afterEach(() => rm(folder, { recursive: true, force: true }))

/** `answers`: what npm does for each of its commands, as shell. */
async function checkout(
  name: string,
  answers: { test: string; verify?: string; full?: string; go?: string },
) {
  const root = join(folder, name)
  await mkdir(join(root, '.ci'), { recursive: true })
  copyFileSync(inRepository('.ci/run'), join(root, '.ci', 'run'))
  const npm = join(root, 'npm')
  await writeFile(
    npm,
    `#!/bin/sh
echo "FLY_OPENAPI_FILE=$FLY_OPENAPI_FILE"
case "$*" in
  test) ${answers.test} ;;
  *setup-go) ${answers.go ?? 'exit 0'} ;;
  "run verify") ${answers.verify ?? 'exit 0'} ;;
  "run test:full"*) ${answers.full ?? 'echo "2 passed, 0 failed"'} ;;
esac
`,
  )
  await chmod(npm, 0o755)
  return root
}

function run(root: string, openApiFile = '') {
  const env = { ...process.env, PATH: `${root}:${process.env['PATH'] ?? ''}`, FLY_OPENAPI_FILE: openApiFile }
  const { status, stdout, stderr } = spawnSync(join(root, '.ci', 'run'), { env, encoding: 'utf8' })
  const lines = stdout.trimEnd().split('\n')
  return { status, lines, last: lines.at(-1), stderr }
}

async function placeOpenApiFile(): Promise<string> {
  await mkdir(join(folder, 'shared', 'fly'), { recursive: true })
  const file = join(folder, 'shared', 'fly', 'machines-openapi.json')
  await writeFile(file, '{}')
  return file
}

const fine = { test: 'echo "40 passed, 0 failed"' }

test('counts everything, on the last line', async () => {
  const { status, last } = run(await checkout('main', fine))
  expect({ status, last }).toEqual({ status: 0, last: '43 passed, 0 failed' })
})

test.each([
  ['a failed test', { test: 'echo "40 passed, 2 failed"; exit 1' }, '43 passed, 2 failed'],
  [
    'a suite that ended badly and counts none',
    { test: 'echo "40 passed, 0 failed"; exit 1' },
    '43 passed, 1 failed',
  ],
  ['a suite that never came to count', { test: 'echo nothing' }, '3 passed, 1 failed'],
  ['verify', { ...fine, verify: 'exit 1' }, '42 passed, 1 failed'],
  ['the slow suite', { ...fine, full: 'echo "1 passed, 1 failed"; exit 1' }, '42 passed, 1 failed'],
])('%s fails it', async (_, answers, last) => {
  expect(run(await checkout('main', answers))).toMatchObject({ status: 1, last })
})

test('Go is asked for before anything is tested, and its absence fails nothing', async () => {
  const { status, lines, last } = run(await checkout('main', { ...fine, go: 'echo "no Go"; exit 69' }))
  expect({ status, last }).toEqual({ status: 0, last: '43 passed, 0 failed' })
  expect(lines.indexOf('no Go')).toBeGreaterThanOrEqual(0)
  expect(lines.indexOf('no Go')).toBeLessThan(lines.indexOf('== npm test'))
})

test("Fly's OpenAPI file is found beside the checkout, and beside what a clone was cloned from", async () => {
  const file = await placeOpenApiFile()
  const main = await checkout('main', fine)
  expect(run(main).lines).toContain(`FLY_OPENAPI_FILE=${file}`)

  const clone = await checkout('far/away/clone', fine)
  expect(run(clone).lines).toContain('FLY_OPENAPI_FILE=')
  execFileSync('git', ['init', '--quiet', clone])
  execFileSync('git', ['-C', clone, 'remote', 'add', 'origin', main])
  expect(run(clone).lines).toContain(`FLY_OPENAPI_FILE=${file}`)
  expect(run(clone, '/given').lines.join()).not.toContain(file)
})

test('where it is expected and not there, nothing is skipped in silence', async () => {
  const main = await checkout('main', { test: 'echo "30 passed, 0 failed, 10 skipped"' })
  expect(run(main)).toMatchObject({ status: 0, last: '33 passed, 0 failed' })
  expect(run(main).lines).toContain('10 skipped')

  await mkdir(join(folder, 'shared', 'fly'), { recursive: true })
  for (const ran of [run(main), run(main, join(folder, 'elsewhere.json'))]) {
    expect(ran).toMatchObject({ status: 1, last: '33 passed, 1 failed' })
    expect(ran.stderr).toMatch(/^Fly's OpenAPI file should be at \S+\.json, and is not there\.$/m)
  }
})
