/** A history as a list of what happens to Hangar and when; drawn from a seed, or written by hand for a regression. */
import type { FaultKind, FaultSpec } from '@hangar/fly-sim'
import type { Deed } from './by-hand.ts'
import type { Dice } from './dice.ts'
import type { Intervals } from './housekeeping.ts'

/** How much of everything there is. */
export type Weather = 'fair' | 'rough' | 'stormy'

export type Event =
  | { kind: 'flip'; user: number; tier: Tier; deliveriesMs: number[] }
  | { kind: 'call'; user: number }
  | { kind: 'crash'; worker: number; forMs: number }
  | { kind: 'freeze'; worker: number; forMs: number }
  | { kind: 'flush' }
  | { kind: 'fly'; fault: FaultSpec; forMs: number }
  /** An operator pauses the fleet; at the calm at the latest they let it go on. */
  | { kind: 'pause'; forMs: number }
  /** Only where machines are old enough for the health sweep to believe what is listed of them. */
  | { kind: 'hand'; user: number; deed: Deed }
  /** From here on two teardowns are a burst; at the calm an operator agrees to all that wait. */
  | { kind: 'caution' }

export type Tier = 'free' | 'pro' | 'elite'

export type Script = {
  users: number
  workers: number
  events: { atMs: number; event: Event }[]
  /** Nothing goes wrong before; default 0. */
  roughFromMs?: number
  /** When the faults end. */
  calmAtMs: number
  intervals: Intervals
  /** Of each statement and each call. */
  errorChance: number
  delayChance: number
  exitChance: number
  /** Of each program in a machine. */
  silentChance: number
  stubbornChance: number
}

const TIERS: readonly Tier[] = ['free', 'pro', 'elite']
const PAID: readonly Tier[] = ['pro', 'elite']

type FlyMenu = { kind: FaultKind; operation?: string; params?: FaultSpec['params'] }

/** Faults of Fly that end with the calm. `delay`: applied late, when the caller may have given up and others act. */
const FLY_FAULTS: readonly FlyMenu[] = [
  { kind: 'internal' },
  { kind: 'bad_gateway' },
  { kind: 'rate_limited' },
  { kind: 'rate_limited', params: { retryAfterSeconds: 3 } },
  { kind: 'timeout_408' },
  { kind: 'hang' },
  { kind: 'hang_after' },
  { kind: 'reset_before' },
  { kind: 'reset_after' },
  { kind: 'error_after' },
  { kind: 'truncated' },
  { kind: 'invalid_json' },
  { kind: 'empty_body' },
  { kind: 'delay', params: { ms: 4_000 } },
  { kind: 'delay', params: { ms: 12_000 } },
  { kind: 'delay_after', params: { ms: 8_000 } },
  { kind: 'delay_after', params: { ms: 14_000 } },
  { kind: 'slow_body', params: { ms: 5_000 } },
  { kind: 'start_failed' },
  { kind: 'launch_failed' },
  { kind: 'checks_missing' },
  { kind: 'checks_critical' },
  { kind: 'stuck_state' },
  { kind: 'ignores_signals' },
  { kind: 'app_delete_stuck' },
  { kind: 'fresh_app_missing', params: { ms: 3_000 } },
  { kind: 'fresh_app_unauthorized', params: { ms: 2_000 } },
  { kind: 'fresh_machine_missing', params: { ms: 3_000 } },
  { kind: 'app_half_gone' },
  { kind: 'late_list', params: { ms: 20_000 } },
  { kind: 'partial_list' },
  { kind: 'not_found', operation: 'machines.get' },
  { kind: 'not_found', operation: 'apps.get' },
]

/** Everything that Fly may be told to do wrong. */
export const FLY_MENU: readonly FaultKind[] = [...new Set(FLY_FAULTS.map(({ kind }) => kind)), 'status']

const OPERATIONS = ['*', '*', 'machines.*', 'apps.*', 'secrets.*', 'machines.create', 'machines.update', 'machines.stop', 'apps.create', 'apps.delete', 'machines.delete', 'machines.wait'] as const // prettier-ignore

/** Of so many histories one begins with apps that have been at rest for longer than the listing may lag behind. */
const LONG_SHARE = 1 / 20
const AT_REST_MS = 150_000

