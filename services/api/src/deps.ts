import type { Clock, KeyRing, Policy } from '@hangar/core'
import type { Database, HostMapping } from '@hangar/db'
import type { Queues } from '@hangar/jobs'
import type { Logger } from '@hangar/runtime'
import type { AuthSettings } from './auth/authenticator.ts'
import type { ApiMetrics } from './metrics.ts'
import type { WebhookSecrets } from './webhooks/supabase/verify.ts'

/** Everything the HTTP side stands on. `main.ts` builds it from the configuration, a test from its own servers. */
export type ApiDeps = {
  db: Database
  queues: Queues
  keyRing: KeyRing
  policy: Policy
  /** How many custom traders a tier may run: the app is told, the host's own trigger enforces it. */
  quotas: Readonly<Record<string, number>>
  auth: AuthSettings
  webhook: WebhookSecrets
  /** Where the host keeps subscriptions. Read once at start: a new mapping needs a restart. */
  subscriptions: HostMapping['subscriptions']
  /** The address that browsers and apps know us by. */
  publicUrl: URL
  clock: Clock
  /** How long a caller waits for a worker's answer before being told where it will be. */
  inspectWaitMs: number
  logger: Logger
  metrics: ApiMetrics
}
