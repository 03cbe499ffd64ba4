export const FLY_TOKEN = 'bench'
export const FLY_ORG = 'bench'

/** Calls under way at once. */
export const CONCURRENCY = 20

/** Each of them goes around machines of its own: even without delays an update is over a moment after its answer. */
export const MACHINES_EACH = 25

/** What one side calls, made beforehand: an app, and machines for each caller. */
export type Targets = { app: string; machineIds: string[][] }
export type Turn = { operation: string; forMs: number }
export type Measured = { perSecond: number; cpuUs: number }
