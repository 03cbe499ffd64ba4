/**
 * One life of an app (created, given secrets, a machine, started, taken down) while the stand-in
 * misbehaves as a seed says. Whatever happens: only FlyErrors, never two machines, never "gone" while it is
 * there, and when the faults end, a teardown that leaves nothing.
 */
import { FAULT_KINDS, type FaultKind, type FlySim } from '@hangar/fly-sim'

import { type FlyClient, type FlyErrorCode, isFlyError } from '../index.ts'

/** Kinds that tell an untruth no client can see through: what they name did not happen. */
const LIES: ReadonlySet<FaultKind> = new Set<FaultKind>([
  'not_found',
  'not_found_as_400',
  'app_half_gone',
  'clock_jump',
])

export const CHAOS_KINDS = (Object.keys(FAULT_KINDS) as FaultKind[]).filter((kind) => !LIES.has(kind))

const TARGETS = [
  'apps.*',
  'machines.*',
  'machines.create',
  'machines.wait',
  'machines.get',
  'apps.delete',
  'apps.create',
  '*',
]

export interface Life {
  seed: number
  faults: string[]
  /** How bringing it up ended. */
  up: 'up' | FlyErrorCode
  /** How taking it down under faults ended. */
  down: 'gone' | FlyErrorCode
}

export async function liveOnce(sim: FlySim, fly: FlyClient, seed: number, kind: FaultKind): Promise<Life> {
  const chance = seeded(seed)
  const app = `chaos-${seed}`
  const faults = orderFaults(sim, app, kind, chance)
  const up = await codeOf(bringUp(fly, app))
  const twins = machinesOf(sim, app)
  if (twins.length > 1) throw new ChaosFailure(seed, `two machines: ${twins.join(', ')}`)
  if (up === 'fine' && twins.length !== 1 && kind !== 'exit_early')
    throw new ChaosFailure(seed, 'up, but there is no machine')
  await allSettled(sim, app)
  const down = await codeOf(fly.ensureAppGone(app, {}, { deadlineMs: 2000 }))
  if (down === 'fine' && sim.sim.world.apps.has(app)) throw new ChaosFailure(seed, '"gone", but it is there')
  for (const id of faults.ids) sim.sim.faults.remove(id)
  // Nothing hangs on purpose any more: what is slow now is the machine that runs this.
  await fly.ensureAppGone(app, {}, { deadlineMs: 60_000, timeoutMs: 5_000 })
  if (sim.sim.world.apps.has(app) || machinesOf(sim, app).length > 0)
    throw new ChaosFailure(seed, 'an orphan is left')
  return { seed, faults: faults.told, up: up === 'fine' ? 'up' : up, down: down === 'fine' ? 'gone' : down }
}

/** A creation whose caller left may still land, and no client can see it coming: here it has landed. */
async function allSettled(sim: FlySim, app: string): Promise<void> {
  while (sim.sim.calls.list({ app }).some(({ settledAtMs }) => settledAtMs === null))
    await new Promise((resolve) => setTimeout(resolve, 5))
}

async function bringUp(fly: FlyClient, app: string): Promise<void> {
  const opts = { deadlineMs: 2000 }
  await fly.ensureApp({ name: app, network: app }, opts)
  await fly.ensureSecrets(app, { TOKEN: 'a-secret' }, opts)
  const config = {
    image: 'registry/x',
    guest: { cpu_kind: 'shared' as const, cpus: 1, memory_mb: 256 },
    metadata: { app },
  }
  const wanted = { name: 'only-one', region: 'iad', fallbackRegions: ['ams'], config }
  const { machine } = await fly.ensureMachine(app, wanted, opts)
  await fly.ensureStarted(app, machine.id, opts)
}

async function codeOf(work: Promise<unknown>): Promise<'fine' | FlyErrorCode> {
  try {
    await work
    return 'fine'
  } catch (error) {
    if (isFlyError(error)) return error.code
    throw error
  }
}

function machinesOf(sim: FlySim, app: string): string[] {
  const machines = [...(sim.sim.world.apps.get(app)?.machines.values() ?? [])]
  return machines.filter(({ state }) => state !== 'destroyed').map(({ id, state }) => `${id} ${state}`)
}

function orderFaults(
  sim: FlySim,
  app: string,
  kind: FaultKind,
  chance: () => number,
): { ids: number[]; told: string[] } {
  const kinds = [kind, ...CHAOS_KINDS.filter(() => chance() < 0.02)]
  const added = kinds.map((each) =>
    sim.sim.faults.add({
      kind: each,
      match: { app, operation: TARGETS[Math.floor(chance() * TARGETS.length)] ?? '*' },
      count: 1 + Math.floor(chance() * 3),
      skip: Math.floor(chance() * 2),
      params: { ms: 120, forMs: 300, bytes: 3_000_000 },
      seed: Math.floor(chance() * 2 ** 31),
    }),
  )
  return {
    ids: added.map(({ id }) => id),
    told: added.map((fault) => `${fault.kind} on ${fault.match.operation ?? '*'}`),
  }
}

class ChaosFailure extends Error {
  constructor(seed: number, what: string) {
    super(`seed ${seed}: ${what}`)
  }
}

/** mulberry32: small, good enough, the same everywhere. */
export function seeded(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}
