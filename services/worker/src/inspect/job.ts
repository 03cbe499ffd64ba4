import { ERRORS } from '@hangar/core'
import { answerInspection, findInspection, type InspectionRow } from '@hangar/db'
import { FlyError } from '@hangar/fly-client'
import type { Outcome } from '@hangar/jobs'
import type { ReconcileDeps } from '../reconcile/deps.ts'
import { FLY_CALL_TIMEOUT_MS } from '../reconcile/deps.ts'
import { examineWorker } from './doctor.ts'
import { inspectUser } from './inspect.ts'

/** Answers one question, whose text is in Postgres; one that is answered, or was forgotten, is left. */
export async function answerRequest(
  deps: ReconcileDeps,
  requestId: string,
  signal: AbortSignal,
): Promise<Outcome> {
  const asked = await findInspection(deps.db, requestId)
  if (!asked || asked.doneAt) return { kind: 'done' }
  const bounded = AbortSignal.any([signal, AbortSignal.timeout(2 * FLY_CALL_TIMEOUT_MS)])
  try {
    const result = await answerTo(deps, asked, bounded)
    await answerInspection(deps.db, requestId, result)
  } catch (error) {
    // Stopping is no answer: the job goes back, and another worker takes it.
    signal.throwIfAborted()
    deps.logger.warn({ err: error, requestId }, 'a dry run failed')
    await answerInspection(deps.db, requestId, { error: wordsFor(error) })
  }
  return { kind: 'done' }
}

function answerTo(deps: ReconcileDeps, { userId, question }: InspectionRow, signal: AbortSignal) {
  if ('doctor' in question) return examineWorker(deps, signal)
  if (userId === null) throw new Error('a question about a user names none')
  return inspectUser(deps, userId, question, signal)
}

/** What Fly said is for people to read; anything else is for the log. */
function wordsFor(error: unknown): string {
  return error instanceof FlyError ? error.message : ERRORS.internal.publicMessage
}
