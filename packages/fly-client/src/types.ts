/** What the client answers: Fly's objects with camelCase names, absent values as `undefined`. */
import type { MachineConfig } from './machine-config.ts'

export interface App {
  id: string | undefined
  name: string
  /** `pending`, `deployed`, `suspended`, or a newer word. */
  status: string | undefined
  orgSlug: string | undefined
  /** Whether Fly fills it in `get` is not certain; in `list` it does. */
  network: string | undefined
  machineCount: number | undefined
  volumeCount: number | undefined
}

export interface Machine {
  id: string
  name: string
  /** One of seventeen known words (MACHINE_STATES), or a newer one: open on purpose. */
  state: string
  region: string
  /** The version of the machine, 26 characters: a new one with each update. */
  instanceId: string
  privateIp: string | undefined
  /** Undefined while the host cannot be reached; then `incompleteConfig` may hold a part. */
  config: MachineConfig | undefined
  /** Not fit to clone or recreate from. */
  incompleteConfig: MachineConfig | undefined
  imageRef: ImageRef | undefined
  /** RFC 3339. */
  createdAt: string | undefined
  updatedAt: string | undefined
  /** Newest first, the last 20. */
  events: MachineEvent[]
  /** Empty just after launch, whatever the config says: see `checksPass`. */
  checks: MachineCheckStatus[]
  /** `ok`, `unknown` or `unreachable`. */
  hostStatus: string
  /** Taken out of the proxy. */
  cordoned: boolean
  /** Of the lease that `create` took with `leaseTtlSeconds`; said once. */
  nonce: string | undefined
  /** Somebody's lease, where it was asked for. */
  lease:
    { owner: string | undefined; description: string | undefined; expiresAt: Date | undefined } | undefined
}

export interface ImageRef {
  registry: string | undefined
  repository: string | undefined
  tag: string | undefined
  digest: string | undefined
}

export interface MachineEvent {
  id: string | undefined
  /** `launch`, `start`, `exit`, `restart`, `update`, `destroy`, … */
  type: string | undefined
  status: string | undefined
  source: string | undefined
  /** Milliseconds since 1970. */
  timestampMs: number | undefined
  /** Null on launch and destroy; of an exit, see `exitOf`. */
  request: unknown
}

export interface MachineCheckStatus {
  /** Of a service's check it begins with `servicecheck-`. */
  name: string
  /** `passing`, `warning` or `critical`. */
  status: string
  output: string | undefined
  /** RFC 3339. The last change of status, not the last run. */
  updatedAt: string | undefined
}

export interface Lease {
  /** Only in the answer to whoever acquired it. */
  nonce: string | undefined
  expiresAt: Date | undefined
  owner: string | undefined
  description: string | undefined
  version: string | undefined
}

export interface Secret {
  name: string
  digest: string | undefined
  createdAt: string | undefined
  updatedAt: string | undefined
}

/** As the list of an organisation has it: without checks, events and host status. */
export interface OrgMachine {
  id: string
  appName: string
  name: string
  state: string
  region: string
  instanceId: string
  privateIp: string | undefined
  image: string | undefined
  guest: { cpuKind: string | undefined; cpus: number | undefined; memoryMb: number | undefined } | undefined
  metadata: Record<string, string>
  createdAt: string | undefined
  updatedAt: string | undefined
}

export interface OrgVolume {
  id: string
  appName: string | undefined
  name: string
  region: string
  /** A volume on a dead host stays `pending_destroy`. */
  state: string
  attachedMachineId: string | undefined
  sizeGb: number | undefined
  createdAt: string | undefined
}

export interface IpAssignment {
  ip: string
  region: string | undefined
  shared: boolean
  serviceName: string | undefined
  createdAt: string | undefined
}

export interface Region {
  code: string
  name: string
  geoRegion: string | undefined
  deprecated: boolean
  gatewayAvailable: boolean
  requiresPaidPlan: boolean
  latitude: number | undefined
  longitude: number | undefined
}

export interface Placement {
  region: string
  /** How many machines would go there, or may be there where 0 were asked for. */
  count: number
  concurrency: number | undefined
}

export interface CurrentToken {
  tokenId: string | undefined
  orgSlug: string | undefined
  /** Empty where it is not limited to some. */
  apps: string[]
  user: string | undefined
}
