/**
 * The `ensure…` functions: each brings about what it is named after and may be repeated at any time,
 * by whoever, after whatever failure. They look, adopt what is ours, and only then change something.
 */
import type { AppsApi } from '../apps.ts'
import type { Caller } from '../call.ts'
import type { IpAssignment } from '../types.ts'
import type { Machine } from '../types.ts'
import type { AssignIp, IpsApi } from '../ips.ts'
import type { LeasesApi } from '../leases.ts'
import type { MachinesApi, UpdateMachine } from '../machines.ts'
import type { StopMachine } from '../power.ts'
import type { SecretsApi } from '../secrets.ts'
import { ensureApp, type EnsureApp, type EnsuredApp } from './app.ts'
import { ensureAppGone, ensureMachineGone, type EnsureGone } from './gone.ts'
import { withLease, type HeldLease, type HoldLease } from './lease.ts'
import { ensureMachine, type EnsuredMachine, type EnsureMachine } from './machine.ts'
import type { EnsureOptions } from './patience.ts'
import { ensureIp, ensureSecrets, updateMachineConfig, type ChangeConfig } from './settings.ts'
import { ensureStarted, ensureStopped } from './state.ts'

export interface EnsureApi {
  /** The app, created or, where it is ours by organisation, network and `adopt`, adopted. Else `name_taken`. */
  ensureApp(app: EnsureApp, opts?: EnsureOptions): Promise<EnsuredApp>
  /** Deleted, and seen to be gone. */
  ensureAppGone(name: string, options?: EnsureGone, opts?: EnsureOptions): Promise<void>
  /** The machine, created or, where it is ours by name, metadata and `adopt`, adopted. Else `machine_name_taken`. */
  ensureMachine(app: string, machine: EnsureMachine, opts?: EnsureOptions): Promise<EnsuredMachine>
  /** Deleted, and seen to be gone. */
  ensureMachineGone(app: string, id: string, options?: EnsureGone, opts?: EnsureOptions): Promise<void>
  ensureStarted(app: string, id: string, opts?: EnsureOptions): Promise<Machine>
  ensureStopped(
    app: string,
    id: string,
    stop?: StopMachine,
    opts?: EnsureOptions,
  ): Promise<'stopped' | 'gone'>
  ensureSecrets(
    app: string,
    values: Record<string, string | null>,
    opts?: EnsureOptions,
  ): Promise<{ version: number | undefined }>
  ensureIp(app: string, ip: AssignIp, opts?: EnsureOptions): Promise<IpAssignment>
  /** Changes a config without losing the rest of it or an update made meanwhile. */
  updateMachineConfig(
    app: string,
    id: string,
    change: ChangeConfig,
    rest?: Omit<UpdateMachine, 'config' | 'currentVersion'>,
    opts?: EnsureOptions,
  ): Promise<Machine>
  /** Holds the machine's lease while `use` runs; pass `lease.opts` to its calls. */
  withLease<T>(
    app: string,
    id: string,
    hold: HoldLease,
    use: (lease: HeldLease) => Promise<T>,
    opts?: EnsureOptions,
  ): Promise<T>
}

interface Apis {
  apps: AppsApi
  machines: MachinesApi
  leases: LeasesApi
  secrets: SecretsApi
  ips: IpsApi
}

export function ensureApi({ parts }: Caller, orgSlug: string, apis: Apis): EnsureApi {
  const { apps, machines, leases, secrets, ips } = apis
  return {
    ensureApp: (app, opts) => ensureApp(parts, apps, orgSlug, app, opts),
    ensureAppGone: (name, options, opts) => ensureAppGone(parts, apps, name, options, opts),
    ensureMachine: (app, machine, opts) => ensureMachine(parts, machines, app, machine, opts),
    ensureMachineGone: (app, id, options, opts) => ensureMachineGone(parts, machines, app, id, options, opts),
    ensureStarted: (app, id, opts) => ensureStarted(parts, machines, app, id, opts),
    ensureStopped: (app, id, stop, opts) => ensureStopped(parts, machines, app, id, stop, opts),
    ensureSecrets: (app, values, opts) => ensureSecrets(parts, secrets, app, values, opts),
    ensureIp: (app, ip, opts) => ensureIp(parts, ips, app, ip, opts),
    updateMachineConfig: (app, id, change, rest, opts) =>
      updateMachineConfig(parts, machines, app, id, change, rest, opts),
    withLease: (app, id, hold, use, opts) => withLease(parts, leases, app, id, hold, use, opts),
  }
}
