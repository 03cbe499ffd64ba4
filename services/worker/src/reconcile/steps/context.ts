import type { AppRow, AppPatch, Tx } from '@hangar/db'
import { insertEvent, updateApp } from '@hangar/db'
import { type Attempt, write } from '../attempt.ts'
import { type Work, workOn } from '../failure.ts'
import type { Observation } from '../observe.ts'

/** A step's view: the row as last written by this attempt, and what the pass saw on Fly. */
export type StepContext = { attempt: Attempt; seen: Observation; row: AppRow }

export type StepEvent = {
  type: string
  status?: 'started' | 'success' | 'failed' | 'skipped'
  message?: string
  metadata?: Record<string, unknown>
}

/** The operation this row is under: the first word of its events. */
export function workOf({ attempt, row }: StepContext): Work {
  return workOn(row, attempt.entitlement)
}

/** Changes the row and records what happened, in one fenced transaction. Later steps see the new row. */
export async function record(
  { attempt, seen, row }: StepContext,
  patch: AppPatch,
  events: StepEvent | StepEvent[],
  also?: (tx: Tx) => Promise<void>,
): Promise<AppRow> {
  const updated = await write(attempt, async (tx) => {
    const next = await updateApp(tx, row.id, patch)
    for (const event of [events].flat()) await insertStepEvent(tx, attempt, row, event)
    await also?.(tx)
    return next
  })
  seen.row = updated
  return updated
}

export function insertStepEvent(tx: Tx, attempt: Attempt, row: AppRow, event: StepEvent): Promise<unknown> {
  return insertEvent(tx, {
    userFlyAppId: row.id,
    userId: row.userId,
    eventType: event.type,
    status: event.status ?? 'success',
    message: event.message ?? null,
    actor: attempt.deps.owner,
    metadata: { fence: attempt.lease.fence, attempt: attempt.number, ...event.metadata },
  })
}
