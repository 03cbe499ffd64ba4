/**
 * Every setting of the scheduler, read once at start. What is missing or wrong is reported in one go, by name and
 * never by value, and the process does not start.
 */
import { commonConfig, loadConfig, policyFields, portField } from '@hangar/runtime'
import { z } from 'zod'

const intervalMs = (fallback: number) => z.coerce.number().int().min(50).default(fallback)

export const configSchema = z.object({
  ...commonConfig,
  ...policyFields,
  PORT: portField(3002),
  /** The longest a tier change waits when its webhook is lost. */
  RELAY_INTERVAL_MS: intervalMs(1000),
  /** Users of each lane woken in one round of the relay; the rest is woken in the next. */
  RELAY_BATCH_SIZE: z.coerce.number().int().min(1).max(10_000).default(1000),
  /** The longest the schedules are missing after Redis was flushed. */
  SCHEDULE_CHECK_INTERVAL_MS: intervalMs(2000),
  /** How soon an outage of Fly is seen, and its end. */
  GUARDS_INTERVAL_MS: intervalMs(15_000),
  /** How soon somebody is told of work that fails, waits or is late. */
  ALERTS_INTERVAL_MS: intervalMs(60_000),
  DIFFERENCES_INTERVAL_MS: intervalMs(60_000),
  STUCK_INTERVAL_MS: intervalMs(60_000),
  /** An app that no row explains is found within two of these. */
  ORPHANS_INTERVAL_MS: intervalMs(300_000),
  HEALTH_INTERVAL_MS: intervalMs(300_000),
  COST_INTERVAL_MS: intervalMs(3_600_000),
  /** After SIGTERM, how long the round in hand may take. */
  SHUTDOWN_DEADLINE_MS: z.coerce.number().int().min(0).default(10_000),
})

export type SchedulerConfig = z.output<typeof configSchema>

/** Throws `ConfigError`, which lists every problem. */
export function readConfig(env: Record<string, string | undefined> = process.env): SchedulerConfig {
  return loadConfig(configSchema, env)
}
