import { hostname } from 'node:os'
import { createKeyRing } from '@hangar/core'
import { type Database, findInstallationId } from '@hangar/db'
import type { FlyClient } from '@hangar/fly-client'
import { type Logger, policyFrom } from '@hangar/runtime'
import type { Instruments } from './reconcile/instruments.ts'
import type { WorkerConfig } from './config.ts'
import { FLY_WAIT_SLICE_MS, type ReconcileDeps } from './reconcile/deps.ts'

/** Settings and connections, as the engine wants them. */
export async function buildReconcileDeps(parts: {
  config: WorkerConfig
  db: Database
  fly: FlyClient
  logger: Logger
  instruments?: Instruments
}): Promise<ReconcileDeps> {
  const { config, db, fly, logger, instruments } = parts
  return {
    db,
    fly,
    logger,
    keyRing: createKeyRing({
      current: config.HANGAR_MASTER_KEY,
      previous: config.HANGAR_MASTER_KEY_PREVIOUS,
    }),
    owner: `worker:${hostname()}:${process.pid}`,
    random: Math.random,
    ...(instruments && { instruments }),
    settings: {
      policy: policyFrom(config),
      installationId: await findInstallationId(db),
      orgSlug: config.FLY_ORG_SLUG,
      appPrefix: config.FLY_APP_PREFIX,
      defaultRegion: config.FLY_DEFAULT_REGION,
      image: config.FLY_SCREENER_IMAGE,
      publicUrl: config.HANGAR_PUBLIC_URL,
      drainUrlTemplate: config.DRAIN_URL_TEMPLATE ?? null,
      drainGraceMs: config.DRAIN_GRACE_MS,
      healthDeadlineMs: config.HEALTH_DEADLINE_MS,
      startDeadlineMs: config.START_DEADLINE_MS,
      retryBaseMs: config.RETRY_BASE_MS,
      flyWaitSliceMs: FLY_WAIT_SLICE_MS,
      priceModel: config.PRICE_MODEL,
    },
  }
}
