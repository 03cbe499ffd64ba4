/** Joins what the engine tells of itself with metrics, traces and the answers of Fly. */
import { AsyncLocalStorage } from 'node:async_hooks'
import type { Operation, Step } from '@hangar/core'
import { type AppRow, type Database, summarizeEvents } from '@hangar/db'
import type { FlyHooks } from '@hangar/fly-client'
import { type createMetrics, type Logger, traceIdOf, type Tracing } from '@hangar/runtime'
import { createEngineMetrics, type EngineMetrics } from './metrics/engine.ts'
import { createFlyMetrics } from './metrics/fly.ts'
import type { Instruments } from './reconcile/instruments.ts'
import type { Observation } from './reconcile/observe.ts'
import { operationOn } from './reconcile/operation.ts'

type Parts = {
  metrics: EngineMetrics
  tracing: Tracing
  /** The trace that the user's work belongs to by now. */
  recallTrace: (userId: string) => Promise<string | undefined>
  db: Database
  logger: Logger
  answers: StepAnswers
}

/** What Fly last answered within the step that is being performed. */
type StepAnswers = AsyncLocalStorage<{ last?: { fly_request_id: string; fly_status: number | undefined } }>

/** The steps that end an operation; but a row may also be closed because its app is gone. */
const ENDS = new Set<Step['kind']>(['activate', 'confirm', 'close'])

/** What watches a worker: for the engine, and for its client of Fly. */
export function watchWorker(
  parts: Omit<Parts, 'metrics' | 'answers'> & { registry: ReturnType<typeof createMetrics> },
) {
  const metrics = createEngineMetrics(parts.registry)
  const answers: StepAnswers = new AsyncLocalStorage()
  return {
    instruments: createInstruments({ ...parts, metrics, answers }),
    flyHooks: createFlyHooks(createFlyMetrics(parts.registry), parts.tracing, answers),
  }
}

function createInstruments({ metrics, tracing, recallTrace, db, logger, answers }: Parts): Instruments {
  return {
    logFields: () => {
      const traceId = traceIdOf(tracing.traceparent())
      return traceId === undefined ? {} : { traceId }
    },
    eventFields: () => ({ ...answers.getStore()?.last }),
    pass: async (userId, pass) => {
      if (!tracing.enabled) return pass()
      const parent = await recallTrace(userId)
      const isSame = traceIdOf(parent) === traceIdOf(tracing.traceparent())
      if (parent === undefined || isSame) return pass()
      // The tier has changed again since the job began, and from here on it is worked on for that.
      return tracing.span('reconcile', { kind: 'consumer', parent }, pass)
    },
    look: (look) => tracing.span('look', {}, look),
    step: ({ attempt, step, seen }, perform) => {
      const before = seen.row
      const operation = operationOn(before, attempt.entitlement)
      const attributes = { 'hangar.operation': operation, 'hangar.app': before?.flyAppName }
      return tracing.span(`step ${step}`, { attributes }, async (span) => {
        const beganAtMs = performance.now()
        try {
          const result = await answers.run({}, perform)
          span.set({ 'hangar.result': typeof result === 'string' ? result : result.reason })
          tellWaits(metrics, step, before, seen)
          const isEnd = ENDS.has(step) && (step !== 'close' || before?.teardownStartedAt)
          if (before && isEnd)
            tellEnd({ metrics, db }, operation, before).catch((err: unknown) =>
              logger.debug({ err }, 'how long it took was not measured'),
            )
          return result
        } finally {
          metrics.step(step, performance.now() - beganAtMs)
        }
      })
    },
    waited: (_operation, wait, ms) => metrics.waited(wait, ms),
    attemptFailed: (operation, givenUp) => metrics.attemptFailed(operation, givenUp ? 'given_up' : 'retried'),
    leaseLost: () => metrics.leaseLost(),
    swept: (sweep, repairs) => metrics.repaired(sweep, repairs),
  }
}

/** The database's own times, as the step wrote them. */
function tellWaits(
  metrics: EngineMetrics,
  step: Step['kind'],
  before: AppRow | null,
  { row: after }: Observation,
): void {
  if (!before || !after?.startedAt) return
  if (step === 'await_started' && !before.startedAt && after.launchedAt)
    metrics.waited('machine_start', after.startedAt.getTime() - after.launchedAt.getTime())
  if (step === 'activate' || step === 'confirm')
    metrics.waited('first_heartbeat', after.updatedAt.getTime() - after.startedAt.getTime())
}

/** Since it was begun; a resize or repair that was parked, since it was last taken up again. */
async function tellEnd(
  { metrics, db }: Pick<Parts, 'metrics' | 'db'>,
  operation: Operation,
  row: AppRow,
): Promise<void> {
  const begun = await summarizeEvents(db, row.id, `${operation}_started`, row.createdAt)
  if (begun.times === 0) return
  const isOfRow = operation === 'provision' || operation === 'deprovision'
  metrics.completed(operation, isOfRow ? begun.sinceFirstMs : begun.sinceLastMs)
}

/** Each call to Fly as a metric and as a span of the step that made it; Fly is told of the trace. */
function createFlyHooks(
  metrics: ReturnType<typeof createFlyMetrics>,
  tracing: Tracing,
  answers: StepAnswers,
): FlyHooks {
  return {
    ...metrics,
    onAttempt: () => {
      const traceparent = tracing.traceparent()
      return traceparent === undefined ? undefined : { traceparent }
    },
    onCall: (call) => {
      metrics.onCall(call)
      const { operation, method, attempt, durationMs, status, requestId, error } = call
      const step = answers.getStore()
      if (step && requestId !== undefined) step.last = { fly_request_id: requestId, fly_status: status }
      const attributes = {
        'http.request.method': method,
        'http.response.status_code': status,
        'http.request.resend_count': attempt - 1,
        'fly.request_id': requestId,
      }
      tracing.past(`fly ${operation}`, { kind: 'client', attributes, durationMs, error })
    },
  }
}
