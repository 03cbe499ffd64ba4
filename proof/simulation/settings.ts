/** What every simulated process is configured with: production's own settings, and a Fly of production's pace. */
import { createKeyRing, DEFAULT_POLICY } from '@hangar/core'
import type { ReconcileSettings } from '../../services/worker/src/reconcile/deps.ts'
import type { AppsParts } from './apps.ts'
import { INSTALLATION_ID } from './database.ts'
import { ORG } from './fly.ts'

export const SETTINGS: ReconcileSettings = {
  policy: DEFAULT_POLICY,
  installationId: INSTALLATION_ID,
  orgSlug: ORG,
  appPrefix: 'vyx-user-',
  defaultRegion: 'iad',
  image: 'registry.example/screener:1',
  publicUrl: 'https://hangar.example',
  drainUrlTemplate: null,
  drainGraceMs: 30_000,
  healthDeadlineMs: 120_000,
  startDeadlineMs: 180_000,
  retryBaseMs: 2_000,
  flyWaitSliceMs: 8_000,
  priceModel: 'product',
}

export const KEY_RING = createKeyRing({ current: Buffer.alloc(32, 7).toString('base64') })

/** Fly's own pace, as tests of production-like size have it, without the longest waits. */
export const FLY_DELAYS = {
  requestMs: [5, 60],
  appVisibleMs: [0, 300],
  machineVisibleMs: [0, 200],
  missingAppReadMs: [5, 300],
  createMs: [100, 2_500],
  startMs: [100, 1_500],
  stopMs: [50, 900],
  updateMs: [100, 2_000],
  destroyMs: [50, 1_500],
  destroyedKeptMs: [500, 20_000],
  appDeleteMs: [100, 4_000],
  checksMs: 5_000,
  orgListLagMs: [0, 3_000],
  secretsVisibleMs: [0, 1_000],
} as const

/** As production runs: many users, whose turns do not wait for each other. No worker of a fleet is made to die. */
export type FleetPace = {
  /** Jobs that one worker works on at once, in each lane. */
  slots: number
  delays: typeof FLY_DELAYS | 'realistic'
  /** How many of Fly's calls are remembered. */
  calls: number
  rest: NonNullable<AppsParts['rest']>
}
