/** What Fly does wrong, and what happens to machines on it that nobody at Hangar asked for. */
import type { FaultOrder } from '../rig/fly.ts'
import type { Dice } from '../random.ts'
import type { Deed, Stage } from './deed.ts'

type Order = [FaultOrder['kind'], Omit<FaultOrder, 'kind'>]

const CHANGES = { method: 'POST' }
const DELETIONS = { method: 'DELETE' }
const often = (probability: number, params: FaultOrder['params'] = {}): Omit<FaultOrder, 'kind'> => ({
  probability,
  params,
})
const ofChanges = (probability: number, match: Record<string, string> = CHANGES) => ({
  ...often(probability),
  match,
})

/** Some faults of a state hold for whatever they match, without dice: about a fifth of all names have a 7. */
const SOME_APPS = { match: { app: '*7*' } }

/** By what they look like from outside; each strikes for a few seconds. */
const TROUBLES: Readonly<Record<string, readonly Order[]>> = {
  'applied, answer lost': [
    ['reset_after', ofChanges(0.4)],
    ['reset_after', ofChanges(0.4, DELETIONS)],
    ['hang_after', { ...ofChanges(0.5), count: 3 }],
    ['error_after', ofChanges(0.4)],
    ['truncated', ofChanges(0.4)],
    ['empty_body', ofChanges(0.3)],
  ],
  'rate limit storm': [
    ['rate_limited', often(0.8)],
    ['rate_limited', often(0.8, { retryAfterSeconds: 1 })],
  ],
  'server errors': [
    ['internal', often(0.5)],
    ['bad_gateway', often(0.5)],
    ['unavailable', often(0.5)],
    ['timeout_408', often(0.4)],
  ],
  'no answer': [
    ['hang', { probability: 0.3, count: 4 }],
    ['reset_before', often(0.4)],
  ],
  slow: [
    ['delay', often(0.3, { ms: 3_000 })],
    // Longer than its caller waits: applied when somebody else has taken over.
    ['delay', often(0.2, { ms: 13_000 })],
    ['delay', { ...ofChanges(0.5), params: { ms: 19_000 } }],
    ['delay_after', often(0.3, { ms: 3_000 })],
    ['slow_body', often(0.4, { ms: 2_000 })],
  ],
  'half-truths': [
    ['not_found', often(0.15)],
    ['app_half_gone', SOME_APPS],
    ['fresh_app_missing', often(1, { ms: 1_500 })],
    ['fresh_machine_missing', often(1, { ms: 1_500 })],
    ['partial_list', often(1)],
    ['late_list', often(1)],
    ['empty_page', { probability: 0.5, count: 3 }],
  ],
  'machines misbehave': [
    ['stuck_state', often(1, { state: 'starting' })],
    ['stuck_state', often(1, { state: 'stopping' })],
    ['start_failed', often(0.4)],
    ['launch_failed', often(0.4)],
    ['exit_early', often(0.3)],
    ['host_unreachable', SOME_APPS],
    ['app_delete_stuck', often(1)],
    ['ignores_signals', often(1)],
    ['checks_critical', often(1)],
  ],
  'no room': [
    ['region_capacity', { match: { operation: 'machines.create' }, probability: 0.3 }],
    ['concurrent_update', { match: { operation: 'machines.update' }, probability: 0.4 }],
    ['lease_held', { match: { operation: 'machines.*' }, probability: 0.15 }],
  ],
}

const LASTS_MS = [1_500, 5_000] as const

/** Every kind of fault that Fly may be told to have. */
export const FLY_MENU: readonly FaultOrder['kind'][] = [
  ...new Set(Object.values(TROUBLES).flatMap((orders) => orders.map(([kind]) => kind))),
]

/** Dealt from a shuffled deck as well: each kind of trouble has its turn. */
export const flyTroubles = (dice: Dice): Deed[] =>
  Object.entries(TROUBLES).map(([name, orders]) => {
    let deck: Order[] = []
    return {
      kind: `Fly: ${name}`,
      on: () => 'faults of Fly',
      run: async (stage) => {
        if (deck.length === 0) deck = dice.shuffled(orders)
        const order = deck.pop()
        return order ? makeTrouble(stage, order) : null
      },
    }
  })

