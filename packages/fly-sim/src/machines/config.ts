import { invalidArgument } from '../http/answer.ts'
import type { Decoder } from '../http/decode.ts'
import type { Guest, MachineConfig } from '../world/types.ts'
import { durationMs } from '../world/durations.ts'
import { LONGEST_TIMEOUT_MS } from './stop-settings.ts'

/** fly-go machine_types.go: which CPU counts exist, and how much memory each CPU may have. */
const GUEST_RULES = {
  shared: { cpus: [1, 2, 4, 6, 8], minMbPerCpu: 256, maxMbPerCpu: 2_048 },
  performance: { cpus: [1, 2, 4, 6, 8, 10, 12, 14, 16], minMbPerCpu: 2_048, maxMbPerCpu: 8_192 },
} as const
const MEMORY_STEP_MB = 256

const DEFAULT_GUEST: Guest = { cpu_kind: 'shared', cpus: 1, memory_mb: 256 }
const RESTART_POLICIES = ['no', 'on-failure', 'always', 'spot-price']
const AUTOSTOPS: readonly unknown[] = ['off', 'stop', 'suspend']
const STOP_SIGNALS = ['SIGHUP', 'SIGINT', 'SIGQUIT', 'SIGKILL', 'SIGUSR1', 'SIGUSR2', 'SIGTERM']

/** Reads `config` of a create or update: types as Go would check them, values as Fly would, replies as Fly gives them. */
export function readConfig(decoder: Decoder | undefined): MachineConfig {
  if (!decoder) throw invalidArgument('config is required')
  const image = decoder.string('image')
  if (image === undefined || image === '') throw invalidArgument('config.image is required')
  decoder.stringMap('env')
  decoder.stringMap('metadata')
  decoder.boolean('auto_destroy')
  decoder.string('schedule')
  const mounts = decoder.objects('mounts')?.map(readMount)
  if (mounts && mounts.length > 1) throw invalidArgument('machines may have at most one volume attached')
  const parts = {
    restart: readRestart(decoder.object('restart')),
    stop_config: readStop(decoder.object('stop_config')),
    init: readInit(decoder.object('init')),
    checks: decoder.objectMap('checks')?.map(([name, check]) => [name, readCheck(check)] as const),
    services: decoder.objects('services')?.map(readService),
  }
  return {
    ...decoder.present,
    image,
    guest: readGuest(decoder.object('guest')),
    ...(parts.restart && { restart: parts.restart }),
    ...(parts.stop_config && { stop_config: parts.stop_config }),
    ...(parts.init && { init: parts.init }),
    ...(mounts && { mounts }),
    ...(parts.checks && { checks: Object.fromEntries(parts.checks) }),
    ...(parts.services && { services: parts.services }),
  }
}

function readMount(decoder: Decoder): Record<string, unknown> {
  decoder.string('volume')
  decoder.string('path')
  return decoder.present
}

function readInit(decoder: Decoder | undefined): Record<string, unknown> | undefined {
  decoder?.integer('swap_size_mb')
  for (const field of ['cmd', 'entrypoint', 'exec']) decoder?.strings(field)
  return decoder?.present
}

function readCheck(decoder: Decoder): Record<string, unknown> {
  decoder.integer('port')
  for (const field of ['type', 'path', 'method', 'kind']) decoder.string(field)
  for (const field of ['interval', 'timeout', 'grace_period']) readDuration(decoder, field)
  return decoder.present
}

/** Text of Go, or a bare number, which counts as nanoseconds. */
function readDuration(decoder: Decoder, field: string): number | null {
  const value = decoder.present[field]
  if (value === undefined) return null
  const inMs = typeof value === 'string' || typeof value === 'number' ? durationMs(value) : null
  if (inMs === null) throw invalidArgument(`invalid machine configuration: ${field} is not a duration`)
  return inMs
}

function readGuest(decoder: Decoder | undefined): Guest {
  if (!decoder) return { ...DEFAULT_GUEST }
  const kind = decoder.string('cpu_kind') ?? 'shared'
  const cpus = decoder.integer('cpus') ?? 1
  if (kind !== 'shared' && kind !== 'performance')
    throw invalidArgument(`invalid machine configuration: cpu_kind ${kind} is not valid`)
  const rules = GUEST_RULES[kind]
  const memoryMb = decoder.integer('memory_mb') ?? rules.minMbPerCpu * cpus
  if (!(rules.cpus as readonly number[]).includes(cpus)) {
    throw invalidArgument(
      `invalid machine configuration: cpus ${cpus} is not valid for ${kind}, use one of ${rules.cpus.join(', ')}`,
    )
  }
  const [lowMb, highMb] = [rules.minMbPerCpu * cpus, rules.maxMbPerCpu * cpus]
  if (memoryMb % MEMORY_STEP_MB !== 0 || memoryMb < lowMb || memoryMb > highMb) {
    throw invalidArgument(
      `invalid machine configuration: memory_mb ${memoryMb} must be a multiple of ${MEMORY_STEP_MB} between ${lowMb} and ${highMb}`,
    )
  }
  return { ...decoder.present, cpu_kind: kind, cpus, memory_mb: memoryMb }
}

/** `autostart` must be a boolean; `autostop` is accepted as "off", "stop", "suspend" and answered as false, true, "suspend". */
function readService(decoder: Decoder): Record<string, unknown> {
  decoder.boolean('autostart')
  decoder.integer('internal_port')
  decoder.string('protocol')
  const checks = decoder.objects('checks')?.map(readCheck)
  const { autostop, ...rest } = decoder.present
  if (autostop !== undefined && typeof autostop !== 'boolean' && !AUTOSTOPS.includes(autostop)) {
    throw invalidArgument('invalid machine configuration: autostop must be off, stop or suspend')
  }
  const shown = autostop === 'off' ? false : autostop === 'stop' ? true : autostop
  return { ...rest, ...(checks && { checks }), ...(shown !== undefined && { autostop: shown }) }
}

function readRestart(decoder: Decoder | undefined): Record<string, unknown> | undefined {
  const policy = decoder?.string('policy')
  decoder?.integer('max_retries')
  if (policy !== undefined && policy !== '' && !RESTART_POLICIES.includes(policy)) {
    throw invalidArgument(`invalid machine configuration: restart policy ${policy} is not valid`)
  }
  return decoder?.present
}

function readStop(decoder: Decoder | undefined): Record<string, unknown> | undefined {
  const signal = decoder?.string('signal')
  if (signal !== undefined && signal !== '' && !STOP_SIGNALS.includes(signal)) {
    throw invalidArgument(`invalid machine configuration: stop signal ${signal} is not valid`)
  }
  const timeoutMs = decoder ? readDuration(decoder, 'timeout') : null
  if (timeoutMs !== null && timeoutMs > LONGEST_TIMEOUT_MS) {
    throw invalidArgument('invalid machine configuration: stop timeout is over 5m0s')
  }
  return decoder?.present
}
