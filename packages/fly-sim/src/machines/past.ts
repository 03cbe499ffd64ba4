import { numberParam } from '../faults/faults.ts'
import type { Sim } from '../sim.ts'
import type { Machine, MachineState } from '../world/types.ts'

/** How many earlier states a late list can reach back to. */
const KEPT_PAST = 6

/** Keeps the present of a machine before it changes, for lists that are behind. */
export function remember(sim: Sim, machine: Machine): void {
  machine.past.push({
    atMs: sim.clock.nowMs(),
    state: machine.state,
    version: machine.instanceId,
    updatedAtMs: machine.updatedAtMs,
  })
  if (machine.past.length > KEPT_PAST) machine.past.shift()
}

export type Seen = { state: MachineState; version: string; updatedAtMs: number }

/** The machine as it was `lagMs` ago; null: it was not there yet. */
export function seenLate(machine: Machine, nowMs: number, lagMs: number): Seen | null {
  const present: Seen = {
    state: machine.state,
    version: machine.instanceId,
    updatedAtMs: machine.updatedAtMs,
  }
  if (lagMs <= 0) return present
  const atMs = nowMs - lagMs
  if (machine.createdAtMs > atMs) return null
  // Each entry says what was true until its `atMs`; the first that is still in the future of `atMs` was true then.
  return machine.past.find((entry) => entry.atMs > atMs) ?? present
}

/** The lag of the org-wide list just now. */
export function listLagMs(sim: Sim, orgSlug: string, drawnMs: number): number {
  const fault = sim.faults.strike('late_list', { org: orgSlug, operation: 'orgs.machines' })
  return fault ? numberParam(fault, 'ms', 60_000) : drawnMs
}
