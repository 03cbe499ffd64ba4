import { draw } from '../settings.ts'
import type { Sim } from '../sim.ts'
import type { Exit, Machine } from '../world/types.ts'

/** A program that ran so long before it ended begins counting again. */
const STABLE_AFTER_MS = 300_000
const DEFAULT_MAX_RETRIES = 10
const LONGEST_BACKOFF_FACTOR = 30

export type AfterExit = { kind: 'restart'; afterMs: number } | { kind: 'stop' } | { kind: 'destroy' }

/** What Fly does when a program ends that nobody asked to end. */
export function afterExit(machine: Machine, exit: Exit, sim: Sim): AfterExit {
  const { policy = 'on-failure', max_retries: maxRetries = DEFAULT_MAX_RETRIES } =
    machine.config.restart ?? {}
  const ranMs = machine.startedAtMs === null ? 0 : sim.clock.nowMs() - machine.startedAtMs
  if (ranMs >= STABLE_AFTER_MS) machine.restartCount = 0
  const wanted =
    policy === 'always' ||
    (policy === 'on-failure' && exit.exitCode !== 0 && machine.restartCount < maxRetries)
  if (machine.config.auto_destroy === true && policy !== 'always') return { kind: 'destroy' }
  if (!wanted) return { kind: 'stop' }
  const factor = Math.min(2 ** machine.restartCount, LONGEST_BACKOFF_FACTOR)
  return { kind: 'restart', afterMs: draw(sim.delays.restartBackoffMs, sim.random) * factor }
}
