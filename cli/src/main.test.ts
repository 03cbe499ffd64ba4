/** The program as a process of its own: its exit code, its streams, a pipe that closes, and a terminal. */
import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { createUser } from '@hangar/testkit'
import { beforeAll, expect, test } from '@jest/globals'
import { createAppRow } from '../../services/api/src/testing/harness.ts'
import { useCli } from './testing/cli.ts'

const cli = useCli()
const MAIN = fileURLToPath(new URL('main.ts', import.meta.url))

beforeAll(async () => {
  const { userId } = await createUser(cli.api.db, { tier: 'pro', email: 'ada@process.test' })
  await createAppRow(cli.api.db, userId)
})

async function start(command: string, args: readonly string[], env: Record<string, string | undefined> = {}) {
  // eslint-disable-next-line no-restricted-properties -- where the shell and its tools are
  const { PATH } = process.env
  // The API is in this process: it has to answer meanwhile.
  const child = spawn(command, args, { env: { PATH, ...cli.env, ...env } })
  let stdout = ''
  let stderr = ''
  child.stdout.on('data', (piece: Buffer) => (stdout += piece.toString()))
  child.stderr.on('data', (piece: Buffer) => (stderr += piece.toString()))
  const [code] = (await once(child, 'close')) as [number]
  return { code, stdout, stderr }
}

test('a result on standard output, and nothing else there', async () => {
  const { code, stdout, stderr } = await start(process.execPath, [MAIN, 'apps', 'list', '--json'])
  expect([code, stderr]).toEqual([0, ''])
  expect(JSON.parse(stdout)).toMatchObject({ items: [{ email: 'ada@process.test' }] })
})

test('a wrong line ends with 64, on standard error alone', async () => {
  const { code, stdout, stderr } = await start(process.execPath, [MAIN, 'chimney'])
  expect([code, stdout, stderr]).toEqual([64, '', expect.stringContaining("unknown command 'chimney'")])
})

test('whoever has read enough of it breaks nothing', async () => {
  const line = `'${process.execPath}' '${MAIN}' completion zsh | head -n 1; echo "$? \${PIPESTATUS[0]}"`
  const { stdout, stderr } = await start('bash', ['--norc', '-c', line])
  expect([stdout, stderr]).toEqual(['#compdef hangar\n0 0\n', ''])
})

// A terminal made by util-linux; not on every machine.
const onTerminal = spawnSync('script', ['--version']).status === 0 ? test : test.skip

onTerminal('on a terminal it has colours, and none with NO_COLOR', async () => {
  const line = `'${process.execPath}' '${MAIN}' apps list`
  const run = (env: Record<string, string>) =>
    start('script', ['-qec', line, '/dev/null'], { TERM: 'xterm', ...env })
  const coloured = await run({})
  expect([coloured.code, coloured.stdout]).toEqual([0, expect.stringContaining('\u001b[32mactive')])
  const plain = await run({ NO_COLOR: '1' })
  expect(plain.stdout).toContain('ada@process')
  expect(plain.stdout).not.toContain('\u001b[32m')
})

onTerminal('Ctrl-D at a question: nothing is done, and it is said', async () => {
  const { userId } = await createUser(cli.api.db, { tier: 'pro' })
  const line = `'${process.execPath}' '${MAIN}' migrate-users --user ${userId}`
  const { code, stdout } = await start('bash', ['-c', `script -qec "${line}" /dev/null < /dev/null`])
  expect([code, stdout]).toEqual([1, expect.stringMatching(/y\/N\].*Nothing was done\./s)])
})
