/** What a machine's state on Fly means for the plan. Fly's states are an open set: an unknown one is "in between". */
import type { MachineFacts, RowFacts } from './world.ts'

const RUNNING = new Set(['started'])
export const STARTABLE = new Set(['stopped', 'suspended', 'created'])
export const COMING_UP = new Set(['creating', 'starting', 'restarting', 'updating', 'replacing'])
export const BROKEN = new Set(['failed', 'launch_failed'])
const GONE = new Set(['destroyed', 'replaced', 'migrated'])

/** Those that still exist. */
export function present<T extends MachineFacts>(machines: readonly T[]): T[] {
  return machines.filter((machine) => !GONE.has(machine.state))
}

export function isRunning({ state }: MachineFacts): boolean {
  return RUNNING.has(state)
}

/** Its program may still be at work. */
export function mayTrade({ state }: MachineFacts): boolean {
  return RUNNING.has(state) || state === 'stopping'
}

/** The machine that is to be the app's: the one on record, else one of ours, a running one first. */
export function chooseMachine<T extends MachineFacts>(
  machines: readonly T[],
  ownId: string | null,
): T | undefined {
  const ours = machines.filter((machine) => machine.owned)
  return (
    ours.find((machine) => machine.id === ownId) ??
    ours.find((machine) => RUNNING.has(machine.state)) ??
    ours[0]
  )
}

export function isUp(machine: MachineFacts): boolean {
  return mayTrade(machine) || COMING_UP.has(machine.state)
}

/** Not to be started or changed any more: another takes its place. */
export function isLost({ state }: MachineFacts): boolean {
  return BROKEN.has(state) || state === 'destroying'
}

/** Made or changed by a call of ours whose answer was lost, or by hand: written down before anything is built on it. */
export function isUnrecorded(machine: MachineFacts, row: RowFacts): boolean {
  if (machine.id !== row.machineId) return true
  return machine.instanceId !== null && row.instanceId !== null && machine.instanceId !== row.instanceId
}
