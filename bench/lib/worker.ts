import { randomBytes } from 'node:crypto'

import { createFlyClient, type FlyClientOptions } from '@hangar/fly-client'

import { readConfig, type WorkerConfig } from '../../services/worker/src/config.ts'

export const FLY_TOKEN = 'bench'
export const FLY_ORG = 'bench'

/** Users worked on at once, by us and by the bare peer. */
export const CONCURRENCY = 20

/** The worker's settings, as environment. What is not needed keeps its default, the log level too. */
export function workerEnvironment(stores: { databaseUrl: string; redisUrl: string }, flyUrl: string) {
  return {
    DATABASE_URL: stores.databaseUrl,
    REDIS_URL: stores.redisUrl,
    HANGAR_PUBLIC_URL: 'http://127.0.0.1',
    HANGAR_MASTER_KEY: randomBytes(32).toString('base64'),
    FLY_API_BASE_URL: flyUrl,
    FLY_API_TOKEN: FLY_TOKEN,
    FLY_ORG_SLUG: FLY_ORG,
    FLY_DEFAULT_REGION: 'iad',
    FLY_SCREENER_IMAGE: 'registry.fly.io/screener:bench',
    WORKER_CONCURRENCY: String(CONCURRENCY),
  }
}

export const workerConfig = (environment: Record<string, string | undefined>): WorkerConfig =>
  readConfig(environment)

/** As the worker makes it, but without Fly's rate limits: a hundred deletions a minute would be all we measure. */
export function unlimitedFlyClient(config: WorkerConfig, extra: Partial<FlyClientOptions> = {}) {
  return createFlyClient({
    baseUrl: config.FLY_API_BASE_URL,
    token: config.FLY_API_TOKEN,
    orgSlug: config.FLY_ORG_SLUG,
    rateLimits: false,
    ...extra,
  })
}
