/** What the stand-in remembers. Plain data only, so that all of it can be dumped and loaded. */

/** fly.io/docs/machines/machine-states: seventeen states, all reachable here (see machines/lifecycle.ts). */
export const MACHINE_STATES = [
  'created', 'started', 'stopped', 'suspended', 'failed',
  'creating', 'starting', 'stopping', 'restarting', 'suspending', 'destroying', 'launch_failed', 'updating', 'replacing',
  'destroyed', 'replaced', 'migrated',
] as const // prettier-ignore
export type MachineState = (typeof MACHINE_STATES)[number]

export type Guest = { cpu_kind?: string; cpus?: number; memory_mb?: number }

export type CheckConfig = {
  type?: string
  port?: number
  path?: string
  method?: string
  interval?: string
  timeout?: string
  grace_period?: string
}

export type ServiceConfig = {
  protocol?: string
  internal_port?: number
  checks?: CheckConfig[]
  autostop?: string | boolean
  autostart?: boolean
}

/** Fly's own snake_case shape. Fields that the stand-in does not act on are kept and given back as they came. */
export type MachineConfig = {
  image: string
  guest: Guest
  env?: Record<string, string>
  metadata?: Record<string, string>
  restart?: { policy?: string; max_retries?: number }
  stop_config?: { signal?: string; timeout?: string | number }
  checks?: Record<string, CheckConfig>
  services?: ServiceConfig[]
  mounts?: { volume?: string; path?: string }[]
  init?: { swap_size_mb?: number; cmd?: string[]; entrypoint?: string[]; exec?: string[] }
  auto_destroy?: boolean
  schedule?: string
  [other: string]: unknown
}

export type MachineEvent = {
  id: string
  type: string
  status: string
  source: 'user' | 'flyd'
  timestamp: number
  request: Record<string, unknown> | null
}

export type Lease = {
  nonce: string
  owner: string
  description: string
  expiresAtMs: number
  version: string
}

export type Exit = {
  exitCode: number
  signal: string | null
  oomKilled: boolean
  requestedStop: boolean
  error?: string
}

/**
 * What the machine is on its way to; with the state it says what has to happen next, so that a loaded dump can go on.
 * `rest`: nothing is under way.
 */
export type Goal = 'rest' | 'start' | 'stop' | 'suspend' | 'restart' | 'replace' | 'destroy'

export type Machine = {
  id: string
  appName: string
  orgSlug: string
  name: string
  region: string
  state: MachineState
  goal: Goal
  config: MachineConfig
  instanceId: string
  privateIp: string
  createdAtMs: number
  updatedAtMs: number
  /** GET and wait answer 404 before this. */
  visibleAtMs: number
  /** Newest first, at most 20. */
  events: MachineEvent[]
  /** Newest first; [0] is the current one. */
  versions: { version: string; config: MachineConfig }[]
  /** What the org-wide list may still show instead of the present: oldest first, kept only as long as it can matter. */
  past: { atMs: number; state: MachineState; version: string; updatedAtMs: number }[]
  lease: Lease | null
  cordoned: boolean
  startedAtMs: number | null
  /** Version of the app's secrets that the next boot must at least have. */
  minSecretsVersion: number
  restartCount: number
  /** Whether an update that is under way shall start the machine at its end. */
  launchAfterUpdate: boolean
  migratedTo: string | null
}

export type Secret = {
  name: string
  digest: string
  value: string | null
  createdAtMs: number
  updatedAtMs: number
}

/** Secrets as of one version; `visibleAtMs` is when a booting machine sees it without asking for the version. */
export type SecretsVersion = { version: number; visibleAtMs: number; secrets: Record<string, Secret> }

export type IpAssignment = {
  ip: string
  region: string
  shared: boolean
  serviceName: string
  network: string
  createdAtMs: number
}

export type Volume = {
  id: string
  name: string
  state: string
  sizeGb: number
  region: string
  zone: string
  encrypted: boolean
  attachedMachineId: string | null
  createdAtMs: number
  updatedAtMs: number
  snapshotRetention: number
  autoBackupEnabled: boolean
}

export type App = {
  id: string
  numericId: number
  name: string
  orgSlug: string
  network: string
  createdAtMs: number
  visibleAtMs: number
  /** An app of this name was here before and is gone. */
  reused: boolean
  /** Deletion was accepted; the app goes when its machines are gone. */
  deleting: boolean
  machines: Map<string, Machine>
  /** Oldest first; null until the first secret is set. */
  secrets: SecretsVersion[] | null
  ips: IpAssignment[]
  volumes: Map<string, Volume> | null
}

export type Org = { slug: string; name: string; numericId: number }

/** `orgs` null: every organisation; `app` set: that app only (a deploy token). */
export type Token = {
  value: string
  id: string
  orgs: readonly string[] | null
  app: string | null
  readOnly: boolean
  expiresAtMs: number | null
}
