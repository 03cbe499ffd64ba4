/** What an installation must not do when it is done again, or ends in the middle. On a server of its own: it makes roles. */
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseEnv } from 'node:util'
import { createDatabase, DEFAULT_HOST_MAPPING, loadBaseline, type Database } from '@hangar/db'
import { runSql, startPostgres, type LocalPostgres } from '@hangar/testkit'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { install, uninstall } from './apply.ts'
import { credentialsIn } from './credentials.ts'
import type { Installing } from './step.ts'

const secretOf = (byte: number) => `whsec_${Buffer.alloc(32, byte).toString('base64')}`
const webhook = { url: 'https://hangar.example/webhooks/supabase', secret_name: 'hangar_webhook_secret' }

let server: LocalPostgres
let folder: string
let db: Database
beforeAll(async () => {
  server = await startPostgres()
  folder = await mkdtemp(join(tmpdir(), 'hangar-apply-'))
  await loadBaseline(server.url)
  db = createDatabase({ connectionString: server.url, applicationName: 'test', maxConnections: 2 })
})
afterAll(async () => {
  await db.destroy()
  await server.stop()
  await rm(folder, { recursive: true })
})

const file = () => join(folder, 'roles.env')
async function run(asked: Partial<Installing>, step: string): Promise<string> {
  const steps = await install({
    db,
    url: server.url,
    mapping: DEFAULT_HOST_MAPPING,
    from: 'a test',
    webhookSecrets: [],
    credentials: undefined,
    newPasswords: false,
    dryRun: false,
    tell: () => undefined,
    ...asked,
  })
  const found = steps.find((one) => one.step === step)
  return `${found?.outcome}: ${found?.detail}`
}
/** Of the database: a condition in SQL. */
const expectSo = (condition: string) =>
  runSql(server.url, `do $$ begin if (${condition}) is not true then raise 'it is not so'; end if; end $$`)
const addresses = async () => parseEnv(await readFile(file(), 'utf8'))

test('an installation that fails at the second role has kept the password of the first', async () => {
  const credentials = credentialsIn(file())
  // Somebody makes the second role between our look and our own attempt.
  const meanwhile: typeof credentials = {
    ...credentials,
    write: async (url, passwords) => {
      await credentials.write(url, passwords)
      if (passwords.worker !== undefined) await runSql(server.url, 'create role hangar_worker login')
    },
  }
  await expect(run({ credentials: meanwhile }, 'roles')).rejects.toThrow('already exists')
  await runSql(server.url, 'drop role hangar_worker')

  expect(await run({ credentials }, 'roles')).toContain('made hangar_worker, hangar_scheduler')
  const urls = Object.values(await addresses())
  expect(urls).toHaveLength(3)
  for (const url of urls) await runSql(url ?? '', 'select')
  expect(await run({ credentials }, 'roles')).toBe('as_is: each has what it needs')
})

test('roles whose addresses are not in the file are told of, and get new passwords where that is asked for', async () => {
  await rm(file())
  const credentials = credentialsIn(file())
  expect(await run({ credentials, dryRun: true }, 'roles')).toMatch(
    /^left_out: hangar_api, .*--new-passwords/,
  )
  expect(await run({ credentials }, 'roles')).toMatch(/^left_out: hangar_api, .*--new-passwords/)
  await run({ credentials, newPasswords: true, dryRun: true }, 'roles')
  await expect(addresses()).rejects.toThrow('ENOENT')

  expect(await run({ credentials, newPasswords: true }, 'roles')).toMatch(
    /^done: new passwords for hangar_api/,
  )
  const before = await addresses()
  await runSql(before['DATABASE_URL_API'] ?? '', 'select')
  await run({ credentials, newPasswords: true }, 'roles')
  await expect(runSql(before['DATABASE_URL_API'] ?? '', 'select')).rejects.toThrow('password')
  await runSql((await addresses())['DATABASE_URL_API'] ?? '', 'select')
})

test('while the secret of the webhook is rotated, the one in the Vault stays', async () => {
  const mapping = { ...DEFAULT_HOST_MAPPING, webhook }
  const [old, next] = [secretOf(1), secretOf(2)]
  const expectKept = (secret: string) =>
    expectSo(`(select decrypted_secret from vault.decrypted_secrets) = '${secret}'`)
  await run({ mapping, webhookSecrets: [next] }, 'vault')
  expect(await run({ mapping, webhookSecrets: [old, next] }, 'vault')).toMatch(/^as_is/)
  await expectKept(next)
  expect(await run({ mapping, webhookSecrets: [old] }, 'vault')).toMatch(/^done/)
  await expectKept(old)
})

test('roles lose the columns that a mapping no longer names, also one that was renamed meanwhile', async () => {
  const expectSeen = (columns: string) =>
    expectSo(`(select coalesce(array_agg(attname::text order by attname::text), '{}') from pg_attribute
      where attrelid = 'public.user_profiles'::regclass and attnum > 0 and not attisdropped
        and has_column_privilege('hangar_api', attrelid, attnum, 'select')) = '${columns}'`)
  await run({}, 'host')
  await expectSeen('{email,id}')
  await run(
    { mapping: { ...DEFAULT_HOST_MAPPING, users: { table: 'public.user_profiles', id: 'id' } } },
    'host',
  )
  await expectSeen('{id}')

  await run({}, 'host')
  await runSql(server.url, 'alter table public.user_profiles rename column email to mail')
  await run(
    {
      mapping: { ...DEFAULT_HOST_MAPPING, users: { table: 'public.user_profiles', id: 'id', email: 'mail' } },
    },
    'host',
  )
  await expectSeen('{id,mail}')
  await runSql(server.url, 'alter table public.user_profiles rename column mail to email')
  await uninstall({ db, dryRun: false })
  await expectSeen('{}')
})
