import { HangarError, parseRedisUrl, REDIS_URL_FORMS, type RedisAddress } from '@hangar/core'
import { Cluster, Redis, type ClusterOptions } from 'ioredis'

/** A connection to one server (which sentinels may have named), or to all nodes of a cluster. */
export type RedisClient = Redis | Cluster

/**
 * Two kinds of connection, because the two sides of a queue want opposite things when Redis is away:
 *
 *   producer  answers now, with an error if need be. Nothing is queued in the client, so a request never waits
 *             on Redis and memory does not grow while it is down.
 *   worker    waits for as long as it takes; there is nothing else for it to do (BullMQ insists on this).
 */
export type RedisRole = 'producer' | 'worker'

/**
 * A socket that owes an answer for so long is torn down, and with it every command that waits: a frozen server or a
 * dropped route looks like this. One timer for the connection instead of one for each command.
 */
const PRODUCER_SOCKET_TIMEOUT_MS = 2000
/** Above BullMQ's longest blocking read (10 s), or an idle worker would reconnect for ever. */
const WORKER_SOCKET_TIMEOUT_MS = 30_000
/** Reconnecting backs off to this and no further: the time a healed Redis may stay unnoticed. */
const MAX_RECONNECT_DELAY_MS = 1000

/** A node of a cluster that does not say soon where the slots are is passed over for the next one. */
const SLOTS_TIMEOUT_MS = 2000
/** How long a slot that moved without a word stays unnoticed: nothing goes wrong meanwhile, it only takes a detour. */
const SLOTS_REFRESH_INTERVAL_MS = 5000
const CLUSTER_RETRY_MS = 100
/**
 * Times `CLUSTER_RETRY_MS`: how long a worker's command follows a cluster that elects a new master. The end of a job has
 * to outlast it, or the job is locked until another worker sees it as stalled.
 */
const WORKER_CLUSTER_RETRIES = 300

function roleOptions(role: RedisRole) {
  switch (role) {
    case 'producer':
      return {
        autoResendUnfulfilledCommands: false,
        maxRetriesPerRequest: 1,
        connectTimeout: PRODUCER_SOCKET_TIMEOUT_MS,
        socketTimeout: PRODUCER_SOCKET_TIMEOUT_MS,
      }
    case 'worker':
      return { maxRetriesPerRequest: null, socketTimeout: WORKER_SOCKET_TIMEOUT_MS }
  }
}

export type CreateRedisOptions = {
  /** One server, sentinels or a cluster: see `parseRedisUrl`. */
  url: string
  role: RedisRole
  /** Shown by CLIENT LIST, so that an operator can tell whose connection it is. */
  name: string
  /** Connection trouble, once per failed try. Default: dropped, since every command reports its own failure. */
  onError?: (error: Error) => void
}

/** Starts connecting and returns at once; while Redis is away it keeps trying in the background. */
export function createRedis({ url, role, name, onError }: CreateRedisOptions): RedisClient {
  const address = parseRedisUrl(url)
  if (!address) throw new TypeError(`REDIS_URL is none of ${REDIS_URL_FORMS}`)
  const redis = connect(address, role, name)
  // Without a listener ioredis prints each failed try to stderr.
  redis.on('error', (error: Error) => onError?.(error))
  return redis
}

function connect(address: RedisAddress, role: RedisRole, connectionName: string): RedisClient {
  const enableOfflineQueue = role === 'worker'
  const each = { ...roleOptions(role), connectionName }
  switch (address.kind) {
    case 'single':
      return new Redis(address.url, { ...each, enableOfflineQueue, retryStrategy: retryDelayMs })
    case 'sentinel':
      return new Redis({
        ...each,
        enableOfflineQueue,
        retryStrategy: retryDelayMs,
        ...sentinelOptions(address),
      })
    case 'cluster':
      return new Cluster(address.nodes, {
        ...clusterOptions(address, role),
        enableOfflineQueue,
        redisOptions: { ...each, ...loginOptions(address.login), ...(address.tls && { tls: {} }) },
      })
  }
}

function retryDelayMs(attempt: number): number {
  return Math.min(50 * 2 ** Math.min(attempt, 10), MAX_RECONNECT_DELAY_MS)
}

