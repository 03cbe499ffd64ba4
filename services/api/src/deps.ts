import type { Clock, KeyRing, Policy, PriceModel } from '@hangar/core'
import type { Database, Handover, HostMapping, TierRevenue } from '@hangar/db'
import type { Queues } from '@hangar/jobs'
import type { Logger, Tracing } from '@hangar/runtime'
import type { ChangeFeed } from './changes/feed.ts'
import type { AuthSettings } from './auth/authenticator.ts'
import type { LimitSettings } from './auth/rate-limits.ts'
import type { SessionSettings } from './auth/session.ts'
import type { SupabaseAuthSettings } from './auth/supabase-auth.ts'
import type { UserTokens } from './auth/user-tokens.ts'
import type { ApiMetrics } from './metrics.ts'
import type { WebhookSecrets } from './webhooks/supabase/verify.ts'

/** Everything the HTTP side stands on. `main.ts` builds it from the configuration, a test from its own servers. */
export type ApiDeps = {
  db: Database
  queues: Queues
  keyRing: KeyRing
  policy: Policy
  costs: {
    /** The workers' own: what new intervals and the projections are priced with. */
    priceModel: PriceModel
    /** Where new apps go. */
    region: string
    /** USD a month by tier; null where nobody said what users pay. */
    revenue: TierRevenue | null
  }
  /** The workers' own: how the names of apps begin. */
  appPrefix: string
  /** How many custom traders a tier may run: the app is told, the host's own trigger enforces it. */
  quotas: Readonly<Record<string, number>>
  /** Within which the worker lets an app drain: it is told. */
  drainGraceMs: number
  auth: AuthSettings
  /** Where people sign in by password; null where no project is configured. */
  supabaseAuth: SupabaseAuthSettings | null
  /** Of browsers. */
  sessions: SessionSettings
  limits: LimitSettings
  /** How many proxies of our own stand before this process; each adds the address it was asked from. */
  trustedProxyHops: number
  webhook: WebhookSecrets
  /** What the host's tables are called. Read once at start: a new mapping needs a restart. */
  host: HostMapping
  placement: {
    handover: Handover
    /** Any of them opens the shared backend's calls; two while one replaces the other. None: nobody gets in. */
    sharedTokens: readonly string[]
  }
  /** Makes a user's app its Supabase token; null where none can be signed. */
  userTokens: UserTokens | null
  /** The address that browsers and apps know us by. */
  publicUrl: URL
  clock: Clock
  /** Tells whoever listens what changes. */
  changes: ChangeFeed
  /** Aborts when the process is about to end: /readyz says so from then on. */
  stopping: AbortSignal
  /** How long a caller waits for a worker's answer before being told where it will be. */
  inspectWaitMs: number
  /** How long the overview, once made, is good for whoever asks next. */
  overviewReuseMs: number
  logger: Logger
  metrics: ApiMetrics
  tracing: Tracing
}
