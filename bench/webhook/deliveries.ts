import { createHmac, randomBytes, randomUUID } from 'node:crypto'

const KEY = randomBytes(32)
export const WEBHOOK_SECRET = `whsec_${KEY.toString('base64')}`

export type Delivery = { method: 'POST'; path: string; headers: Record<string, string>; body: string }

/** Deliveries as the trigger sends them, each for another user and signed just now. */
export function makeDeliveries(count: number): Delivery[] {
  const timestamp = String(Math.floor(Date.now() / 1000))
  return Array.from({ length: count }, () => {
    const userId = randomUUID()
    const id = `msg_${userId}_1`
    const body = JSON.stringify({
      type: 'UPDATE',
      table: 'user_subscriptions',
      schema: 'public',
      record: { user_id: userId, tier: 'pro', status: 'active', updated_at: '2026-01-01T00:00:00+00:00' },
      old_record: {
        user_id: userId,
        tier: 'free',
        status: 'active',
        updated_at: '2025-12-01T00:00:00+00:00',
      },
    })
    const signature = createHmac('sha256', KEY).update(`${id}.${timestamp}.${body}`).digest('base64')
    const headers = {
      'content-type': 'application/json',
      'webhook-id': id,
      'webhook-timestamp': timestamp,
      'webhook-signature': `v1,${signature}`,
    }
    return { method: 'POST', path: '/webhooks/supabase', headers, body }
  })
}
