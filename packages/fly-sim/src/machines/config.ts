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
  checkRestart(decoder.object('restart'))
  checkStop(decoder.object('stop_config'))
  const mounts = decoder.objects('mounts') ?? []
  if (mounts.length > 1) throw invalidArgument('machines may have at most one volume attached')
  const services = decoder.objects('services')?.map(readService)
  return {
    ...decoder.raw,
    image,
    guest: readGuest(decoder.object('guest')),
    ...(services && { services }),
  }
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
  return { ...decoder.raw, cpu_kind: kind, cpus, memory_mb: memoryMb }
}

/** `autostart` must be a boolean; `autostop` is accepted as "off", "stop", "suspend" and answered as false, true, "suspend". */
function readService(decoder: Decoder): Record<string, unknown> {
  decoder.boolean('autostart')
  decoder.integer('internal_port')
  const autostop = decoder.raw['autostop']
  if (autostop === undefined || autostop === null) return decoder.raw
  if (typeof autostop !== 'boolean' && !AUTOSTOPS.includes(autostop)) {
    throw invalidArgument('invalid machine configuration: autostop must be off, stop or suspend')
  }
  return { ...decoder.raw, autostop: autostop === 'off' ? false : autostop === 'stop' ? true : autostop }
}

function checkRestart(decoder: Decoder | undefined): void {
  const policy = decoder?.string('policy')
  decoder?.integer('max_retries')
  if (policy !== undefined && policy !== '' && !RESTART_POLICIES.includes(policy)) {
    throw invalidArgument(`invalid machine configuration: restart policy ${policy} is not valid`)
  }
}

function checkStop(decoder: Decoder | undefined): void {
  const signal = decoder?.string('signal')
  if (signal !== undefined && signal !== '' && !STOP_SIGNALS.includes(signal)) {
    throw invalidArgument(`invalid machine configuration: stop signal ${signal} is not valid`)
  }
  const timeout = decoder?.raw['timeout']
  if (timeout === undefined || timeout === null) return
  const timeoutMs = typeof timeout === 'string' || typeof timeout === 'number' ? durationMs(timeout) : null
  if (timeoutMs === null)
    throw invalidArgument(`invalid machine configuration: stop timeout is not a duration`)
  if (timeoutMs > LONGEST_TIMEOUT_MS)
    throw invalidArgument('invalid machine configuration: stop timeout is over 5m0s')
}
