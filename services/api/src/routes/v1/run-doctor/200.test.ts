/** What the doctor says of a system that is well, and of each thing that is not. The worker's part is the worker's to test. */
import { DEFAULT_APP_PREFIX, DEFAULT_POLICY, marksOfSettings, type Finding } from '@hangar/core'
import { answerInspection, createDatabase, DEFAULT_HOST_MAPPING, installHost } from '@hangar/db'
import { waitFor } from '@hangar/testkit'
import { afterAll, afterEach, expect, test } from '@jest/globals'
import { sql } from 'kysely'
import request from 'supertest'
import { bearer, postWebhook, useApi, WEBHOOK_SECRET } from '../../../testing/harness.ts'

const api = useApi({ deps: { inspectWaitMs: 2_000 } })
const webhook = { url: 'https://hangar.test/webhooks/supabase', secret_name: 'hangar_webhook_secret' }

const nowhere = createDatabase({
  connectionString: 'postgres://nobody@127.0.0.1:1/none',
  applicationName: 'test',
  maxConnections: 1,
})
const away = useApi({ deps: { db: nowhere, inspectWaitMs: 2_000 } })
afterAll(() => nowhere.destroy())

afterEach(async () => {
  await installHost(api.db)
  await sql`delete from vault.secrets`.execute(api.db)
})

async function examine(query = ''): Promise<Map<string, Finding>> {
  const response = await request(api.app)
    .post(`/v1/doctor${query}`)
    .set(await bearer('operator'))
  expect(response.status).toBe(200)
  const { findings } = response.body as { findings: Finding[] }
  return new Map(findings.map((one) => [one.code, one]))
}

const bad = (found: Map<string, Finding>) =>
  [...found.values()].filter(({ severity }) => severity === 'critical').map(({ code }) => code)

test('all is well but that no worker is there: each is said, with its remedy', async () => {
  const found = await examine()
  expect([...found.keys()]).toEqual([
    'database_answers',
    'role_is_least',
    'schema_current',
    'clients_locked_out',
    'rights_complete',
    'trigger_right',
    'host_rows_visible',
    'clock_right',
    'redis_answers',
    'redis_forgets',
    'webhook_off',
    'worker_silent',
  ])
  expect(bad(found)).toEqual(['worker_silent'])
  for (const { severity, remedy } of found.values()) expect(remedy === null).toBe(severity === 'ok')
})

test('a webhook of no user arrives, is verified like every other, and wakes nobody', async () => {
  await installHost(api.db, { ...DEFAULT_HOST_MAPPING, webhook })
  await sql`select vault.create_secret(${WEBHOOK_SECRET}, 'hangar_webhook_secret')`.execute(api.db)
  const asked = examine()
  const sent = await waitFor(
    async () => {
      const { rows } = await sql<{ headers: Record<string, string>; body: Buffer }>`
        delete from net.http_request_queue returning headers, body`.execute(api.db)
      return rows[0] ?? false
    },
    { what: 'the webhook to be sent' },
  )
  const delivery = await postWebhook(api, sent.body.toString('utf8'), sent.headers)
  expect([delivery.status, delivery.body]).toEqual([202, { status: 'ignored' }])
  const found = await asked
  expect(found.get('webhook_arrives')?.what).toContain('https://hangar.test')
  expect(found.has('webhook_lost')).toBe(false)
})

test('a webhook that does not arrive, and a Vault without the secret', async () => {
  await installHost(api.db, { ...DEFAULT_HOST_MAPPING, webhook })
  expect((await examine()).get('webhook_no_secret')?.severity).toBe('warning')
  await sql`select vault.create_secret(${WEBHOOK_SECRET}, 'hangar_webhook_secret')`.execute(api.db)
  expect((await examine()).get('webhook_lost')?.remedy).toContain('net._http_response')
})

