import type { KeyRing, Policy, PriceModel } from '@hangar/core'
import type { Database } from '@hangar/db'
import type { FlyClient } from '@hangar/fly-client'
import type { Logger } from '@hangar/runtime'
import type { Instruments } from './instruments.ts'

/** What every reconcile needs; built once in main.ts. */
export type ReconcileDeps = {
  db: Database
  fly: FlyClient
  keyRing: KeyRing
  logger: Logger
  /** Names this process in leases. */
  owner: string
  /** Uniform in [0, 1); passed in so that a simulation can replay it. */
  random: () => number
  /** Metrics and traces. Default: none. */
  instruments?: Instruments
  settings: ReconcileSettings
}

export type ReconcileSettings = {
  policy: Policy
  installationId: string
  orgSlug: string
  appPrefix: string
  defaultRegion: string
  /** The screener image that every dedicated app runs. */
  image: string
  /** Where the apps reach Hangar; they know it as HANGAR_URL. */
  publicUrl: string
  /** `{app}` is replaced by the app's name. Null: apps are asked to drain by heartbeat and SIGTERM only. */
  drainUrlTemplate: string | null
  drainGraceMs: number
  /** How long a started machine may take to send its first heartbeat. */
  healthDeadlineMs: number
  /** How long a machine may take to start, or be between two other states. */
  startDeadlineMs: number
  retryBaseMs: number
  /** One wait on Fly for a machine; shorter than a lease outlasts. Longer waits park the job. */
  flyWaitSliceMs: number
  priceModel: PriceModel
}

/**
 * Every call to Fly by the engine ends within this time, and the lease is extended to outlast it by 5 s before the
 * call. So the lease needs no timer that renews it, and a worker that stalls has lost it before it can act again.
 */
export const FLY_CALL_TIMEOUT_MS = 10_000
export const LEASE_MS = FLY_CALL_TIMEOUT_MS + 5_000
/** A wait on Fly is cut into slices, so that it too ends before the lease does. */
export const FLY_WAIT_SLICE_MS = 8_000
