import { randomUUID } from 'node:crypto'
import { afterAll } from '@jest/globals'
import { addressOf, REDIS_URL } from './jest/test-servers.ts'
import { removeRedisKeys } from './local/index.ts'

export type TestRedis = {
  readonly url: string
  /** Unique for the caller and in braces, so that it is one slot on a cluster too. Begin every key with it. */
  readonly prefix: string
}

/** A corner of the run's Redis; its keys are removed after the file's tests. */
export function useTestRedis(): TestRedis {
  const prefix = `{test-${randomUUID()}}`
  afterAll(async () => {
    await removeRedisKeys(addressOf(REDIS_URL), prefix)
  })
  return {
    get url() {
      return addressOf(REDIS_URL)
    },
    prefix,
  }
}
