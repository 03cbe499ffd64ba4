import { deleteOrGone, type Deleted } from './apps.ts'
import type { Caller } from './call.ts'
import type { CallOptions } from './call-types.ts'
import * as decoders from './decode.ts'
import { nothing } from './decoder.ts'
import type { Machine } from './types.ts'
import { inspectApi, type InspectApi } from './inspect.ts'
import type { MachineConfig } from './machine-config.ts'
import { metadataApi, type MetadataApi } from './metadata.ts'
import { powerApi, type PowerApi } from './power.ts'
import type { SecretVersions } from './secrets.ts'
import { waitForState, type Waited, type WaitFor } from './wait.ts'

export interface CreateMachine {
  /** Unique within the app, which makes it the key of a repeated create. */
  name: string
  /** One region, a list such as `iad,ord` in order of preference, or an alias such as `eu`. Store the one answered. */
  region: string
  config: MachineConfig
  /** Default: what this client last wrote to the app's secrets. `null` sends none. */
  minSecretsVersion?: number | null | undefined
  skipLaunch?: boolean | undefined
  skipServiceRegistration?: boolean | undefined
  /** Takes a lease with the create; its nonce is in the answer, once. */
  leaseTtlSeconds?: number | undefined
}

export interface UpdateMachine extends Omit<CreateMachine, 'name' | 'region'> {
  name?: string | undefined
  region?: string | undefined
  /** The `instanceId` this change was made from: an update in between is then a `conflict`, not lost. */
  currentVersion?: string | undefined
}

export interface ListMachines {
  includeDeleted?: boolean
  region?: string
  states?: string[]
  /** Only machines with all of these. */
  metadata?: Record<string, string>
  /** Without config, checks and events. */
  summary?: boolean
}

export interface MachinesApi extends PowerApi, InspectApi, MetadataApi {
  /** Single-shot; `ensureMachine` makes it safe to repeat. */
  create(app: string, machine: CreateMachine, opts?: CallOptions): Promise<Machine>

  /** A destroyed machine is answered for a while with state `destroyed`, then with `not_found`: the same meaning. */
  get(app: string, id: string, opts?: CallOptions): Promise<Machine>

  list(app: string, list?: ListMachines, opts?: CallOptions): Promise<Machine[]>

  /**
   * Replaces the whole config and reboots the machine: read, change, send everything, with
   * `currentVersion`. What is not sent is gone; `updateMachineConfig` does it in one step.
   */
  update(app: string, id: string, update: UpdateMachine, opts?: CallOptions): Promise<Machine>

  /** `force` also deletes one that runs. */
  delete(app: string, id: string, options?: { force?: boolean }, opts?: CallOptions): Promise<Deleted>

  /** Waits as long as it takes, in calls of at most 60 s; see wait.ts. */
  wait(app: string, id: string, wait: WaitFor, opts?: CallOptions): Promise<Waited>
}

export function machinesApi(caller: Caller, versions: SecretVersions): MachinesApi {
  const { fresh } = caller.parts
  const target = (app: string, id: string) => ({ app_name: app, machine_id: id })

  return {
    ...powerApi(caller),
    ...inspectApi(caller),
    ...metadataApi(caller),

    async create(app, create, opts) {
      const body = bodyOf(create, versions.find(app))
      const secrets = Object.values(create.config.env ?? {})
      const call = { params: { app_name: app }, body, answer: decoders.machine, secrets, opts }
      const machine = await caller.call('machines.create', call)
      fresh.createdMachine(app, machine.id)
      return machine
    },

    get: (app, id, opts) =>
      caller.call('machines.get', { params: target(app, id), answer: decoders.machine, opts }),

    list(app, list, opts) {
      const call = { params: { app_name: app }, query: listQuery(list), answer: decoders.machineList, opts }
      return caller.call('machines.list', call)
    },

    update(app, id, update, opts) {
      const body = { ...bodyOf(update, versions.find(app)), current_version: update.currentVersion }
      const secrets = Object.values(update.config.env ?? {})
      const call = { params: target(app, id), body, answer: decoders.machine, secrets, opts }
      return caller.call('machines.update', call)
    },

    async delete(app, id, { force = false } = {}, opts) {
      const call = { params: target(app, id), query: { force: force || undefined }, answer: nothing, opts }
      const deleted = await deleteOrGone(caller.call('machines.delete', call))
      fresh.forget(app, id)
      return deleted
    },

    wait: (app, id, wait, opts) => waitForState(caller, app, id, wait, opts),
  }
}

function bodyOf(given: UpdateMachine, knownVersion: number | undefined): Record<string, unknown> {
  const { minSecretsVersion = knownVersion } = given
  return {
    name: given.name,
    region: given.region,
    config: given.config,
    min_secrets_version: minSecretsVersion ?? undefined,
    skip_launch: given.skipLaunch,
    skip_service_registration: given.skipServiceRegistration,
    lease_ttl: given.leaseTtlSeconds,
  }
}

function listQuery(list: ListMachines = {}): Record<string, string | boolean | undefined> {
  const metadata = Object.entries(list.metadata ?? {}).map(([key, value]) => [`metadata.${key}`, value])
  return {
    include_deleted: list.includeDeleted,
    region: list.region,
    state: list.states?.join(','),
    summary: list.summary,
    ...(Object.fromEntries(metadata) as Record<string, string>),
  }
}
