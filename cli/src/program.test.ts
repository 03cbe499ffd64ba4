/** How the program ends, whatever is wrong with what it was given; and that no secret is in what it says. */
import { expect, test } from '@jest/globals'
import { bearer } from '../../services/api/src/testing/harness.ts'
import { runCli, useCli } from './testing/cli.ts'

const cli = useCli()
const NOWHERE = 'http://127.0.0.1:1'

test('help needs no settings, and has examples and exit codes', async () => {
  const { code, stdout } = await runCli(['--help'])
  expect([code, stdout]).toEqual([0, expect.stringContaining('Exit codes:\n    0  done')])
  for (const name of ['PAID_TIERS', 'ENDED_STATUSES', 'GUEST_ELITE', 'HANGAR_WEBHOOK_SECRET'])
    expect(stdout).toContain(name)
  const apps = await runCli(['apps', 'provision', '--help'])
  expect([apps.code, apps.stdout]).toEqual([0, expect.stringContaining('Examples:\n  hangar apps provision')])
})

test.each([
  [['chimney'], 'unknown command'],
  [['apps', 'list', '--colour'], 'unknown option'],
  [['apps', 'show'], 'missing required argument'],
  [['apps', 'force', 'x', 'skip_drain'], "required option '--reason"],
  [['events', '--limit', '0'], 'whole number from 1'],
  [['alerts', 'ack', '41', 'x'], 'whole number from 1'],
])('64 for %j', async (args, said) => {
  const { code, stdout, stderr } = await runCli(args)
  expect([code, stdout, stderr]).toEqual([64, '', expect.stringContaining(said)])
})

test.each([
  [['--json', 'app'], "unknown command 'app'", ['(Did you mean apps?)', '(see "hangar --help")']],
  [['apps', 'list', '--limit', 'x', '--json'], "argument 'x' is invalid", ['(see "hangar --help")']],
  [['apps', '--json'], 'It takes a command.', ['(see "hangar --help")']],
  [['--json', 'sweep', 'chimney'], 'Allowed choices are guards', ['(see "hangar --help")']],
])('with --json, 64 is JSON too: %j', async (args, said, hints) => {
  const { code, stdout, stderr } = await runCli(args)
  const message = expect.stringContaining(said)
  expect([code, stdout, JSON.parse(stderr)]).toEqual([64, '', { error: { exit_code: 64, message, hints } }])
})

test('help is help, with --json too', async () => {
  const { code, stdout, stderr } = await runCli(['apps', '--help', '--json'])
  expect([code, stdout, stderr]).toEqual([0, expect.stringMatching(/^Usage: hangar apps/), ''])
})

test.each([
  [['sweep'], /<?name>? +\S.*guards/s],
  [['brakes', 'release'], /name +\S.*deletion_burst/s],
  [['completion'], /shell +\S.*zsh/s],
])('the words that %j takes are in its help', async (command, said) => {
  expect((await runCli([...command, '--help'])).stdout).toMatch(said)
})

test('78 without settings: each that is missing, by name, never by value', async () => {
  expect(await runCli(['alerts'])).toMatchObject({
    code: 78,
    stderr: expect.stringContaining('HANGAR_API_URL is not set; HANGAR_TOKEN is not set'),
  })
  const env = { HANGAR_API_URL: 'https://ada:geheim@hangar.test', HANGAR_TOKEN: 'geheim' }
  const { code, stderr } = await runCli(['alerts'], { env })
  expect([code, stderr]).toEqual([
    78,
    expect.stringContaining('HANGAR_API_URL: the token belongs into HANGAR_TOKEN'),
  ])
  expect(stderr).not.toContain('geheim')
  expect((await runCli(['brakes', '--direct'])).stderr).toContain('DATABASE_URL is not set')
})

test.each([
  ['brakes', '--direct'],
  ['install', '--yes'],
  ['version', '--direct'],
])('78 through a transaction pooler: %s %s', async (...args) => {
  for (const url of ['postgres://u:geheim@127.0.0.1:6543/d', 'postgres://u:geheim@127.0.0.1/d?port=6543']) {
    const { code, stdout, stderr } = await runCli(args, { env: { DATABASE_URL: url } })
    expect([code, stdout, stderr]).toEqual([78, '', expect.stringMatching(/DATABASE_URL.*6543.*port 5432/s)])
    expect(stderr).not.toContain('geheim')
  }
})

test('69 where nobody answers, over the API and on the database', async () => {
  const env = {
    HANGAR_API_URL: NOWHERE,
    HANGAR_TOKEN: 'geheim',
    DATABASE_URL: 'postgres://u:geheim@127.0.0.1:1/d',
  }
  const api = await runCli(['alerts'], { env })
  expect([api.code, api.stderr]).toEqual([
    69,
    expect.stringContaining(`The API at ${NOWHERE} cannot be reached`),
  ])
  const change = await runCli(['sweep', 'health', '--idempotency-key', 'k1'], { env })
  expect(change.stderr).toContain('repeat it with --idempotency-key k1')
  const direct = await runCli(['brakes', '--direct'], { env })
  expect([direct.code, direct.stderr]).toEqual([69, expect.stringContaining('The database')])
  expect(api.stderr + change.stderr + direct.stderr).not.toContain('geheim')
})

test('77 for a token that is unknown, or whose role may not', async () => {
  const unknown = await cli.hangar(['alerts'], { env: { HANGAR_TOKEN: 'sb_secret_bm9wZQ' } })
  expect([unknown.code, unknown.stderr]).toEqual([77, expect.stringContaining('HANGAR_TOKEN is not one')])
  const { authorization } = await bearer('viewer')
  const env = { HANGAR_TOKEN: authorization.replace('Bearer ', '') }
  const viewer = await cli.hangar(['sweep', 'health'], { env })
  expect([viewer.code, viewer.stderr]).toEqual([77, expect.stringContaining('It takes the role operator.')])
})

test('with --json an error is JSON too, on standard error', async () => {
  const { code, stdout, stderr } = await cli.hangar(['apps', 'show', 'nobody@example.test', '--json'])
  expect([code, stdout, JSON.parse(stderr)]).toEqual([
    66,
    '',
    {
      error: { exit_code: 66, message: 'There is no user nobody@example.test.', hints: [expect.any(String)] },
    },
  ])
})

test('an answer that is none of ours', async () => {
  const env = { HANGAR_API_URL: `${cli.env['HANGAR_API_URL'] ?? ''}/elsewhere` }
  expect((await cli.hangar(['alerts'], { env })).code).toBe(66)
})
