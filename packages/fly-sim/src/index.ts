/**
 * A stateful stand-in for Fly's Machines API, at the wire: node:http, Fly's paths, bodies and error texts, with faults
 * that can be ordered and real local processes inside its machines. What it does, from which source, and what it does
 * not do is in docs/fidelity.md.
 */
export {
  DEFAULT_ORG,
  DEFAULT_TOKEN,
  type FlySim,
  type FlySimOptions,
  startFlySim,
  type TokenOption,
} from './start.ts'
export { type Delay, type DelayName, type DelayPreset, DELAYS, type Delays, type Quotas } from './settings.ts'
export { FAULT_KINDS, type FaultKind } from './faults/kinds.ts'
export type { Fault, FaultMatch, FaultSpec } from './faults/faults.ts'
export type { CallEntry } from './call-log.ts'
export { createMemoryFlySim, type MemoryFlySim, type MemoryRequest, type MemoryResponse } from './memory.ts'
export { realClock, type SimClock, type Timer, virtualClock } from './clock.ts'
export type { Runner } from './machines/runner.ts'
export { type Machine, MACHINE_STATES, type MachineState } from './world/types.ts'
export type { Sim } from './sim.ts'
