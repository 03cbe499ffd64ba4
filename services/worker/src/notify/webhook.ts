/** Alerts by webhook: a body that Slack takes, signed as Standard Webhooks says where there is a secret. */
import { systemClock } from '@hangar/core'
import { Webhook } from 'standardwebhooks'
import { type Channel, ChannelBusyError } from './channel.ts'
import { renderBlocks, type Rendering } from './render.ts'

const TIMEOUT_MS = 10_000

export function webhookChannel(
  { url, secrets = [] }: { url: string; secrets?: readonly string[] | undefined },
  rendering: Rendering,
): Channel {
  const signers = secrets.map((secret) => new Webhook(secret))
  return {
    name: 'webhook',
    send: async ({ id, digest }, signal) => {
      const body = JSON.stringify(renderBlocks(digest, rendering))
      const response = await fetch(url, {
        method: 'POST',
        headers: { 'Content-Type': 'application/json', ...sign(signers, id, body) },
        body,
        redirect: 'error',
        signal: AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MS)]),
      })
      await response.body?.cancel()
      if (response.ok) return {}
      const message = `the webhook answered ${response.status}`
      const retryAfterSeconds = Number(response.headers.get('retry-after'))
      if (retryAfterSeconds > 0) throw new ChannelBusyError(message, retryAfterSeconds * 1000)
      throw new Error(message)
    },
  }
}

/** The id goes along unsigned too: a receiver knows a repetition by it. */
function sign(signers: readonly Webhook[], id: string, body: string): Record<string, string> {
  const messageId = `msg_${id}`
  if (signers.length === 0) return { 'webhook-id': messageId }
  const now = systemClock.now()
  return {
    'webhook-id': messageId,
    'webhook-timestamp': String(Math.floor(now.getTime() / 1000)),
    'webhook-signature': signers.map((signer) => signer.sign(messageId, now, body)).join(' '),
  }
}