/** A name or a password that is not given is left out: ioredis would send an empty one. */
function loginOptions({
  username,
  password,
}: {
  username: string | undefined
  password: string | undefined
}) {
  return { ...(username !== undefined && { username }), ...(password !== undefined && { password }) }
}

function sentinelOptions(address: RedisAddress & { kind: 'sentinel' }) {
  const { sentinels, master, db, login, sentinelLogin, tls } = address
  return {
    sentinels,
    name: master,
    db,
    ...loginOptions(login),
    ...(sentinelLogin.username !== undefined && { sentinelUsername: sentinelLogin.username }),
    ...(sentinelLogin.password !== undefined && { sentinelPassword: sentinelLogin.password }),
    ...(tls && { tls: {}, sentinelTLS: {}, enableTLSForSentinelMode: true }),
    sentinelRetryStrategy: retryDelayMs,
    sentinelCommandTimeout: PRODUCER_SOCKET_TIMEOUT_MS,
    connectTimeout: PRODUCER_SOCKET_TIMEOUT_MS,
    // A master that is frozen or cut off ends no connection: the sentinels say that there is another one.
    failoverDetector: true,
    // One that came back as a replica takes no writes: ask the sentinels again, and send it there.
    reconnectOnError: (error: Error) => (error.message.startsWith('READONLY') ? (2 as const) : false),
  }
}

function clusterOptions({ tls }: { tls: boolean }, role: RedisRole): ClusterOptions {
  return {
    clusterRetryStrategy: retryDelayMs,
    slotsRefreshTimeout: SLOTS_TIMEOUT_MS,
    slotsRefreshInterval: SLOTS_REFRESH_INTERVAL_MS,
    retryDelayOnFailover: CLUSTER_RETRY_MS,
    retryDelayOnClusterDown: CLUSTER_RETRY_MS,
    ...(role === 'worker' && { maxRedirections: WORKER_CLUSTER_RETRIES }),
    // A certificate is made out to a name, not to the address behind it.
    ...(tls && { dnsLookup: (host, callback) => callback(null, host) }),
  }
}

/** Says goodbye to Redis, or just hangs up when it does not answer within the bound. Never throws. */
export async function closeRedis(redis: RedisClient, timeoutMs = 1000): Promise<void> {
  if (redis.status === 'ready') {
    await withinMs(redis.quit(), timeoutMs, 'QUIT').catch(() => undefined)
  }
  redis.disconnect()
}

/** Throws `redis_unavailable` unless commands can be sent right now. Costs nothing: no command is sent. */
export function assertRedisReady(redis: RedisClient): void {
  if (redis.status !== 'ready') {
    throw new HangarError('redis_unavailable', { operator: `Redis is not connected (${redis.status})` })
  }
}

/**
 * A cluster spreads keys over its nodes by what stands in braces; without any, BullMQ's scripts, which change several keys
 * at once, fail with CROSSSLOT. Throws at the start, and not at the first job.
 */
export function assertPrefixFits(redis: RedisClient, prefix: string): void {
  if (!redis.isCluster || /\{[^}]+\}/.test(prefix)) return
  throw new TypeError(
    `HANGAR_QUEUE_PREFIX needs a part in braces on a Redis Cluster, as in {hangar}; it is ${prefix}`,
  )
}

/**
 * Resolves when Redis answers for our keys: on a cluster the node that has them, and not whichever is up. Throws what the
 * connection says.
 */
export async function pingRedis({ redis, prefix }: { redis: RedisClient; prefix: string }): Promise<void> {
  await redis.exists(`${prefix}:ping`)
}

/** Bounds work on Redis: whatever goes wrong or takes longer than `timeoutMs` becomes `redis_unavailable`. */
export function withinMs<T>(work: Promise<T>, timeoutMs: number, what: string): Promise<T> {
  return new Promise((resolve, reject) => {
    const refuse = (why: string, cause?: unknown) => {
      clearTimeout(timer)
      reject(new HangarError('redis_unavailable', { operator: `${what}: ${why}`, cause }))
    }
    const timer = setTimeout(() => refuse(`no answer within ${timeoutMs} ms`), timeoutMs)
    work.then(
      (value) => {
        clearTimeout(timer)
        resolve(value)
      },
      (error: unknown) => refuse(messageOf(error), error),
    )
  })
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
