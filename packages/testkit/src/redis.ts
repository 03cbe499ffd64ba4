import { randomUUID } from 'node:crypto'
import { afterAll } from '@jest/globals'
import { Redis } from 'ioredis'
import { addressOf, REDIS_URL } from './jest/test-servers.ts'

export type TestRedis = {
  readonly url: string
  /** Unique for the caller and in braces, so that it is one slot on a cluster too. Begin every key with it. */
  readonly prefix: string
}

/** A corner of the run's Redis; its keys are removed after the file's tests. */
export function useTestRedis(): TestRedis {
  const prefix = `{test-${randomUUID()}}`
  afterAll(async () => {
    await removeKeys(prefix)
  })
  return {
    get url() {
      return addressOf(REDIS_URL)
    },
    prefix,
  }
}

async function removeKeys(prefix: string): Promise<void> {
  const redis = new Redis(addressOf(REDIS_URL))
  try {
    let cursor = '0'
    do {
      const [next, keys] = await redis.scan(cursor, 'MATCH', `${prefix}*`, 'COUNT', 1_000)
      if (keys.length > 0) await redis.unlink(keys)
      cursor = next
    } while (cursor !== '0')
  } finally {
    redis.disconnect()
  }
}
