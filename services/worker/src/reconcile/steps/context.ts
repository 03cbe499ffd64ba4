import {
  type AppPatch,
  type AppRow,
  type Database,
  insertEvent,
  recordStep,
  type StepRecord,
  type Tx,
} from '@hangar/db'
import type { Attempt } from '../attempt.ts'
import type { Operation } from '@hangar/core'
import { operationOn } from '../operation.ts'
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
export function operation({ attempt, row }: StepContext): Operation {
  return operationOn(row, attempt.entitlement)
}

/** Changes the row and records what happened, in one fenced statement. Later steps see the new row. */
export async function record(
  { attempt, seen, row }: StepContext,
  patch: AppPatch,
  events: StepEvent | StepEvent[],
  also: Pick<StepRecord, 'cost' | 'clearDrained' | 'takeUpAgain' | 'returnTraders' | 'stoppedMachineId'> = {},
  db: Database | Tx = attempt.deps.db,
): Promise<void> {
  const full = [events].flat().map((event) => toEvent(attempt, event))
  seen.row = await recordStep(db, attempt.lease, { appId: row.id, patch, events: full, ...also })
}

export function insertStepEvent(tx: Tx, attempt: Attempt, row: AppRow, event: StepEvent): Promise<unknown> {
  return insertEvent(tx, { ...toEvent(attempt, event), userFlyAppId: row.id, userId: row.userId })
}

function toEvent(attempt: Attempt, event: StepEvent) {
  return {
    eventType: event.type,
    status: event.status ?? ('success' as const),
    message: event.message ?? null,
    actor: attempt.deps.owner,
    metadata: {
      fence: attempt.lease.fence,
      attempt: attempt.number,
      ...attempt.deps.instruments?.eventFields(),
      ...event.metadata,
    },
  }
}
