/** A project that is there already, on a server of its own: installed, looked at, taken off again, as an operator would. */
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseEnv } from 'node:util'
import {
  createDatabase,
  DEFAULT_HOST_MAPPING,
  findHostMapping,
  findWant,
  loadBaseline,
  migrateToLatest,
  type Database,
} from '@hangar/db'
import { createUser, runSql, setTier, startPostgres, type LocalPostgres } from '@hangar/testkit'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { runCli } from '../testing/cli.ts'

const SECRET = `whsec_${Buffer.alloc(32, 7).toString('base64')}`
const MAPPING = {
  ...DEFAULT_HOST_MAPPING,
  notifications: {
    table: 'public.notifications',
    user_id: 'user_id',
    title: 'title',
    body: 'body',
    kind: 'kind',
  },
  webhook: { url: 'https://hangar.example/webhooks/supabase', secret_name: 'hangar_webhook_secret' },
}

let server: LocalPostgres
let folder: string
let db: Database
beforeAll(async () => {
  server = await startPostgres()
  folder = await mkdtemp(join(tmpdir(), 'hangar-install-'))
  await loadBaseline(server.url)
  db = createDatabase({ connectionString: server.url, applicationName: 'test', maxConnections: 2 })
  await writeFile(at('mapping.json'), JSON.stringify(MAPPING))
})
afterAll(async () => {
  await db.destroy()
  await server.stop()
  await rm(folder, { recursive: true })
})

const at = (name: string) => join(folder, name)
const hangar = (...args: string[]) =>
  runCli(args, { env: { DATABASE_URL: server.url, HANGAR_WEBHOOK_SECRET: SECRET } })
const withMapping = (...args: string[]) =>
  hangar('install', '--mapping', at('mapping.json'), '--credentials', at('roles.env'), ...args)

test('a wrong mapping is told before anything is there, and nothing is made', async () => {
  const { subscriptions } = MAPPING
  await writeFile(
    at('wrong.json'),
    JSON.stringify({ ...MAPPING, subscriptions: { ...subscriptions, tier: 'plan' } }),
  )
  for (const how of ['--check', '--yes', '--dry-run']) {
    const ended = await hangar('install', '--mapping', at('wrong.json'), how)
    expect([ended.code, ended.stderr]).toEqual([65, expect.stringContaining('has no column "plan"')])
  }
  expect((await withMapping('--check')).stdout).toContain('The mapping is right')
  await expect(findHostMapping(db)).rejects.toThrow('does not exist')
})

test('the mapping that docs/install-supabase.md shows is one', async () => {
  const page = await readFile(new URL('../../../docs/install-supabase.md', import.meta.url), 'utf8')
  const [, shown = ''] = /```json\n([\s\S]*?)```/.exec(page) ?? []
  await writeFile(at('shown.json'), shown)
  expect((await hangar('install', '--mapping', at('shown.json'), '--check')).code).toBe(0)
})

test('a dry run says what is to be done; then it is done, and done again it changes nothing', async () => {
  const { userId } = await createUser(db, { tier: 'pro' })
  const tried = await withMapping('--roles', '--dry-run', '--json')
  const steps = (text: string) => (JSON.parse(text) as { steps: { step: string; outcome: string }[] }).steps
  expect(steps(tried.stdout).map(({ outcome }) => outcome)).toEqual([
    'as_is',
    'would',
    'would',
    'would',
    'would',
    'would',
  ])
  await expect(findHostMapping(db)).rejects.toThrow('does not exist')

  const done = await withMapping('--roles', '--yes', '--json')
  expect([done.code, steps(done.stdout)]).toEqual([
    0,
    [
      expect.objectContaining({ step: 'mapping', outcome: 'as_is' }),
      expect.objectContaining({ step: 'migrations', outcome: 'done' }),
      expect.objectContaining({ step: 'pg_net', outcome: 'as_is' }),
      expect.objectContaining({ step: 'vault', outcome: 'done' }),
      expect.objectContaining({ step: 'host', outcome: 'done' }),
      expect.objectContaining({ step: 'roles', outcome: 'done' }),
    ],
  ])
  expect(await findWant(db, userId)).toBeNull()
  const again = await withMapping('--roles', '--yes', '--json')
  expect(steps(again.stdout).map(({ outcome }) => outcome)).toEqual([
    'as_is',
    'as_is',
    'as_is',
    'as_is',
    'done',
    'as_is',
  ])
})

