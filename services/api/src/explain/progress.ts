/**
 * How far the operation under way has come, step by step: what its events say is done, what comes now, and what is left.
 * A step that was passed over (a machine that needed no drain) is not shown.
 */
import type { Operation } from '@hangar/core'
import type { AppRow, EventRow } from '@hangar/db'

export type StepState = 'done' | 'running' | 'waiting' | 'failed'
export type Progress = { operation: Operation; steps: { name: string; state: StepState; at: Date | null }[] }

type StepOf = {
  name: string
  /** Any of these events says that it is done, without the operation's name. */ by: string[]
}

const UP: StepOf[] = [
  { name: 'Secrets are set', by: ['secrets_set'] },
  { name: 'Machine is there', by: ['machine_created', 'machine_launched'] },
  { name: 'Machine is started', by: ['machine_started'] },
]

const STEPS: Record<Operation, StepOf[]> = {
  provision: [
    { name: 'Name is reserved', by: ['started'] },
    { name: 'App is made', by: ['app_created'] },
    ...UP,
    { name: 'App is healthy', by: ['healthy'] },
    { name: 'App is active', by: ['completed'] },
  ],
  resize: [
    { name: 'Change of size is begun', by: ['started'] },
    { name: 'App is told to drain', by: ['drain_started', 'drain_told', 'drain_signalled'] },
    { name: 'App has drained', by: ['drained'] },
    { name: 'Machine is stopped', by: ['machine_stopped'] },
    { name: 'Machine has its new size', by: ['machine_updated'] },
    { name: 'Machine is started', by: ['machine_started'] },
    { name: 'App is healthy', by: ['completed'] },
  ],
  repair: [
    { name: 'Repair is begun', by: ['started'] },
    ...UP,
    { name: 'App is healthy', by: ['completed'] },
  ],
  deprovision: [
    { name: 'Teardown is begun', by: ['started'] },
    { name: 'App is told to drain', by: ['drain_started', 'drain_told', 'drain_signalled'] },
    { name: 'App has drained', by: ['drained'] },
    { name: 'Machine is stopped', by: ['machine_stopped'] },
    { name: 'Machine is deleted', by: ['machine_deleted'] },
    { name: 'Fly is asked to delete the app', by: ['app_deleting'] },
    { name: 'App is gone', by: ['app_deleted', 'completed'] },
  ],
}

const REPEATED: ReadonlySet<Operation> = new Set(['resize', 'repair'])

/** Null: nothing is under way on it. */
export function operationUnderWay(app: AppRow | null): Operation | null {
  if (!app) return null
  if (app.teardownStartedAt) return 'deprovision'
  if (app.operation) return app.operation
  return app.deployedAt ? null : 'provision'
}

/** `events`: those of this app, newest first, at least since the operation began. */
export function progressOf(
  operation: Operation,
  events: readonly EventRow[],
  { failed }: { failed: boolean },
): Progress {
  // An app may be resized and repaired many times; it is made once, and ends once.
  const before = events.findIndex(({ eventType }) => eventType === `${operation}_completed`)
  const own = before === -1 || !REPEATED.has(operation) ? events : events.slice(0, before)
  const doneAt = (by: readonly string[]) =>
    own.find(({ eventType }) => by.some((suffix) => eventType === `${operation}_${suffix}`))?.createdAt ??
    null
  const all = STEPS[operation].map(({ name, by }) => ({ name, at: doneAt(by) }))
  const last = all.findLastIndex(({ at }) => at !== null)
  const shown = all.filter(({ at }, place) => at !== null || place > last)
  const current = shown.findIndex(({ at }) => at === null)
  return {
    operation,
    steps: shown.map(({ name, at }, place) => ({ name, at, state: stateOf(at, place === current, failed) })),
  }
}

function stateOf(at: Date | null, isCurrent: boolean, failed: boolean): StepState {
  if (at !== null) return 'done'
  if (!isCurrent) return 'waiting'
  return failed ? 'failed' : 'running'
}
