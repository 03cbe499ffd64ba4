/** Worlds for the tests of plan(): a row in each phase, what Fly may show of it, and a plan in one line. */
import type { Entitlement } from '../entitlement.ts'
import { appFactsOf } from '../app-facts.ts'
import type { AppFacts, FlyFacts, MachineFacts, Plan, RowFacts, World } from '../world.ts'

export const PRO = { cpuKind: 'shared', cpus: 2, memoryMb: 512 } as const
export const ELITE = { cpuKind: 'shared', cpus: 2, memoryMb: 1024 } as const
export const NOW = new Date('2026-03-01T12:00:00Z')
export const ago = (ms: number) => new Date(NOW.getTime() - ms)

export const entitled: Entitlement = {
  kind: 'entitled',
  tier: 'pro',
  guest: PRO,
  region: null,
  reason: 'tier pro',
}
export const elite: Entitlement = { ...entitled, tier: 'elite', guest: ELITE }
export const free: Entitlement = { kind: 'not_entitled', reason: 'tier free' }
export const unknown: Entitlement = { kind: 'unknown', reason: 'no row seen' }

export const provisioning: RowFacts = {
  status: 'provisioning',
  operation: null,
  machineId: null,
  instanceId: null,
  guest: PRO,
  deployed: false,
  teardownStartedAt: null,
  drainStartedAt: null,
  drainTold: true,
  changedAt: NOW,
}
export const machined: RowFacts = { ...provisioning, machineId: 'm1', instanceId: 'v1' }
export const active: RowFacts = {
  ...provisioning,
  status: 'active',
  deployed: true,
  machineId: 'm1',
  instanceId: 'v1',
}
export const ending: RowFacts = { ...active, status: 'deprovisioning', teardownStartedAt: ago(60_000) }

export const machine = (state: string, facts: Partial<MachineFacts> = {}): MachineFacts => ({
  id: 'm1',
  instanceId: 'v1',
  state,
  guest: PRO,
  owned: true,
  ...facts,
})
export const ours = (...machines: MachineFacts[]): FlyFacts => ({ kind: 'ours', machines })
export const absent: FlyFacts = { kind: 'absent' }

const working = {
  bootstrappedAt: ago(600_000),
  drainedAt: null,
  refusedMachineId: null,
}
const atRest = { flyMachineId: 'm1', teardownStartedAt: null, drainStartedAt: null }
export const refused: AppFacts = appFactsOf(atRest, { ...working, refusedMachineId: 'm1' })
export const drainedUnasked = (ms: number): AppFacts => appFactsOf(atRest, { ...working, drainedAt: ago(ms) })

export const world = (facts: Partial<World>): World => ({
  now: NOW,
  entitlement: entitled,
  row: null,
  fly: absent,
  app: { bootstrapped: true, drainedAt: null, idle: null },
  brakes: [],
  forced: null,
  namesInDoubt: false,
  drainGraceMs: 30_000,
  settleDeadlineMs: 180_000,
  ...facts,
})

/** A plan in one line: the steps, or the word for what it is instead. */
export function brief(result: Plan): string {
  if (result.kind === 'steps') return result.steps.map((step) => step.kind).join(' ')
  return result.kind === 'wait' ? `wait ${result.delayMs}` : result.kind
}
