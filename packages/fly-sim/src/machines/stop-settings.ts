import { durationMs } from '../world/durations.ts'
import type { MachineConfig } from '../world/types.ts'

/** "Maximum 300 s, default 5 s"; the default signal is documented as SIGINT. */
const DEFAULT_TIMEOUT_MS = 5_000
export const LONGEST_TIMEOUT_MS = 300_000
const DEFAULT_SIGNAL = 'SIGINT'

export type StopSettings = { signal: string; timeoutMs: number }

/** Signal and kill timeout of a stop: what the call asks for, else the machine's stop_config, else Fly's defaults. */
export function stopSettings(
  config: MachineConfig,
  asked: { signal?: string | undefined; timeoutMs?: number | null } = {},
): StopSettings {
  const timeoutMs = asked.timeoutMs ?? durationMs(config.stop_config?.timeout) ?? DEFAULT_TIMEOUT_MS
  return {
    signal: asked.signal ?? config.stop_config?.signal ?? DEFAULT_SIGNAL,
    timeoutMs: Math.min(Math.max(timeoutMs, 0), LONGEST_TIMEOUT_MS),
  }
}