test('without --mapping the one that is installed stays, and with another it is said what changes', async () => {
  const detailOf = (text: string) =>
    (JSON.parse(text) as { steps: { step: string; detail: string }[] }).steps.find(
      ({ step }) => step === 'host',
    )?.detail
  await runSql(server.url, 'delete from vault.secrets')
  for (const how of ['--dry-run', '--yes']) {
    const ended = await hangar('install', how, '--json')
    expect([ended.code, detailOf(ended.stdout)]).toEqual([
      0,
      expect.stringMatching(/^by the mapping that is installed, which changes nothing: /),
    ])
    expect(await findHostMapping(db)).toEqual(MAPPING)
  }
  // As the remedy of webhook_no_secret has it.
  await runSql(
    server.url,
    `do $$ begin if (select count(*) from vault.secrets) <> 1 then raise 'no secret'; end if; end $$`,
  )

  const { notifications, signals, ...rest } = MAPPING
  expect([notifications, signals]).not.toContain(undefined)
  const other = { ...rest, users: { table: 'public.user_profiles', id: 'id' } }
  await writeFile(at('other.json'), JSON.stringify(other))
  const said = await hangar('install', '--mapping', at('other.json'), '--dry-run', '--json')
  expect(detailOf(said.stdout)).toMatch(
    /other\.json, which changes users and takes away signals, notifications: /,
  )
  expect(await findHostMapping(db)).toEqual(MAPPING)

  const printed = await hangar('install', '--print')
  expect(printed.stdout).toContain('hangar_webhook_secret')
  expect(printed.stdout).toContain('select hangar.apply_service_rights();')
  expect(printed.stdout).toContain("select hangar.open_host_part('notifications');")
  expect(printed.stdout).not.toContain('close_host_part')
  const changed = await hangar('install', '--mapping', at('other.json'), '--print')
  expect(changed.stdout.match(/close_host_part\('\w+'\)/g)).toEqual(
    ['users', 'signals', 'notifications'].map((part) => `close_host_part('${part}')`),
  )
})

test('the new roles: a file for its owner alone, no password elsewhere, and each comes in', async () => {
  const text = await readFile(at('roles.env'), 'utf8')
  expect((await stat(at('roles.env'))).mode & 0o777).toBe(0o600)
  // It sorts them by name.
  const settings = Object.entries(parseEnv(text)).map(([name, url]) => [name, new URL(url ?? '')] as const)
  expect(settings.map(([name, { username }]) => [name, username])).toEqual([
    ['DATABASE_URL_API', 'hangar_api'],
    ['DATABASE_URL_SCHEDULER', 'hangar_scheduler'],
    ['DATABASE_URL_WORKER', 'hangar_worker'],
  ])
  const urls = settings.map(([, url]) => url)
  for (const url of urls) expect(server.logs()).not.toContain(url.password)
  for (const url of urls) {
    const ended = await runCli(['doctor', '--direct', '--json'], { env: { DATABASE_URL: url.href } })
    const codes = (JSON.parse(ended.stdout) as { findings: { code: string }[] }).findings.map(
      ({ code }) => code,
    )
    expect([url.username, codes]).toEqual([
      url.username,
      expect.arrayContaining(['role_is_least', 'host_rows_visible']),
    ])
  }
})

test('a tier change is seen from now on, and signed', async () => {
  const { userId } = await createUser(db, { tier: 'free' })
  await setTier(db, userId, 'pro')
  expect((await findWant(db, userId))?.wantedVersion).toBe(2)
})

async function apiUrl(): Promise<string> {
  return parseEnv(await readFile(at('roles.env'), 'utf8'))['DATABASE_URL_API'] ?? ''
}

test('taken off: tier changes are not seen, roles see nothing of the host, rows stay; and put back', async () => {
  const { userId } = await createUser(db, { tier: 'pro' })
  const tried = await hangar('install', '--uninstall', '--dry-run')
  expect([tried.code, tried.stdout]).toEqual([0, expect.stringContaining('rows stay')])
  expect((await hangar('install', '--uninstall', '--yes')).code).toBe(0)
  await setTier(db, userId, 'elite')
  expect((await findWant(db, userId))?.wantedVersion).toBe(1)
  await expect(runSql(await apiUrl(), 'select tier from public.user_subscriptions')).rejects.toThrow('denied')
  const doctor = await hangar('doctor', '--direct')
  expect([doctor.code, doctor.stdout]).toEqual([1, expect.stringContaining('host_not_installed')])

  expect((await withMapping('--yes')).code).toBe(0)
  await runSql(await apiUrl(), 'select tier from public.user_subscriptions')
  await setTier(db, userId, 'pro')
  expect((await findWant(db, userId))?.wantedVersion).toBe(2)
})

test('printed and run by hand it comes to the same, and the migrator knows it', async () => {
  const printed = await runCli(['install', '--mapping', at('mapping.json'), '--print', '--roles'])
  expect(printed.stdout).toMatch(/^-- For a database without any of Hangar/)
  expect(printed.stdout).not.toMatch(/password '/)
  expect(printed.stdout).not.toContain(SECRET)
  await runSql(server.url, 'create database by_hand')
  const url = server.urlOf('by_hand')
  await loadBaseline(url)
  const script = printed.stdout
    .replaceAll('create extension if not exists pg_net;', '')
    .replaceAll(/create role.*;/g, '')
  await runSql(url, script)
  await migrateToLatest(url)
  const rest = await runCli(['install', '--mapping', at('mapping.json'), '--print', '--roles'], {
    env: { DATABASE_URL: url },
  })
  expect(rest.stdout).not.toMatch(/-- Migration |create role|vault\.create_secret/)
  await runSql(url, rest.stdout.replaceAll('create extension if not exists pg_net;', ''))
  const other = createDatabase({ connectionString: url, applicationName: 'test', maxConnections: 1 })
  try {
    expect(await findHostMapping(other)).toEqual(MAPPING)
  } finally {
    await other.destroy()
  }
  const doctor = await runCli(['doctor', '--direct'], { env: { DATABASE_URL: url } })
  expect([doctor.code, doctor.stdout]).toEqual([0, expect.stringContaining('schema_current')])
})
