import { finding } from '@hangar/core'
import { expect, test } from '@jest/globals'
import { useCli } from '../testing/cli.ts'

const cli = useCli()

type Answer = { worst: string; findings: { code: string; by: string }[] }

test('what the API sees and what is seen from here, with a remedy for each thing that is not well', async () => {
  const { code, stdout } = await cli.hangar(['doctor', '--json'])
  const { worst, findings } = JSON.parse(stdout) as Answer
  // No worker runs here.
  expect([code, worst]).toEqual([1, 'critical'])
  expect(findings).toContainEqual({
    ...finding('worker_silent', expect.any(String) as unknown as string),
    by: 'api',
  })
  expect(findings).toContainEqual(expect.objectContaining({ code: 'redis_answers', by: 'api' }))
  expect(findings).toContainEqual(expect.objectContaining({ code: 'role_is_least', by: 'api' }))
  expect(findings).toContainEqual(expect.objectContaining({ code: 'role_is_mighty', by: 'database' }))
  expect(findings.filter(({ by }) => by === 'here').map(({ code }) => code)).toEqual([
    'clock_right',
    'clock_right',
  ])
})

test('for people: under who saw it, one line each, and below it what to do', async () => {
  const { stdout } = await cli.hangar(['doctor'])
  expect(stdout).toMatch(
    /^critical {2}No worker answered .* \(worker_silent\)\n {10}Look whether a worker runs/m,
  )
  expect(stdout).toMatch(/\n1 of \d+ need somebody\.\n$/)
  expect(stdout.match(/^(As|From) .*$/gm)).toEqual([
    'As the API sees it',
    'As the role in DATABASE_URL sees it',
    'From here',
  ])
})

test('a dry run asks no worker and writes nothing', async () => {
  const count = async () => (await cli.api.db.selectFrom('hangar.inspections').select('id').execute()).length
  const before = await count()
  const { code, stdout } = await cli.hangar(['doctor', '--dry-run'])
  expect([code, stdout]).toEqual([0, expect.stringMatching(/All that was looked at is well; no worker/)])
  expect(await count()).toBe(before)
})

test('an API that is away, a database that is away, and one that was never migrated', async () => {
  const nobody = { HANGAR_API_URL: 'http://127.0.0.1:1', DATABASE_URL: 'postgres://nobody@127.0.0.1:1/none' }
  const { code, stdout } = await cli.hangar(['doctor', '--json'], { env: nobody })
  const { findings } = JSON.parse(stdout) as Answer
  expect([code, findings.map(({ code }) => code)]).toEqual([1, ['api_unreachable', 'database_unreachable']])
  const empty = new URL(cli.api.databaseUrl)
  empty.pathname = '/postgres'
  const bare = await cli.hangar(['doctor', '--direct'], { env: { DATABASE_URL: empty.href } })
  expect([bare.code, bare.stdout]).toEqual([1, expect.stringContaining('(not_migrated)')])
})

test('a transaction pooler is found, not refused', async () => {
  const env = { DATABASE_URL: 'postgres://nobody@127.0.0.1:6543/none' }
  const { code, stdout } = await cli.hangar(['doctor', '--direct', '--json'], { env })
  // Nobody listens there; it was tried.
  expect([code, JSON.parse(stdout)]).toMatchObject([
    1,
    { findings: [{ code: 'database_unreachable', what: expect.stringContaining('ECONNREFUSED') }] },
  ])
})

test('a token that may not ask, and --direct without a database', async () => {
  expect((await cli.hangar(['doctor'], { env: { HANGAR_TOKEN: 'sb_secret_wrong' } })).code).toBe(77)
  expect((await cli.hangar(['doctor', '--direct'], { env: { DATABASE_URL: '' } })).code).toBe(78)
})

test('install: what it would do here, and what it does not take', async () => {
  const { code, stdout } = await cli.hangar(['install', '--dry-run', '--json'])
  expect([code, JSON.parse(stdout)]).toMatchObject([
    0,
    { dry_run: true, steps: [{}, { outcome: 'as_is' }, {}, {}] },
  ])
  expect((await cli.hangar(['install'])).code).toBe(64)
  expect((await cli.hangar(['install', '--uninstall', '--check'])).code).toBe(64)
  expect((await cli.hangar(['install', '--yes', '--mapping', '/nowhere.json'])).code).toBe(66)
})
