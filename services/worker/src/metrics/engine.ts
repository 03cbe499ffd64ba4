/** What the engine does, as metrics: how long operations, their steps and their waits take, and what goes wrong. */
import type { Operation, Step } from '@hangar/core'
import type { SweepName } from '@hangar/jobs'
import type { createMetrics } from '@hangar/runtime'
import { Counter, Histogram } from 'prom-client'
import { type Wait, WAITS } from '../reconcile/instruments.ts'
import { REPAIRING_SWEEPS } from '../sweeps/index.ts'

const OPERATIONS = ['provision', 'deprovision', 'resize', 'repair'] as const satisfies readonly Operation[]
const FAILURES = ['retried', 'given_up'] as const

/** Every step that a plan can name; one that is missing here does not compile. */
const STEPS = Object.keys({
  reserve: true,
  rename: true,
  create_app: true,
  set_secrets: true,
  create_machine: true,
  adopt_machine: true,
  start_machine: true,
  restart_machine: true,
  await_started: true,
  await_healthy: true,
  activate: true,
  begin_resize: true,
  update_machine: true,
  begin_repair: true,
  confirm: true,
  await_turn: true,
  give_up: true,
  begin_teardown: true,
  ask_to_drain: true,
  end_drain: true,
  stop_machine: true,
  delete_machine: true,
  delete_app: true,
  abandon: true,
  close: true,
} satisfies Record<Step['kind'], true>)

export type EngineMetrics = ReturnType<typeof createEngineMetrics>

export function createEngineMetrics(registry: ReturnType<typeof createMetrics>) {
  const registers = [registry]
  const operations = new Histogram({
    name: 'hangar_operation_duration_seconds',
    help: 'From the first event of an operation to its completion, with everything it waited for. Completed ones only.',
    labelNames: ['operation'] as const,
    buckets: [0.5, 1, 2.5, 5, 10, 20, 30, 60, 120, 300, 900, 3600],
    registers,
  })
  const steps = new Histogram({
    name: 'hangar_step_duration_seconds',
    help: 'Working time of one run of a step. What a step waits for while the job is parked is not in it.',
    labelNames: ['step'] as const,
    buckets: [0.01, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
    registers,
  })
  const waits = new Histogram({
    name: 'hangar_wait_duration_seconds',
    help: 'What an operation waits for: a machine to start, the first heartbeat (or check) after it, the end of a drain.',
    labelNames: ['wait'] as const,
    buckets: [0.5, 1, 2.5, 5, 10, 20, 30, 45, 60, 90, 120, 180, 300],
    registers,
  })
  const failures = new Counter({
    name: 'hangar_attempt_failures_total',
    help: 'Attempts that failed: retried within seconds, or given up, which is tried again after minutes to hours.',
    labelNames: ['operation', 'outcome'] as const,
    registers,
  })
  const leasesLost = new Counter({
    name: 'hangar_leases_lost_total',
    help: 'Attempts that found their lease gone: this process stalled, or Postgres was away for longer than a lease lasts.',
    registers,
  })
  const repairs = new Counter({
    name: 'hangar_sweep_repairs_total',
    help: 'What a sweep mended because nothing else had. It should stay flat: each is a hint that was lost, or a fault.',
    labelNames: ['sweep'] as const,
    registers,
  })
  for (const operation of OPERATIONS) {
    operations.zero({ operation })
    for (const outcome of FAILURES) failures.inc({ operation, outcome }, 0)
  }
  for (const step of STEPS) steps.zero({ step })
  for (const wait of WAITS) waits.zero({ wait })
  for (const sweep of REPAIRING_SWEEPS) repairs.inc({ sweep }, 0)
  return {
    completed: (operation: Operation, ms: number) => operations.observe({ operation }, ms / 1000),
    step: (step: Step['kind'], ms: number) => steps.observe({ step }, ms / 1000),
    waited: (wait: Wait, ms: number) => waits.observe({ wait }, ms / 1000),
    attemptFailed: (operation: Operation, outcome: (typeof FAILURES)[number]) =>
      failures.inc({ operation, outcome }),
    leaseLost: () => leasesLost.inc(),
    repaired: (sweep: SweepName, count: number) => repairs.inc({ sweep }, count),
  }
}
