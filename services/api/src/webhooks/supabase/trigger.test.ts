/** The two ends of the wire: what the trigger in the database signs and sends is what the handler takes. */
import { DEFAULT_HOST_MAPPING, installHost } from '@hangar/db'
import { createUser, setTier } from '@hangar/testkit'
import { beforeAll, expect, test } from '@jest/globals'
import { sql } from 'kysely'
import { postWebhook, useApi, WEBHOOK_SECRET } from '../../testing/harness.ts'

const api = useApi()

beforeAll(async () => {
  const webhook = { url: 'https://hangar.test/webhooks/supabase', secret_name: 'hangar_webhook_secret' }
  await installHost(api.db, { ...DEFAULT_HOST_MAPPING, webhook })
  await sql`select vault.create_secret(${WEBHOOK_SECRET}, 'hangar_webhook_secret')`.execute(api.db)
})

type Sent = { headers: Record<string, string>; body: Buffer }

test('insert, update and delete of a subscription, with a status that is not ASCII', async () => {
  const { userId } = await createUser(api.db, { tier: 'free', status: 'überfällig' })
  await setTier(api.db, userId, 'pro', 'active')
  await sql`delete from public.user_subscriptions where user_id = ${userId}`.execute(api.db)
  const { rows } = await sql<Sent>`select headers, body from net.http_request_queue order by id`.execute(
    api.db,
  )
  expect(rows).toHaveLength(3)
  for (const { headers, body } of rows) {
    const response = await postWebhook(api, body.toString('utf8'), headers)
    expect(response.status).toBe(202)
    expect(response.body).toEqual({ status: 'woken' })
  }
  const lanes = [api.queues.provision, api.queues.deprovision]
  for (const queue of lanes) expect(await queue.getDeduplicationJobId(userId)).not.toBeNull()
})
