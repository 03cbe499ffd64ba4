/**
 * What nobody else raises: users whose work was given up, work that waits, sweeps that are late, webhooks that do not
 * come. Each condition is one statement that also resolves what is over, so a run that fails half way costs nothing
 * but a minute. And the end of alerts that are long over.
 */
import {
  type ConditionResult,
  type Database,
  forgetOldAlerts,
  measureBacklog,
  recordQueueHeads,
  resolveEndedMigrations,
  resolveOldFacts,
  settleFailedProvisions,
  settleFailedTeardowns,
  settleFindings,
  settleHighRetries,
  settleLateSweeps,
  settleStuckMoves,
  settleWaitingWaves,
  settleWebhookSilence,
} from '@hangar/db'
import { SCHEDULES, type WaitingHead } from '@hangar/jobs'
import type { ReconcileDeps } from '../reconcile/deps.ts'

export type AlertDeps = Pick<ReconcileDeps, 'db' | 'logger'> & {
  /** The job that is next in each queue. Where nobody can say, nothing is said of queues. */
  listWaitingHeads?: () => Promise<WaitingHead[]>
}

/** Alerts of their own in one condition, the longest failing first; beyond that the crowd is the news. */
const MOST_ALERTS = 200
const MINUTE_MS = 60_000
/** A user is woken within a second; a worker that is busy takes them within some more. */
const OUTBOX_LAG_MS = 2 * MINUTE_MS
const QUEUE_LAG_MS = 2 * MINUTE_MS
/** Sweeps take turns, and one of them may look at ten thousand apps. */
const PATIENT_QUEUES = { sweep: 10 * MINUTE_MS, health: 10 * MINUTE_MS, cost: 30 * MINUTE_MS }
/** What was lost stays lost: the alert stands as long as somebody may have to hear of it. */
const FACTS_STAND_MS = 24 * 60 * MINUTE_MS
const KEPT = { resolvedForMs: 30 * 24 * 60 * MINUTE_MS, mostResolved: 20_000, atOnce: 2_000 }

export type AlertSummary = { raised: number; resolved: number; forgotten: number }

export async function sweepAlerts(deps: AlertDeps, signal: AbortSignal): Promise<AlertSummary> {
  const { db, logger } = deps
  const conditions: (() => Promise<ConditionResult>)[] = [
    () => settleFailedProvisions(db, MOST_ALERTS),
    () => settleFailedTeardowns(db, MOST_ALERTS),
    () => settleHighRetries(db, MOST_ALERTS),
    () => settleStuckMoves(db, MOST_ALERTS),
    () => settleWaitingWaves(db, MOST_ALERTS),
    () => tellOfLateSweeps(db),
    () => settleWebhookSilence(db),
    () => settleOutboxLag(deps),
    () => settleQueueLag(deps),
  ]
  const summary = { raised: 0, resolved: 0, forgotten: 0 }
  for (const settle of conditions) {
    signal.throwIfAborted()
    const { raised, resolved } = await settle()
    summary.raised += raised
    summary.resolved += resolved
  }
  summary.resolved += await resolveOldFacts(db, 'drain_lost', FACTS_STAND_MS)
  summary.resolved += await resolveEndedMigrations(db, FACTS_STAND_MS)
  summary.forgotten = await forgetOldAlerts(db, KEPT)
  logger[summary.raised > 0 ? 'warn' : 'info'](summary, 'alerts sweep')
  return summary
}

/** Asked by two sweeps in two queues: a queue that stands still takes only one of them with it. */
export function tellOfLateSweeps(db: Database): Promise<ConditionResult> {
  return settleLateSweeps(
    db,
    SCHEDULES.map(({ id }) => id),
  )
}

async function settleOutboxLag({ db }: AlertDeps): Promise<ConditionResult> {
  const { dueCount, oldestDueMs } = await measureBacklog(db)
  if (oldestDueMs < OUTBOX_LAG_MS) return settleFindings(db, 'outbox_lag', [])
  const message = `${dueCount} users are due and no worker holds them, the first for ${seconds(oldestDueMs)} s`
  const details = { due: dueCount, oldest_due_ms: Math.round(oldestDueMs) }
  return settleFindings(db, 'outbox_lag', [{ subject: '', severity: 'critical', message, details }])
}

async function settleQueueLag({ db, listWaitingHeads }: AlertDeps): Promise<ConditionResult> {
  if (!listWaitingHeads) return { found: 0, raised: 0, resolved: 0 }
  const waiting = await recordQueueHeads(db, await listWaitingHeads())
  const late = waiting.filter(({ queue, job, waitingMs }) => job !== '' && waitingMs >= patienceMs(queue))
  const findings = late.map(({ queue, job, waitingMs }) => ({
    subject: queue,
    severity: 'warning' as const,
    message: `a job has been waiting in the queue ${queue} for at least ${seconds(waitingMs)} s`,
    details: { queue, job, waiting_ms: Math.round(waitingMs) },
  }))
  return settleFindings(db, 'queue_lag', findings)
}

function patienceMs(queue: string): number {
  return (PATIENT_QUEUES as Record<string, number>)[queue] ?? QUEUE_LAG_MS
}

function seconds(ms: number): number {
  return Math.round(ms / 1000)
}
