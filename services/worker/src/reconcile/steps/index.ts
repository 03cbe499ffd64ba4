import { HangarError, type Step } from '@hangar/core'
import type { Attempt, StepResult } from '../attempt.ts'
import type { Observation } from '../observe.ts'
import { awaitPermit } from '../permit.ts'
import { activate, awaitHealthy, awaitStarted, beginRepair, beginResize, confirm } from './bring-up.ts'
import { askToDrain, endDrain } from './drain.ts'
import { adoptMachine, createMachine, restartMachine, startMachine, updateMachine } from './machine.ts'
import { createApp, rename, reserve, setSecrets } from './provision.ts'
import { stopMachine } from './stop.ts'
import { abandon, beginTeardown, close, deleteApp, deleteMachine } from './teardown.ts'

/**
 * Steps that write the row at most: the write itself proves the lease, and nothing on Fly changes by them. All others
 * ask the guard first. Dooming a generation is one of those others: it re-reads the entitlement at the last moment.
 */
const ROW_ONLY = new Set<Step['kind']>([
  'reserve',
  'rename',
  'await_healthy',
  'activate',
  'begin_resize',
  'begin_repair',
  'adopt_machine',
  'end_drain',
  'confirm',
  'await_turn',
  'give_up',
])

export function needsGuard(step: Step): boolean {
  return !ROW_ONLY.has(step.kind)
}

/** Performs one step of a plan. Each may run twice: it does only what is still missing. */
export async function perform(attempt: Attempt, step: Step, seen: Observation): Promise<StepResult> {
  if (step.kind === 'reserve') return reserve(attempt, seen)
  const { row } = seen
  if (!row) return 'replan'
  if (!ROW_ONLY.has(step.kind) && step.kind !== 'begin_teardown') attempt.lastLook = null
  const context = { attempt, seen, row }
  switch (step.kind) {
    case 'rename':
      return rename(context)
    case 'create_app':
      return createApp(context)
    case 'set_secrets':
      return setSecrets(context)
    case 'create_machine':
      return createMachine(context)
    case 'adopt_machine':
      return adoptMachine(context, step.machineId)
    case 'start_machine':
      return startMachine(context, step.machineId)
    case 'restart_machine':
      return restartMachine(context, step.machineId)
    case 'await_started':
      return awaitStarted(context)
    case 'await_healthy':
      return awaitHealthy(context)
    case 'activate':
      return activate(context)
    case 'begin_resize':
      return beginResize(context)
    case 'update_machine':
      return updateMachine(context, step.machineId)
    case 'begin_repair':
      return beginRepair(context, step.reason)
    case 'confirm':
      return confirm(context)
    case 'await_turn':
      return (await awaitPermit(attempt, step.among === 'repairs' ? 'repair' : 'correction')) ?? 'next'
    case 'give_up':
      throw new HangarError('health_deadline', { operator: step.reason })
    case 'begin_teardown':
      return beginTeardown(context)
    case 'ask_to_drain':
      return askToDrain(context, step.machineId)
    case 'end_drain':
      return endDrain(context)
    case 'stop_machine':
      return stopMachine(context, step.machineId)
    case 'delete_machine':
      return deleteMachine(context, step.machineId)
    case 'delete_app':
      return deleteApp(context)
    case 'abandon':
      return abandon(context, step.reason)
    case 'close':
      return close(context, step.reason)
  }
}
