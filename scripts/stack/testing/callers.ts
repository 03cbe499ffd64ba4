/** Who asks Hangar for work over HTTP: the project's database, with a signed webhook, and the product, by hand. */
import { createHmac } from 'node:crypto'
import { urlOf, webhookUrl } from '../settings.ts'
import type { Stack } from '../stack.ts'

/** A delivery of the user's row, signed as our trigger signs. The same `id` twice is the same delivery, doubled. */
export function sendWebhook(stack: Stack, id: string, userId: string, tier: string): Promise<Response> {
  const record = { user_id: userId, tier, status: 'active' }
  const body = JSON.stringify({
    type: 'UPDATE',
    schema: 'public',
    table: 'user_subscriptions',
    record,
    old_record: record,
  })
  const sentAt = Math.floor(Date.now() / 1_000)
  const key = Buffer.from(stack.secrets.webhookSecret.replace(/^whsec_/, ''), 'base64')
  const signature = createHmac('sha256', key).update(`${id}.${sentAt}.${body}`).digest('base64')
  return fetch(webhookUrl(stack.addresses), {
    method: 'POST',
    headers: {
      'Content-Type': 'application/json',
      'webhook-id': id,
      'webhook-timestamp': String(sentAt),
      'webhook-signature': `v1,${signature}`,
    },
    body,
  })
}

/** The product's own call, with its service key. */
export function callProvision(stack: Stack, userId: string, tier: string): Promise<Response> {
  return fetch(`${urlOf(stack.addresses, 'api')}/functions/v1/provision-user-fly-app`, {
    method: 'POST',
    headers: {
      'Content-Type': 'application/json',
      Authorization: `Bearer ${stack.secrets.serviceRoleKey}`,
    },
    body: JSON.stringify({ user_id: userId, tier }),
  })
}
