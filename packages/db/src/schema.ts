/**
 * The generated row types, narrowed once by hand where PostgreSQL knows more than the generator can read: CHECK
 * constraints, the shape of a jsonb value, view columns that are never null.
 */
import type { AppStatus, CostState, CpuKind, DriftField, Guest, HealthStatus, OrphanKind } from '@hangar/core'
import type { ColumnType, Generated } from 'kysely'
import type * as generated from './schema.generated.ts'

type Narrow<Table, Columns> = Omit<Table, keyof Columns> & Columns

export type EventStatus = 'started' | 'success' | 'failed' | 'skipped'
export type OverrideDesired = 'on' | 'off' | 'paused'
export type OrphanState = 'found' | 'deleted' | 'adopted' | 'gone'
/** Who may do what in the admin's page and API. */
export type AdminRole = 'viewer' | 'operator' | 'admin'
export type AppOperation = 'resize' | 'repair'
/** A machine of an orphan, as Fly's list showed it. The guest is null where the list did not say. */
export type OrphanMachine = { id: string; state: string; region: string; guest: Guest | null }
/** What the app said it wrote out before it went idle. */
export type DrainReport = {
  signalsFlushed: number
  executionsFlushed: number
  /** Kept until the deadline, and not delivered. */
  lost: number
  /** Delivered, and refused for good. */
  rejected?: number
}

/** What differs on Fly and is only reported; `seenAt` is when it was found, not when it was last seen. */
export type StoredDrift = { fields: DriftField[]; seenAt: string }

/** A jsonb column of a known shape; written as text, because a driver makes a list into a PostgreSQL array. */
type JsonOf<T> = ColumnType<T, string, string>

type UserFlyApps = Narrow<
  generated.UserFlyApps,
  {
    status: Generated<AppStatus>
    healthStatus: Generated<HealthStatus>
    cpuKind: CpuKind
    operation: AppOperation | null
    drift: StoredDrift | null
  }
>

type UserFlyAppEvents = Narrow<
  generated.UserFlyAppEvents,
  { status: EventStatus; metadata: ColumnType<Record<string, unknown>, string | undefined, never> }
>

type UserOverrides = Narrow<
  generated.HangarUserOverrides,
  { desired: OverrideDesired; guest: JsonOf<Guest | null> | null }
>

type Orphans = Narrow<
  generated.HangarOrphans,
  { kind: OrphanKind; state: Generated<OrphanState>; machines: JsonOf<OrphanMachine[]> }
>

type HostSubscriptions = Narrow<generated.HangarHostSubscriptions, { userId: string }>
type HostUsers = Narrow<generated.HangarHostUsers, { userId: string }>
type HostTraders = Narrow<
  generated.HangarHostTraders,
  { id: string; name: string; enabled: boolean; isBuiltin: boolean; definition: unknown }
>

export type Schema = Narrow<
  generated.DB,
  {
    userFlyApps: UserFlyApps
    userFlyAppEvents: UserFlyAppEvents
    'hangar.adminSessions': Narrow<
      generated.HangarAdminSessions,
      { kind: 'person' | 'key'; role: AdminRole; tokenHash: Buffer }
    >
    'hangar.appHeartbeats': Narrow<generated.HangarAppHeartbeats, { drained: JsonOf<DrainReport> | null }>
    'hangar.auditLog': Narrow<
      generated.HangarAuditLog,
      { before: JsonOf<unknown> | null; after: JsonOf<unknown> | null }
    >
    'hangar.costIntervals': Narrow<generated.HangarCostIntervals, { state: CostState }>
    'hangar.orphans': Orphans
    'hangar.userOverrides': UserOverrides
    'hangar.hostSubscriptions': HostSubscriptions
    'hangar.hostUsers': HostUsers
    'hangar.hostTraders': HostTraders
  }
>
