/**
 * The lifecycle of one generation of a user's app, as stored in `user_fly_apps.status`.
 *
 *   provisioning ──▶ active ──▶ deprovisioning ──▶ deleted
 *        │              │               ▲
 *        │              └───────────────┤   (the tier ends, or an operator says off)
 *        └──────────────────────────────┘   (the tier ended before the app was up)
 *   error: the work on the row failed four times in a row. The row keeps its phase in its other columns
 *   (`teardown_started_at`, `deployed_at`), and the next want continues from there.
 *
 * `teardown_started_at`, once set, dooms the generation: it is finished, never revived. A later life of the same
 * user is a new row with the next generation.
 */
export const APP_STATUSES = ['provisioning', 'active', 'deprovisioning', 'deleted', 'error'] as const
export type AppStatus = (typeof APP_STATUSES)[number]

export const HEALTH_STATUSES = ['healthy', 'unhealthy', 'unknown'] as const
export type HealthStatus = (typeof HEALTH_STATUSES)[number]

/** How often an app reports: what it is told, and what its silence means, follows from that. */
export const HEARTBEAT_INTERVAL_MS = 30_000

/** The two queues in front of the one reconcile: a burst of downgrades never delays an upgrade. */
export const LANES = ['provision', 'deprovision'] as const
export type Lane = (typeof LANES)[number]

export type CpuKind = 'shared' | 'performance'

/** The size of a Fly machine. */
export type Guest = { cpuKind: CpuKind; cpus: number; memoryMb: number }

export function sameGuest(a: Guest, b: Guest): boolean {
  return a.cpuKind === b.cpuKind && a.cpus === b.cpus && a.memoryMb === b.memoryMb
}

/** What the work on a user is for; names the family of its events and of its failure. */
export type Operation = 'provision' | 'deprovision' | 'resize' | 'repair'

/**
 * What an operator can force on one generation, bound to its row:
 *
 *   skip_drain  end it without waiting for the app to drain
 *   abandon     close the row whatever is left on Fly; the orphan scan looks after the rest
 *   recreate    end this generation although the user is entitled, and begin the next
 */
export const FORCED_ACTIONS = ['skip_drain', 'abandon', 'recreate'] as const
export type ForcedAction = (typeof FORCED_ACTIONS)[number]