test('the trigger: disabled, missing; and what clients of the project may reach', async () => {
  await sql`alter table public.user_subscriptions disable trigger on_user_tier_change`.execute(api.db)
  expect(bad(await examine('?dryRun=true'))).toEqual(['trigger_disabled'])
  await sql`drop trigger on_user_tier_change on public.user_subscriptions`.execute(api.db)
  await sql`grant select on public.user_fly_apps to anon`.execute(api.db)
  const found = await examine('?dryRun=true')
  expect(bad(found)).toEqual(['clients_let_in', 'trigger_missing'])
  expect(found.get('clients_let_in')?.what).toContain('user_fly_apps')
})

test('migrations: one that is missing, one that was edited, one of a newer release', async () => {
  await sql`update hangar.migration_checksums set sha256 = repeat('0', 64) where name like '0003%'`.execute(
    api.db,
  )
  await sql`update hangar.migration_checksums set name = '9999_later' where name like '0002%'`.execute(api.db)
  const found = await examine('?dryRun=true')
  expect(found.get('schema_behind')?.what).toContain('0002_apps')
  expect(found.get('schema_edited')?.what).toContain('0003_wants_and_work')
  expect(found.get('schema_ahead')?.what).toContain('9999_later')
})

test('a database that is away: it is said once, and Redis is told of all the same', async () => {
  const response = await request(away.app)
    .post('/v1/doctor')
    .set(await bearer('operator'))
    .set('idempotency-key', 'one')
  const { findings } = response.body as { findings: Finding[] }
  expect([response.status, findings.map(({ code }) => code)]).toEqual([
    200,
    ['database_unreachable', 'redis_answers', 'redis_forgets', 'worker_not_asked'],
  ])
})

test('what fails for another reason is a finding, and the rest is told', async () => {
  await sql`alter table hangar.migration_checksums rename column sha256 to sha`.execute(api.db)
  const found = await examine('?dryRun=true')
  await sql`alter table hangar.migration_checksums rename column sha to sha256`.execute(api.db)
  expect(bad(found)).toEqual(['api_failed'])
  expect(found.get('api_failed')?.what).toContain('sha256')
  expect(found.has('redis_answers')).toBe(true)
})

test('a right that a role of a service lacks, and rows that were not counted', async () => {
  const [role] = (
    await sql<{ name: string }>`select role_name as name from hangar.service_roles limit 1`.execute(api.db)
  ).rows
  await sql`revoke select on hangar.permits from ${sql.ref(role?.name ?? '')}`.execute(api.db)
  await sql`alter function hangar.host_row_count() rename to host_rows_counted`.execute(api.db)
  const found = await examine('?dryRun=true')
  await sql`alter function hangar.host_rows_counted() rename to host_row_count`.execute(api.db)
  await sql`select hangar.apply_service_rights()`.execute(api.db)
  expect(found.get('rights_missing')?.what).toContain('select on table hangar.permits')
  expect(found.get('host_rows_unread')?.what).toContain('host_row_count')
})

/** Answers as a worker would, with these words. */
async function examineBeside(result: Record<string, unknown>): Promise<Map<string, Finding>> {
  await sql`delete from hangar.inspections`.execute(api.db)
  const asked = examine()
  const id = await waitFor(
    async () => {
      const { rows } = await sql<{ id: string }>`select id from hangar.inspections`.execute(api.db)
      return rows[0]?.id ?? false
    },
    { what: 'the question' },
  )
  await answerInspection(api.db, id, result)
  return asked
}

test('a worker with other settings, one with the same, and one that could not look', async () => {
  const settings = marksOfSettings({
    policy: DEFAULT_POLICY,
    priceModel: 'product',
    keyRing: api.keyRing,
    publicUrl: 'https://hangar.test',
    region: 'iad',
    appPrefix: DEFAULT_APP_PREFIX,
    drainGraceMs: 0,
  })
  const found = await examineBeside({ findings: [], settings: { ...settings, GUEST_PRO: 'another' } })
  expect(found.get('settings_differ')?.what).toContain('GUEST_PRO')
  expect(found.get('settings_differ')?.what).not.toContain('PAID_TIERS')
  expect(found.get('settings_differ')?.what).not.toContain('HANGAR_MASTER_KEY')
  expect((await examineBeside({ error: 'It broke.' })).get('worker_failed')?.what).toContain('It broke.')
})
