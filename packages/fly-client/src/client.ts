import { Agent, type Dispatcher } from 'undici'

import { appsApi, type AppsApi } from './apps.ts'
import { CircuitBreaker, type BreakerOptions } from './breaker.ts'
import { Caller } from './call.ts'
import type { CallerParts } from './call-types.ts'
import { systemClock, type Clock } from './clock.ts'
import { ensureApi, type EnsureApi } from './ensure/index.ts'
import { FreshObjects } from './fresh.ts'
import { quietly, type FlyHooks, type FlyLogger } from './hooks.ts'
import { ipsApi, type IpsApi } from './ips.ts'
import { leasesApi, type LeasesApi } from './leases.ts'
import { Limiter } from './limiter.ts'
import { machinesApi, type MachinesApi } from './machines.ts'
import { orgsApi, type OrgsApi } from './orgs.ts'
import { platformApi, type PlatformApi } from './platform.ts'
import { DEFAULT_RETRY, type RetryPolicy } from './retry.ts'
import { SecretVersions, secretsApi, type SecretsApi } from './secrets.ts'

export interface FlyClientOptions {
  /** Default `https://api.machines.dev`; inside the organisation's network `http://_api.internal:4280`. A path is kept as prefix. */
  baseUrl?: string
  /** An organisation's token. As a function it is asked for each call, so that it can change. */
  token: string | (() => string)
  orgSlug: string
  userAgent?: string
  /** One attempt, from connecting to the last byte. Default 10 000. */
  timeoutMs?: number
  /** A whole call with retries, pauses and waiting for the rate limit. Default 60 000. */
  deadlineMs?: number
  /** Of one answer. Default 33 554 432 (32 MiB): the list of apps comes in one piece. */
  maxBodyBytes?: number
  /** How reads are retried. Default 4 attempts, full jitter from 200 ms doubling to 5 000 ms. */
  retry?: Partial<RetryPolicy>
  /** `false` switches our own token buckets off; Fly's 429 is honoured all the same. */
  rateLimits?: boolean
  /** Pass one CircuitBreaker to share it between clients, options for one of its own, or `false` for none. */
  breaker?: CircuitBreaker | BreakerOptions | false
  /** undici's. Default: an Agent of its own, closed by `close()`. */
  dispatcher?: Dispatcher
  hooks?: FlyHooks
  /** Gets one debug line per call, without secrets. */
  logger?: FlyLogger
  clock?: Clock
  /** In [0, 1), for jitter. */
  random?: () => number
}

export interface FlyClient extends EnsureApi {
  readonly orgSlug: string
  readonly apps: AppsApi
  readonly machines: MachinesApi
  readonly leases: LeasesApi
  readonly secrets: SecretsApi
  readonly ips: IpsApi
  readonly orgs: OrgsApi
  readonly platform: PlatformApi
  /** Closes the connections, if they are the client's own. Calls under way end first. */
  close(): Promise<void>
}

/** A client of Fly's Machines API. Holds connections, so make one per process. */
export function createFlyClient(options: FlyClientOptions): FlyClient {
  const clock = options.clock ?? systemClock
  // HTTP/1.1: with HTTP/2 one broken connection would break every call at once.
  const ownAgent = options.dispatcher ? undefined : new Agent({ allowH2: false })
  const caller = new Caller(callerParts(options, clock, options.dispatcher ?? (ownAgent as Agent)))
  const versions = new SecretVersions()
  const apis = {
    apps: appsApi(caller, options.orgSlug),
    machines: machinesApi(caller, versions),
    leases: leasesApi(caller),
    secrets: secretsApi(caller, versions),
    ips: ipsApi(caller),
  }
  return {
    orgSlug: options.orgSlug,
    ...apis,
    ...ensureApi(caller, options.orgSlug, apis),
    orgs: orgsApi(caller, options.orgSlug),
    platform: platformApi(caller, options.orgSlug),
    close: async () => ownAgent?.close(),
  }
}

function callerParts(options: FlyClientOptions, clock: Clock, dispatcher: Dispatcher): CallerParts {
  const { token: given, hooks = {}, logger } = options
  const base = new URL(options.baseUrl ?? 'https://api.machines.dev')
  const token = typeof given === 'string' ? () => given : given
  const breaker = breakerOf(options.breaker, clock)
  breaker?.watch((state) => quietly(logger, () => hooks.onBreaker?.(state)))
  return {
    origin: base.origin,
    basePath: base.pathname.replace(/\/+$/, ''),
    token,
    authorization: () => authorizationOf(token()),
    userAgent: options.userAgent ?? 'hangar-fly-client',
    dispatcher,
    clock,
    random: options.random ?? Math.random,
    limiter: options.rateLimits === false ? undefined : new Limiter(clock),
    breaker,
    fresh: new FreshObjects(clock),
    hooks,
    logger,
    retry: { ...DEFAULT_RETRY, ...options.retry },
    timeoutMs: options.timeoutMs ?? 10_000,
    deadlineMs: options.deadlineMs ?? 60_000,
    maxBodyBytes: options.maxBodyBytes ?? 32 * 1024 * 1024,
  }
}

/** `fly tokens create` prints tokens with their scheme in front. */
function authorizationOf(token: string): string {
  return token.startsWith('FlyV1 ') ? token : `Bearer ${token}`
}

function breakerOf(given: FlyClientOptions['breaker'], clock: Clock): CircuitBreaker | undefined {
  if (given === false) return undefined
  return given instanceof CircuitBreaker ? given : new CircuitBreaker(clock, given)
}