export function drawScript(dice: Dice): Script {
  const isLong = dice.chance(LONG_SHARE)
  const weather = dice.pick<Weather>(['fair', 'rough', 'rough', 'stormy'])
  const users = dice.pick([1, 1, 1, 2, 3])
  const workers = dice.pick([1, 2, 2, 3])
  const roughFromMs = isLong ? AT_REST_MS : 0
  const calmAtMs = roughFromMs + dice.between(3, 20) * 1_000
  const at = () => dice.between(roughFromMs, calmAtMs)
  const events: Script['events'] = []
  for (let user = 0; user < users; user++) {
    const flips = dice.between(1, 4)
    for (let flip = 0; flip < flips; flip++)
      events.push({
        atMs: flip === 0 ? dice.between(0, 2_000) : at(),
        event: {
          kind: 'flip',
          user,
          tier: dice.pick(isLong && flip === 0 ? PAID : TIERS),
          deliveriesMs: drawDeliveries(dice),
        },
      })
    if (isLong && dice.chance(0.5))
      events.push({ atMs: at(), event: { kind: 'hand', user, deed: dice.pick<Deed>(['stop', 'destroy']) } })
  }
  if (dice.chance(0.2)) events.push({ atMs: at(), event: { kind: 'call', user: dice.between(0, users - 1) } })
  // Trouble is worth most while there is work: mostly within seconds of a change.
  const busyAtMs = events.map(({ atMs }) => Math.max(atMs, roughFromMs))
  const whileBusy = () => Math.min(calmAtMs, dice.pick(busyAtMs) + dice.between(0, 5_000))
  if (weather !== 'fair')
    for (let left = weather === 'stormy' ? dice.between(2, 8) : dice.between(1, 4); left > 0; left--) {
      const atMs = dice.chance(0.8) ? whileBusy() : at()
      const event = drawTrouble(dice, workers)
      events.push(
        isOfAllThatIsNew(event)
          ? { atMs: roughFromMs, event: { ...event, forMs: calmAtMs - roughFromMs } }
          : { atMs, event },
      )
    }
  if (dice.chance(0.15))
    events.push({ atMs: at(), event: { kind: 'pause', forMs: dice.between(200, 15_000) } })
  if (dice.chance(0.15)) events.push({ atMs: 0, event: { kind: 'caution' } })
  const chances = (most: number) => (weather === 'stormy' && dice.chance(0.5) ? dice.next() * most : 0)
  return {
    users,
    workers,
    events: events.sort((a, b) => a.atMs - b.atMs),
    roughFromMs,
    calmAtMs,
    intervals: { relayMs: dice.pick([1_000, 1_000, 2_000]), sweepsMs: drawSweeps(dice, isLong, events) },
    errorChance: chances(0.08),
    delayChance: chances(0.06),
    exitChance: chances(0.03),
    silentChance: chances(1),
    stubbornChance: chances(1),
  }
}

/** Sweeps far more often than in production, so that they meet with the work of the lanes. */
function drawSweeps(dice: Dice, isLong: boolean, events: Script['events']): Intervals['sweepsMs'] {
  // Only sweeps ask for the list: one that lies for seconds has to be read within them.
  const isLiedTo = events.some(({ event }) => event.kind === 'fly' && /_list$/.test(event.fault.kind))
  return {
    guards: 15_000,
    ...(dice.chance(0.2) && { differences: 10_000 }),
    ...((dice.chance(0.2) || isLong || isLiedTo) && { health: isLiedTo ? 4_000 : 15_000 }),
    ...(dice.chance(0.1) && { stuck: 20_000 }),
    ...(dice.chance(0.3) && { orphans: 12_000 }),
  }
}

/** Mostly once and soon; sometimes never, twice, or so late that others overtake it. */
function drawDeliveries(dice: Dice): number[] {
  const soon = () => dice.between(1, 300)
  const late = () => dice.between(1_000, 20_000)
  return dice.pick([() => [soon()], () => [soon()], () => [], () => [soon(), soon()], () => [late()]])()
}

function drawTrouble(dice: Dice, workers: number): Event {
  const worker = dice.between(0, workers - 1)
  return dice.pick<() => Event>([
    () => ({ kind: 'crash', worker, forMs: dice.between(100, 6_000) }),
    () => ({ kind: 'crash', worker, forMs: dice.between(100, 6_000) }),
    () => ({ kind: 'freeze', worker, forMs: dice.between(1_000, 40_000) }),
    () => ({ kind: 'freeze', worker, forMs: dice.between(15_000, 25_000) }),
    () => ({ kind: 'flush' }),
    () => drawFlyTrouble(dice),
    () => drawFlyTrouble(dice),
    () => drawFlyTrouble(dice),
    () => drawFlyTrouble(dice),
    () => ({
      kind: 'fly',
      fault: { kind: 'status', params: { status: 503 } },
      forMs: dice.between(1_000, 15_000),
    }),
  ])()
}

function drawFlyTrouble(dice: Dice): Event {
  const { kind, operation = dice.pick(OPERATIONS), params = {} } = dice.pick(FLY_FAULTS)
  const fault: FaultSpec = {
    kind,
    params,
    // Few calls are made in the seconds that a fault lasts: a rare one would hardly ever strike.
    probability: dice.pick([0.3, 0.6, 1, 1]),
    seed: dice.between(1, 2 ** 30),
    ...(operation === '*' || isOfAMachine(kind) ? {} : { match: { operation } }),
    ...(dice.chance(0.4) ? { count: dice.between(1, 2) } : {}),
  }
  return { kind: 'fly', fault, forMs: dice.between(2_000, 20_000) }
}

/** What is new is not shown for a while, and stays shown from then on: it does not vanish in between. */
const isOfAllThatIsNew = (event: Event): event is Event & { kind: 'fly' } =>
  event.kind === 'fly' && event.fault.kind.startsWith('fresh_')

/** These strike machines and apps, not calls. */
const isOfAMachine = (kind: FaultKind) =>
  /^(start_failed|launch_failed|checks_|stuck_|ignores_|app_|fresh_|late_|partial_)/.test(kind)
