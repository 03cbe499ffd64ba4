import type { Outcome } from '@hangar/jobs'
import type { createMetrics } from '@hangar/runtime'
import { Counter, Histogram } from 'prom-client'

const OUTCOMES = ['done', 'again_after', 'retry', 'never', 'thrown'] as const
const QUEUES = ['provision', 'deprovision', 'health', 'cost', 'sweep'] as const

/** Counts each job by how it ended, and its seconds. Every series exists at zero: a missing one means "broken". */
export function countOutcomes(registry: ReturnType<typeof createMetrics>) {
  const outcomes = new Counter({
    name: 'hangar_job_outcomes_total',
    help: 'Jobs by queue and by how they ended.',
    labelNames: ['queue', 'outcome'] as const,
    registers: [registry],
  })
  const seconds = new Histogram({
    name: 'hangar_job_seconds',
    help: 'How long one run of a job took.',
    labelNames: ['queue'] as const,
    buckets: [0.01, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60],
    registers: [registry],
  })
  for (const queue of QUEUES) {
    seconds.zero({ queue })
    for (const outcome of OUTCOMES) outcomes.inc({ queue, outcome }, 0)
  }
  return async (queue: (typeof QUEUES)[number], work: Promise<Outcome>): Promise<Outcome> => {
    const end = seconds.startTimer({ queue })
    try {
      const outcome = await work
      outcomes.inc({ queue, outcome: outcome.kind })
      return outcome
    } catch (error) {
      outcomes.inc({ queue, outcome: 'thrown' })
      throw error
    } finally {
      end()
    }
  }
}
