/**
 * What lasts longer than it may: one alert per user, which says what the engine goes on doing and what an operator
 * can do, and resolves by itself. A row that is under way while nothing is wanted is one that everybody has
 * forgotten: only there a want is raised. And what nobody else ends by the clock: overrides, answered questions and old keys.
 */
import { STUCK, type StuckState, wayOut } from '@hangar/core'
import {
  type Deadlines,
  deleteOldIdempotencyKeys,
  deleteOldInspections,
  endExpiredOverrides,
  insertAudit,
  listForgotten,
  listStuck,
  raiseAlert,
  raiseWant,
  resolveAlert,
  resolveStuckAlerts,
  type StuckUser,
} from '@hangar/db'
import type { ReconcileDeps } from '../reconcile/deps.ts'
import { tellOfLateSweeps } from './alerts.ts'

/** Alerts of their own in one run, the longest stuck first; beyond that the crowd is the news. */
const MOST_ALERTS = 200
const MOST_ENDED = 500
const PAGE = 500
/** Wants raised in one run: more at once would come before what users ask for. */
const MOST_TAKEN_UP = 2_000
const MINUTE_MS = 60_000

const DEADLINES = Object.fromEntries(
  Object.entries(STUCK).map(([state, { afterMs }]) => [state, afterMs]),
) as Deadlines

export type StuckSummary = { stuck: number; taken_up: number; resolved: number; overrides_ended: number }

export async function sweepStuck(deps: ReconcileDeps, signal: AbortSignal): Promise<StuckSummary> {
  const { db } = deps
  const overridesEnded = await endOverrides(deps)
  const { users, total } = await listStuck(db, { deadlines: DEADLINES, limit: MOST_ALERTS })
  for (const user of users) {
    signal.throwIfAborted()
    await alert(deps, user)
  }
  const takenUp = await takeUpForgotten(deps, signal)
  await tellOfCrowd(deps, total)
  const resolved = await resolveStuckAlerts(db, DEADLINES)
  await deleteOldInspections(db, MOST_ENDED)
  await deleteOldIdempotencyKeys(db, MOST_ENDED)
  await tellOfLateSweeps(db)
  const summary = { stuck: total, taken_up: takenUp, resolved, overrides_ended: overridesEnded }
  deps.logger[total > 0 ? 'warn' : 'info'](summary, 'stuck sweep')
  return summary
}

/** A want ends the neglect, so the next run finds the rest of what this one was too short for. */
async function takeUpForgotten({ db }: ReconcileDeps, signal: AbortSignal): Promise<number> {
  let takenUp = 0
  let afterId: string | undefined
  while (takenUp < MOST_TAKEN_UP) {
    const page = await listForgotten(db, { deadlines: DEADLINES, limit: PAGE, afterId })
    for (const userId of page) {
      signal.throwIfAborted()
      await raiseWant(db, userId, 'sweep')
    }
    takenUp += page.length
    if (page.length < PAGE) break
    afterId = page.at(-1)
  }
  return takenUp
}

async function alert({ db }: ReconcileDeps, user: StuckUser): Promise<void> {
  const { severity, what, engine } = STUCK[user.state satisfies StuckState]
  const { operator, force } = wayOut(user.state, user.waitsFor)
  const minutes = Math.floor(user.stuckMs / MINUTE_MS)
  await raiseAlert(db, {
    kind: 'stuck',
    subject: user.userId,
    severity,
    message: `${user.state} for ${minutes} min: ${what}${user.waitsFor ? ` (${user.waitsFor})` : ''}`,
    details: {
      state: user.state,
      since: user.since,
      app: user.flyAppName,
      error_code: user.errorCode,
      waits_for: user.waitsFor,
      failed_attempts: user.failedAttempts,
      next_attempt_at: user.nextAttemptAt,
      engine,
      operator,
      force,
    },
  })
}

async function tellOfCrowd({ db }: ReconcileDeps, total: number): Promise<void> {
  if (total <= MOST_ALERTS) return resolveAlert(db, 'stuck', '')
  await raiseAlert(db, {
    kind: 'stuck',
    subject: '',
    severity: 'critical',
    message: `${total} users are stuck at once: the cause is not in them; the longest stuck have alerts of their own`,
  })
}

/** The tier decides again, so somebody has to look. */
function endOverrides({ db, owner }: ReconcileDeps): Promise<number> {
  return db.transaction().execute(async (tx) => {
    const ended = await endExpiredOverrides(tx, MOST_ENDED)
    for (const { id, userId } of ended) {
      await raiseWant(tx, userId, 'sweep')
      const after = { override: id, ended: 'expired' }
      await insertAudit(tx, { actor: owner, action: 'override.expired', userId, after })
    }
    return ended.length
  })
}
