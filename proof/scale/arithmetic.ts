/** The arithmetic of docs/scale.md, as it is meant to be checked. */

/** What arithmetic says of something, beside what was. */
export type Claim = { what: string; unit: 's' | ''; predicted: number; simulated: number }

/** Fly: a thousand machines a page of the organisation's list. */
const MACHINES_A_PAGE = 1_000
/** Fly: one request a second, three in a burst, for each action. */
const BURST = 3
/** packages/fly-client: what is refilled is counted a little slower than Fly does, so that no call is ever refused. */
const REFILL_SHARE = 0.95
/** Fly: 100 app deletions a minute, and a hundred at once. */
const DELETIONS_A_MINUTE = 100
/** services/scheduler: users of a lane that one round of the relay wakes, a round a second. */
const RELAY_BATCH = 1_000

export const healthPages = (machines: number): number => Math.max(1, Math.ceil(machines / MACHINES_A_PAGE))

/** Pages come a second apart once the burst is used up. */
export const healthSweepMs = (machines: number): number =>
  (Math.max(0, healthPages(machines) - BURST) * 1_000) / REFILL_SHARE

/** When the last permit comes. */
export const deletionsMs = (apps: number): number =>
  (Math.max(0, apps - DELETIONS_A_MINUTE) / DELETIONS_A_MINUTE) * 60_000

export const relayMs = (users: number): number => (users / RELAY_BATCH) * 1_000

/** Where slots limit: how long so much work takes that each user's holds one for `slotMs`. */
export const slotsMs = (users: number, slotMs: number, slots: number): number => (users * slotMs) / slots
