/** Calls to Fly as metrics: by operation (never by path, which holds names) and by how they ended. */
import {
  type BreakerState,
  FLY_ERRORS,
  type FlyError,
  type FlyErrorCode,
  type FlyHooks,
  type OperationName,
} from '@hangar/fly-client'
import type { createMetrics } from '@hangar/runtime'
import { Counter, Gauge, Histogram } from 'prom-client'

/** What this process calls. Another operation of the client would share one name, so that it is seen and named here. */
const WORKER_OPERATIONS = [
  'apps.create',
  'apps.get',
  'apps.list',
  'apps.delete',
  'machines.create',
  'machines.get',
  'machines.list',
  'machines.update',
  'machines.delete',
  'machines.start',
  'machines.stop',
  'machines.restart',
  'machines.wait',
  'secrets.set',
  'orgs.machines',
  'platform.currentToken',
  'platform.placements',
  'platform.regions',
] as const satisfies readonly OperationName[]
const OTHER = 'other'

type Outcome = 'ok' | 'not_sent' | FlyErrorCode
const OUTCOMES: readonly Outcome[] = ['ok', 'not_sent', ...(Object.keys(FLY_ERRORS) as FlyErrorCode[])]
const BREAKER_STATES = ['closed', 'open', 'half_open'] as const satisfies readonly BreakerState[]

export function createFlyMetrics(
  registry: ReturnType<typeof createMetrics>,
): Required<Pick<FlyHooks, 'onCall' | 'onRetry' | 'onThrottle' | 'onBreaker'>> {
  const registers = [registry]
  const labelNames = ['operation'] as const
  const calls = new Counter({
    name: 'hangar_fly_calls_total',
    help: "Calls to Fly, by the client's name of the endpoint and by how they ended: ok, a cause, or not sent at all.",
    labelNames: ['operation', 'outcome'] as const,
    registers,
  })
  const seconds = new Histogram({
    name: 'hangar_fly_call_duration_seconds',
    help: 'Whole calls: waiting for the rate limit, attempts and pauses. A wait for a machine may last long.',
    labelNames,
    buckets: [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30],
    registers,
  })
  const retries = new Counter({
    name: 'hangar_fly_retries_total',
    help: 'Reads that were sent once more.',
    labelNames,
    registers,
  })
  const limiterWait = new Counter({
    name: 'hangar_fly_limiter_wait_seconds_total',
    help: "Time that calls spent waiting for our own token buckets, which keep us inside Fly's rate limits.",
    labelNames,
    registers,
  })
  const breaker = new Gauge({
    name: 'hangar_fly_breaker_state',
    help: "1 for the state that this worker's circuit breaker is in.",
    labelNames: ['state'] as const,
    registers,
  })
  const showBreaker = (now: BreakerState) => {
    for (const state of BREAKER_STATES) breaker.set({ state }, state === now ? 1 : 0)
  }
  for (const operation of [...WORKER_OPERATIONS, OTHER]) {
    for (const outcome of OUTCOMES) calls.inc({ operation, outcome }, 0)
    seconds.zero({ operation })
    retries.inc({ operation }, 0)
    limiterWait.inc({ operation }, 0)
  }
  showBreaker('closed')
  return {
    onCall: ({ operation, durationMs, error }) => {
      calls.inc({ operation: nameOf(operation), outcome: outcomeOf(error) })
      seconds.observe({ operation: nameOf(operation) }, durationMs / 1000)
    },
    onRetry: ({ operation }) => retries.inc({ operation: nameOf(operation) }),
    onThrottle: ({ operation, waitMs }) => limiterWait.inc({ operation: nameOf(operation) }, waitMs / 1000),
    onBreaker: showBreaker,
  }
}

function nameOf(operation: string): string {
  return (WORKER_OPERATIONS as readonly string[]).includes(operation) ? operation : OTHER
}

/** The breaker's refusal and Fly's own 503 have one code, and not one cause. */
function outcomeOf(error: FlyError | undefined): Outcome {
  if (!error) return 'ok'
  return error.code === 'unavailable' && !error.sent ? 'not_sent' : error.code
}
