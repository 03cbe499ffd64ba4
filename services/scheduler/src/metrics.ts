import { LANES, type Lane } from '@hangar/core'
import type { WakeResult } from '@hangar/jobs'
import type { createMetrics } from '@hangar/runtime'
import { Counter, Gauge, Histogram } from 'prom-client'

import type { LoopEvents } from './loop.ts'

type Registry = ReturnType<typeof createMetrics>

export type RelayMetrics = {
  woken(lane: Lane, result: WakeResult): void
  observeBacklog(backlog: { dueCount: number; oldestDueMs: number }): void
}

const WAKE_RESULTS = ['added', 'coalesced', 'promoted'] as const satisfies WakeResult[]

/** Every series exists at zero from the start: a missing one means "broken", not "nothing happened". */
export function createRelayMetrics(registry: Registry): RelayMetrics {
  const registers = [registry]
  const woken = new Counter({
    name: 'hangar_relay_woken_total',
    help: 'Users woken by the relay. Rising "added" means that webhooks do not arrive, or that Redis lost its jobs.',
    labelNames: ['lane', 'result'] as const,
    registers,
  })
  for (const lane of LANES) for (const result of WAKE_RESULTS) woken.inc({ lane, result }, 0)
  const due = new Gauge({
    name: 'hangar_relay_due_users',
    help: 'Users with work that is due and that no worker holds.',
    registers,
  })
  const lag = new Gauge({
    name: 'hangar_relay_lag_seconds',
    help: 'For how long the user who has waited longest has been due.',
    registers,
  })
  return {
    woken: (lane, result) => woken.inc({ lane, result }),
    observeBacklog: ({ dueCount, oldestDueMs }) => {
      due.set(dueCount)
      lag.set(oldestDueMs / 1000)
    },
  }
}

/** What each loop does to the metrics: how long a round takes, how many failed, and when the last one succeeded. */
export function createLoopMetrics(
  registry: Registry,
): (loop: string) => Required<Pick<LoopEvents, 'onSuccess' | 'onFailure'>> {
  const registers = [registry]
  const labelNames = ['loop'] as const
  const seconds = new Histogram({
    name: 'hangar_scheduler_round_duration_seconds',
    help: 'How long a round that succeeded took.',
    labelNames,
    buckets: [0.005, 0.01, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
    registers,
  })
  const failures = new Counter({
    name: 'hangar_scheduler_round_failures_total',
    help: 'Rounds that failed, because Postgres or Redis was away.',
    labelNames,
    registers,
  })
  const lastSuccess = new Gauge({
    name: 'hangar_scheduler_last_success_timestamp_seconds',
    help: 'When a round last succeeded, as a Unix time. 0: not yet.',
    labelNames,
    registers,
  })
  return (loop) => {
    seconds.zero({ loop })
    failures.inc({ loop }, 0)
    lastSuccess.set({ loop }, 0)
    return {
      onSuccess: (took) => {
        seconds.observe({ loop }, took)
        lastSuccess.setToCurrentTime({ loop })
      },
      onFailure: () => failures.inc({ loop }),
    }
  }
}
