/**
 * What a machine is made of, in Fly's own snake_case shape, so that a config can be read, changed and
 * sent back without loss. From Fly's OpenAPI file (2026-08-20), which a test holds this against;
 * comments give what the file leaves out. Durations are Go duration strings such as '15s'.
 * Types are of what is sent; an answer may hold fields that are not listed here, and keeps them.
 */

export interface MachineConfig {
  /** Pin by digest. */
  image?: string
  guest?: MachineGuest
  env?: Record<string, string>
  init?: MachineInit
  restart?: MachineRestart
  /** Default false. Then also destroyed when it exits with an error. */
  auto_destroy?: boolean
  services?: MachineService[]
  checks?: Record<string, MachineCheck>
  /** `fly_platform_version` and `fly_process_group` would hand the machine over to `fly deploy`. */
  metadata?: Record<string, string>
  /** At most one, and an update cannot change it. */
  mounts?: MachineMount[]
  /** Fly's default signal is documented in two ways, its default timeout is 5 s, its longest 300 s: set both. */
  stop_config?: StopConfig
  rootfs?: { persist?: 'never' | 'always' | 'restart'; size_gb?: number }
  files?: MachineFile[]
  dns?: Record<string, unknown>
  metrics?: { port?: number; path?: string; https?: boolean }
  processes?: Record<string, unknown>[]
  containers?: Record<string, unknown>[]
  standbys?: string[]
  statics?: {
    guest_path: string
    url_prefix: string
    index_document?: string
    tigris_bucket?: string
  }[]
  schedule?: string
  spot?: { max_price_fraction?: number }
  cache_drive?: { size_mb?: number }
  disable_machine_autostart?: boolean
  size?: string
}

export interface MachineGuest {
  cpu_kind?: 'shared' | 'performance'
  /** Shared: 1, 2, 4, 6, 8. Performance: 1, 2, 4 and on to 16. */
  cpus?: number
  /** A multiple of 256; per CPU 256 to 2048 shared, 2048 to 8192 performance. */
  memory_mb?: number
  max_memory_mb?: number
  kernel_args?: string[]
  gpu_kind?: string
  gpus?: number
  host_dedication_id?: string
  persist_rootfs?: 'never' | 'always' | 'restart'
}

export interface MachineInit {
  exec?: string[]
  entrypoint?: string[]
  cmd?: string[]
  tty?: boolean
  swap_size_mb?: number
  kernel_args?: string[]
}

export interface MachineRestart {
  /** Without a policy Fly restarts on failure, ten times within five minutes. */
  policy?: 'no' | 'on-failure' | 'always' | 'spot-price'
  max_retries?: number
  gpu_bid_price?: number
}

export interface MachineService {
  protocol?: string
  internal_port?: number
  ports?: MachinePort[]
  concurrency?: { type?: string; soft_limit?: number; hard_limit?: number }
  autostart?: boolean
  /** Sent as a word; answered as `false` for off and `true` for stop. */
  autostop?: 'off' | 'stop' | 'suspend' | boolean
  min_machines_running?: number
  checks?: MachineCheck[]
  force_instance_description?: string
  force_instance_key?: string
}

export interface MachinePort {
  port?: number
  start_port?: number
  end_port?: number
  handlers?: string[]
  force_https?: boolean
  http_options?: Record<string, unknown>
  tls_options?: Record<string, unknown>
  proxy_proto_options?: Record<string, unknown>
}

export interface MachineCheck {
  type?: 'tcp' | 'http'
  port?: number
  interval?: string
  timeout?: string
  grace_period?: string
  method?: string
  path?: string
  protocol?: string
  headers?: { name?: string; values?: string[] }[]
  tls_server_name?: string
  tls_skip_verify?: boolean
  /** `readiness` takes a failing machine out of the load balancer; `informational`, the default, does not. */
  kind?: 'informational' | 'readiness'
}

export interface MachineMount {
  volume?: string
  path?: string
  name?: string
  size_gb?: number
  encrypted?: boolean
  extend_threshold_percent?: number
  add_size_gb?: number
  size_gb_limit?: number
}

export type StopSignal = 'SIGHUP' | 'SIGINT' | 'SIGQUIT' | 'SIGKILL' | 'SIGUSR1' | 'SIGUSR2' | 'SIGTERM'

export interface StopConfig {
  signal?: StopSignal
  timeout?: string
}

export interface MachineFile {
  guest_path?: string
  raw_value?: string
  secret_name?: string
  image_config?: string
  mode?: number
}
