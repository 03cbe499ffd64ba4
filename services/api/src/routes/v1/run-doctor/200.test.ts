/** What the doctor says of a system that is well, and of each thing that is not. The worker's part is the worker's to test. */
import type { Finding } from '@hangar/core'
import { DEFAULT_HOST_MAPPING, installHost } from '@hangar/db'
import { waitFor } from '@hangar/testkit'
import { afterEach, expect, test } from '@jest/globals'
import { sql } from 'kysely'
import request from 'supertest'
import { bearer, postWebhook, useApi, WEBHOOK_SECRET } from '../../../testing/harness.ts'

const api = useApi({ deps: { inspectWaitMs: 2_000 } })
const webhook = { url: 'https://hangar.test/webhooks/supabase', secret_name: 'hangar_webhook_secret' }

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
