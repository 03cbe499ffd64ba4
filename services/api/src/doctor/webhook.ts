/**
 * Whether a tier change's webhook would arrive: the database sends one of no user, over the same way, and whichever API
 * receives it notes it down.
 */
import { finding, type Finding } from '@hangar/core'
import { findHostMapping, hasProbeArrived, readTriggerState, sendWebhookProbe } from '@hangar/db'
import type { ApiDeps } from '../deps.ts'

/** Between two looks; each is twice as long as the one before. */
const FIRST_PAUSE_MS = 50

export async function examineWebhook(
  deps: Pick<ApiDeps, 'db' | 'clock' | 'inspectWaitMs'>,
): Promise<Finding[]> {
  const { db } = deps
  const [mapping, state] = await Promise.all([findHostMapping(db), readTriggerState(db)])
  // Said by the look at the database.
  if (!mapping || !state) return []
  if (!mapping.webhook)
    return [
      finding('webhook_off', 'The mapping names no webhook: the relay finds each change within a second.'),
    ]
  const lacks = [
    ...(state.hasPgNet
      ? []
      : [finding('webhook_no_pg_net', 'The database has no pg_net to send webhooks with.')]),
    ...(state.hasVault
      ? []
      : [finding('webhook_no_vault', 'The database has no Vault to keep the secret in.')]),
  ]
  if (lacks.length > 0) return lacks
  const { id, hasSecret } = await sendWebhookProbe(db)
  if (!hasSecret || id === null)
    return [finding('webhook_no_secret', `The Vault has no secret ${mapping.webhook.secret_name}.`)]
  const { origin } = new URL(mapping.webhook.url)
  return [
    (await arrives(deps, id))
      ? finding('webhook_arrives', `A signed webhook from the database arrived by ${origin}.`)
      : finding('webhook_lost', `A signed webhook from the database to ${origin} did not arrive.`),
  ]
}

async function arrives(
  { db, clock, inspectWaitMs }: Pick<ApiDeps, 'db' | 'clock' | 'inspectWaitMs'>,
  id: string,
): Promise<boolean> {
  const untilMs = clock.now().getTime() + inspectWaitMs
  for (let pauseMs = FIRST_PAUSE_MS; ; pauseMs *= 2) {
    if (await hasProbeArrived(db, id)) return true
    const leftMs = untilMs - clock.now().getTime()
    if (leftMs <= 0) return false
    await clock.sleep(Math.min(pauseMs, leftMs))
  }
}
