/**
 * What happened in one campaign, as whoever ran it recorded it: the stand-in's call log, Hangar's rows, and what the
 * campaign itself did. Plain data, so that a simulation and real processes are judged by the same rules.
 */
import type { AppRow, EventRow, WantRow, WorkRow } from '@hangar/db'
import type { CallEntry } from '@hangar/fly-sim'

/** All times are of one clock: the database's, which in a campaign is also the stand-in's. */
export type History = {
  /** Every call that Fly got, oldest first, none left out. */
  calls: readonly CallEntry[]
  /** Every row that ever was. */
  apps: readonly AppRow[]
  events: readonly EventRow[]
  costIntervals: readonly CostInterval[]
  works: readonly WorkRow[]
  wants: readonly Pick<WantRow, 'userId' | 'wantedVersion'>[]
  /** Per user in the order in which they were made. Before the first, a user is not entitled. */
  tierChanges: readonly TierChange[]
  flyAtTheEnd: FlyAtTheEnd
  retained: { before: RetainedTables; after: RetainedTables }
  /** Events as they were read at some earlier moment. */
  earlierEvents: readonly Pick<EventRow, 'id' | 'eventType' | 'userId'>[]
  /** While an operator's pause was certain to hold. */
  brakeSpells: readonly BrakeSpell[]
  /** When which app ran its user's traders, as seen from the app. */
  tradingSpells: readonly TradingSpell[]
  users: readonly DesiredUser[]
  /** Everything that people or other programs may read: logs, rows, jobs. */
  surfaces: readonly { name: string; text: string }[]
  /** Values that may appear on none of them. */
  secrets: readonly { name: string; value: string }[]
  /** How the names of our apps begin; other apps on Fly are none of our business. */
  appPrefix: string
}

export type CostInterval = {
  id: number
  userFlyAppId: string
  usdPerSecond: string
  startedAt: Date
  endedAt: Date | null
}

/** `to` null: to the end. */
export type BrakeSpell = { brake: 'operator'; from: Date; to: Date | null }

/** One process of an app, from its first trader to its last. `to` null: to the end. */
export type TradingSpell = { userId: string; app: string; from: Date; to: Date | null }

/** The write took place at some moment between the two. */
export type TierChange = { userId: string; entitled: boolean; notBefore: Date; committedBy: Date }

type FlyGuest = { cpu_kind?: string; cpus?: number; memory_mb?: number }

export type FlyAtTheEnd = {
  apps: readonly {
    name: string
    machines: readonly { id: string; state: string; guest: FlyGuest }[]
  }[]
}

/** By table: how many rows, and a checksum of those columns that Hangar has no business to change. */
export type RetainedTables = Readonly<Record<string, { rows: number; checksum: string }>>

export type DesiredUser = {
  userId: string
  /** Null: no app. */
  guest: { cpuKind: string; cpus: number; memoryMb: number } | null
}

export type Violation = {
  /** Name of the guarantee that does not hold. */
  guarantee: string
  what: string
  userId?: string
  app?: string
}