/** What nobody has felt yet goes on for so long at most: the list is read every few seconds only. */
const LONGEST_MS = 15_000
const LOOK_MS = 500

/** How often each kind had its turn, whether it struck or not. */
export const turnsOfFly = new Map<FaultOrder['kind'], number>()

/** Null: nobody did what this trouble strikes while it lasted. */
async function makeTrouble(
  { rig, dice, endsAtMs, pause }: Stage,
  [kind, order]: Order,
): Promise<string | null> {
  const forMs = dice.between(...LASTS_MS)
  const before = (await rig.fly.strikes())[kind] ?? 0
  turnsOfFly.set(kind, (turnsOfFly.get(kind) ?? 0) + 1)
  const id = await rig.fly.order({ kind, ...order, params: { ...order.params, forMs: LONGEST_MS } })
  const beganAtMs = performance.now()
  await pause(forMs)
  const times = async () => ((await rig.fly.strikes())[kind] ?? 0) - before
  while ((await times()) === 0 && performance.now() < Math.min(beganAtMs + LONGEST_MS, endsAtMs))
    await pause(LOOK_MS)
  await rig.fly.callOff(id)
  const struck = await times()
  const lastedMs = Math.round(performance.now() - beganAtMs)
  return struck === 0 ? null : `${kind} for ${lastedMs} ms, which struck ${struck} times`
}

export const programDies: Deed = {
  kind: 'a program dies',
  on: () => 'a machine',
  run: async (stage) => {
    const machine = stage.dice.pick([null, ...(await startedMachines(stage))])
    if (!machine) return null
    await stage.rig.fly.touch(machine, { exitCode: 137 })
    return `the program in ${machine} died`
  },
}

/**
 * Hangar believes the organisation's listing only of a machine that was launched two minutes ago, and repairs what two
 * sweeps in a row found missing. What is broken by hand has to be old enough to be repaired soon after the faults' end.
 */
const LISTING_BELIEVED_MS = 120_000
const REPAIR_MS = 15_000
const REPAIRED_AFTER_END_MS = 45_000

export const machineStopped: Deed = byHand('stopped')
export const machineDestroyed: Deed = byHand('destroyed')

function byHand(state: 'stopped' | 'destroyed'): Deed {
  return {
    kind: `a machine is ${state} by hand`,
    on: () => 'a machine',
    run: async (stage) => {
      const { rig, dice, endsAtMs } = stage
      const leftMs = endsAtMs - performance.now()
      const old = await launchedBefore(
        stage,
        LISTING_BELIEVED_MS + REPAIR_MS - REPAIRED_AFTER_END_MS - leftMs,
      )
      const started = (await startedMachines(stage)).filter((id) => old.has(id))
      if (started.length === 0) return null
      const machine = dice.pick(started)
      await rig.fly.touch(machine, { state })
      return `${machine} was ${state} by hand`
    },
  }
}

async function startedMachines({ rig }: Stage): Promise<string[]> {
  const apps = await rig.fly.apps()
  return apps.flatMap(({ machines }) =>
    machines.filter(({ state }) => state === 'started').map(({ id }) => id),
  )
}

/** Machines of apps at rest that were launched so long ago. */
async function launchedBefore({ db }: Stage, ageMs: number): Promise<Set<string>> {
  const rows = await db
    .selectFrom('userFlyApps')
    .select(['flyMachineId', 'launchedAt'])
    .where('status', '=', 'active')
    .where('operation', 'is', null)
    .execute()
    // PostgreSQL may be in another deed's hands.
    .catch(() => [])
  const latestMs = Date.now() - Math.max(ageMs, 0)
  return new Set(
    rows.filter((row) => Number(row.launchedAt) <= latestMs).map((row) => row.flyMachineId ?? ''),
  )
}
