import { HangarError } from '@hangar/core'
import { Redis } from 'ioredis'

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

function roleOptions(role: RedisRole) {
  switch (role) {
    case 'producer':
      return {
        enableOfflineQueue: false,
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
  /** `redis://` or `rediss://` address. */
  url: string
  role: RedisRole
  /** Shown by CLIENT LIST, so that an operator can tell whose connection it is. */
  name: string
  /** Connection trouble, once per failed try. Default: dropped, since every command reports its own failure. */
  onError?: (error: Error) => void
}

/** Starts connecting and returns at once; while Redis is away it keeps trying in the background. */
export function createRedis({ url, role, name, onError }: CreateRedisOptions): Redis {
  const redis = new Redis(url, {
    ...roleOptions(role),
    connectionName: name,
    retryStrategy: (attempt) => Math.min(50 * 2 ** Math.min(attempt, 10), MAX_RECONNECT_DELAY_MS),
  })
  // Without a listener ioredis prints each failed try to stderr.
  redis.on('error', (error: Error) => onError?.(error))
  return redis
}

/** Says goodbye to Redis, or just hangs up when it does not answer within the bound. Never throws. */
export async function closeRedis(redis: Redis, timeoutMs = 1000): Promise<void> {
  if (redis.status === 'ready') {
    await withinMs(redis.quit(), timeoutMs, 'QUIT').catch(() => undefined)
  }
  redis.disconnect()
}

/** Throws `redis_unavailable` unless commands can be sent right now. Costs nothing: no command is sent. */
export function assertRedisReady(redis: Redis): void {
  if (redis.status !== 'ready') {
    throw new HangarError('redis_unavailable', { operator: `Redis is not connected (${redis.status})` })
  }
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
