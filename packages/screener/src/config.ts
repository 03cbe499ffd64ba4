// Every setting of the screener, checked at once, so that a wrong app shows all its problems in one start.
import { z } from 'zod'

const durationMs = (fallbackMs: number, maxMs: number) =>
  z.coerce.number().int().min(1).max(maxMs).default(fallbackMs)

const schema = z.object({
  // Set by Hangar's worker on the machine.
  // Whatever the database takes as a uuid, with any version and variant.
  USER_ID: z.guid(),
  RUN_MODE: z.literal('user_dedicated'),
  HANGAR_URL: z.url({ protocol: /^https?$/ }),
  HANGAR_GENERATION: z.coerce.number().int().min(1),
  PORT: z.coerce.number().int().min(1).max(65_535).default(8080),
  // Set by Hangar's worker as Fly secrets.
  HANGAR_TOKEN: z.string().min(1),
  SHUTDOWN_TOKEN: z.string().min(1),
  // Set by Fly.
  FLY_MACHINE_ID: z.string().min(1),
  // Pause between two cycles of the traders.
  CYCLE_MS: durationMs(1000, 3_600_000),
  // From the request to stop until the last try to report it.
  DRAIN_DEADLINE_MS: durationMs(30_000, 300_000),
  // One call to Hangar.
  SHIM_TIMEOUT_MS: durationMs(5000, 60_000),
})

export type Config = Readonly<{
  userId: string
  hangarUrl: string
  generation: number
  port: number
  hangarToken: string
  shutdownToken: string
  machineId: string
  cycleMs: number
  drainDeadlineMs: number
  shimTimeoutMs: number
}>

/** Every problem found in the environment, one line each; holds names and rules, never a value. */
export class ConfigError extends Error {
  readonly problems: readonly string[]

  constructor(problems: readonly string[]) {
    super(
      `The configuration has ${problems.length} problem(s):\n${problems.map((line) => `  ${line}`).join('\n')}`,
    )
    this.name = 'ConfigError'
    this.problems = problems
  }
}

/** Reads the environment; throws {@link ConfigError} with all problems. An empty variable counts as unset. */
export function loadConfig(env: Record<string, string | undefined> = process.env): Config {
  const set = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== ''))
  const parsed = schema.safeParse(set)
  if (!parsed.success) {
    throw new ConfigError(
      parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${problem(issue, set)}`),
    )
  }
  const values = parsed.data
  return {
    userId: values.USER_ID.toLowerCase(),
    hangarUrl: values.HANGAR_URL.replace(/\/+$/, ''),
    generation: values.HANGAR_GENERATION,
    port: values.PORT,
    hangarToken: values.HANGAR_TOKEN,
    shutdownToken: values.SHUTDOWN_TOKEN,
    machineId: values.FLY_MACHINE_ID,
    cycleMs: values.CYCLE_MS,
    drainDeadlineMs: values.DRAIN_DEADLINE_MS,
    shimTimeoutMs: values.SHIM_TIMEOUT_MS,
  }
}

function problem(issue: z.core.$ZodIssue, env: Record<string, string | undefined>): string {
  return env[String(issue.path[0])] === undefined ? 'is not set' : issue.message
}
