import { type Lane, LANES } from '@hangar/core'
import { NOTIFY_SCHEDULES, type NotifyName, type Outcome, type SweepName } from '@hangar/jobs'
import type { createMetrics } from '@hangar/runtime'
import { Counter, Histogram } from 'prom-client'
import { SWEEP_NAMES } from '../sweeps/index.ts'

const OUTCOMES = ['done', 'again_after', 'retry', 'never', 'thrown'] as const
/** A lane's job is called after its lane, a sweep's and a channel's after its schedule. */
type JobName = Lane | SweepName | NotifyName | 'inspect' | 'bulk'
const JOBS: readonly JobName[] = [
  ...LANES,
  ...SWEEP_NAMES,
  ...NOTIFY_SCHEDULES.map(({ id }) => id),
  'inspect',
  'bulk',
]

export type Counted = (job: JobName, work: Promise<Outcome>) => Promise<Outcome>

/** Counts each job by how it ended, and its seconds. Every series exists at zero: a missing one means "broken". */
export function countOutcomes(registry: ReturnType<typeof createMetrics>): Counted {
  const outcomes = new Counter({
    name: 'hangar_job_outcomes_total',
    help: 'Jobs by name and by how they ended.',
    labelNames: ['job', 'outcome'] as const,
    registers: [registry],
  })
  const seconds = new Histogram({
    name: 'hangar_job_duration_seconds',
    help: 'How long one run of a job took.',
    labelNames: ['job'] as const,
    buckets: [0.01, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60],
    registers: [registry],
  })
  for (const job of JOBS) {
    seconds.zero({ job })
    for (const outcome of OUTCOMES) outcomes.inc({ job, outcome }, 0)
  }
  return async (job, work) => {
    const end = seconds.startTimer({ job })
    try {
      const outcome = await work
      outcomes.inc({ job, outcome: outcome.kind })
      return outcome
    } catch (error) {
      outcomes.inc({ job, outcome: 'thrown' })
      throw error
    } finally {
      end()
    }
  }
}
