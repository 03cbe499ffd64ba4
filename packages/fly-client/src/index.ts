/**
 * A client of Fly.io's Machines API for control planes: every failure is a FlyError with the cause as
 * its code, reads are retried, mutations are sent once and made safe to repeat by the `ensure…`
 * functions, limits are kept, and every call can be aborted. Knows nothing of the rest of the repository.
 */
export type { App as FlyApp } from './types.ts'
export type {
  CurrentToken,
  ImageRef,
  IpAssignment,
  Lease,
  Machine,
  MachineCheckStatus,
  MachineEvent,
  OrgMachine,
  OrgVolume,
  Placement,
  Region,
  Secret,
} from './types.ts'
export type * from './machine-config.ts'
export type { CreateApp, Deleted } from './apps.ts'
export type { CreateMachine, ListMachines, UpdateMachine } from './machines.ts'
export type { StopMachine } from './power.ts'
export type { ExecResult } from './inspect.ts'
export type { WriteMetadata } from './metadata.ts'
export type { CallOptions } from './call-types.ts'
export type { Clock } from './clock.ts'
export type { FlyHooks, FlyLogger } from './hooks.ts'
export type { ListOrgMachines, OrgMachinesPage } from './orgs.ts'
export type { AcquireLease } from './leases.ts'
export type { AssignIp } from './ips.ts'
export type { AskPlacements } from './platform.ts'
export type { Waited, WaitFor, WaitState } from './wait.ts'
export type { EnsureApp, EnsuredApp } from './ensure/app.ts'
export type { EnsureMachine, EnsuredMachine } from './ensure/machine.ts'
export type { EnsureGone } from './ensure/gone.ts'
export type { EnsureOptions } from './ensure/patience.ts'
export type { ChangeConfig } from './ensure/settings.ts'
export type { HeldLease, HoldLease } from './ensure/lease.ts'
export type { RetryPolicy } from './retry.ts'
export type { OperationName } from './operations.ts'
export { CircuitBreaker, type BreakerOptions, type BreakerState } from './breaker.ts'
export { createFlyClient, type FlyClient, type FlyClientOptions } from './client.ts'
export { FLY_ERRORS, FlyError, isFlyError, type FlyErrorCode } from './errors.ts'
export { APP_VISIBLE_WITHIN_MS } from './fresh.ts'
export { OPERATIONS } from './operations.ts'
export {
  checksPass,
  exitOf,
  isCrashLooping,
  isGone,
  isUnreachable,
  lastExit,
  lastFailure,
  MACHINE_STATES,
  type MachineExit,
} from './machine-state.ts'
