/**
 * Does bad things for as long as it is told to: deeds are dealt from a shuffled deck, so that each kind has its turn
 * in every campaign, and several are under way at once. Redis is flushed once, in the middle.
 */
import { appendFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import type { Database } from '@hangar/db'
import type { Dice } from '../random.ts'
import type { Rig } from '../rig/rig.ts'
import type { Deed, Stage } from './deed.ts'
import { flyTroubles, machineDestroyed, machineStopped, programDies } from './fly.ts'
import { cutLink, flyOutage, holdLink, slowLink } from './network.ts'
import { freezeService, freezeWorker, killService, killWorker, restartService } from './processes.ts'
import { crashPostgres, crashRedis, endSessions, flushRedis, REDIS, restartPostgres } from './stores.ts'

const deckOf = (troubles: readonly Deed[]): readonly Deed[] => [
  ...troubles,
  ...troubles,
  killService,
  killWorker,
  killWorker,
  freezeWorker,
  freezeService,
  restartService,
  crashPostgres,
  restartPostgres,
  endSessions,
  crashRedis,
  cutLink,
  cutLink,
  cutLink,
  holdLink,
  holdLink,
  slowLink,
  slowLink,
  flyOutage,
  programDies,
  programDies,
  machineStopped,
  machineDestroyed,
]
const GAP_MS = [600, 2_400] as const

export type Nemesis = {
  /** Resolves when the last deed is over and healed. */
  readonly ended: Promise<void>
  /** How often each kind of deed was done, to somebody: one that struck nobody does not count. */
  readonly counts: ReadonlyMap<string, number>
  /** What went wrong in a deed itself: the campaign's own fault. */
  readonly failures: readonly string[]
}

export function startNemesis(options: {
  rig: Rig
  db: Database
  dice: Dice
  forMs: number
  signal: AbortSignal
}): Nemesis {
  const { rig, db, dice, forMs, signal } = options
  const startedAtMs = performance.now()
  const over = AbortSignal.any([signal, AbortSignal.timeout(forMs)])
  const pause = (ms: number) => delay(ms, undefined, { signal: over }).catch(() => {})
  const endsAtMs = startedAtMs + forMs
  const counts = new Map<string, number>()
  const failures: string[] = []
  const busy = new Map<string, Promise<void>>()
  const note = notes(rig.logFolder)

  const all = deckOf(flyTroubles(dice.fork('troubles of Fly')))
  let deeds = 0
  // Dice of its own for each deed: what one draws while it is under way does not move the next.
  const stageOf = (): Stage => ({ rig, db, dice: dice.fork(`deed ${(deeds += 1)}`), endsAtMs, pause })
  const strike = async (deed: Deed, stage: Stage, target: string) => {
    note(`${deed.kind}: ${target}`)
    try {
      const done = await deed.run(stage, target)
      if (done !== null) counts.set(deed.kind, (counts.get(deed.kind) ?? 0) + 1)
      note(`${deed.kind}: ${done ?? 'it struck nobody'}`)
    } catch (error) {
      failures.push(`${deed.kind}: ${error instanceof Error ? error.message : String(error)}`)
      note(`${deed.kind} failed: ${String(error)}`)
    }
    busy.delete(target)
  }
  const begin = (deed: Deed) => {
    const stage = stageOf()
    const target = deed.on(stage)
    if (!busy.has(target)) busy.set(target, strike(deed, stage, target))
  }
  const flushOnce = async () => {
    await pause(forMs * (0.4 + 0.2 * dice.next()))
    await busy.get(REDIS)
    busy.set(REDIS, strike(flushRedis, stageOf(), REDIS))
  }

  const run = async () => {
    const flush = flushOnce()
    for (let deck: Deed[] = []; !over.aborted;) {
      if (deck.length === 0) deck = dice.shuffled(all)
      const deed = deck.pop()
      if (deed) begin(deed)
      await pause(dice.between(...GAP_MS))
    }
    await flush
    await Promise.all(busy.values())
    await heal(rig)
    note('all is healed')
  }
  return { ended: run(), counts, failures }
}

/** For a campaign in which nothing is broken. */
export const noNemesis: Nemesis = { ended: Promise.resolve(), counts: new Map(), failures: [] }

/** Beside the services' logs, on the same clock. */
function notes(folder: string): (line: string) => void {
  const startedAtMs = performance.now()
  return (line) => {
    const seconds = ((performance.now() - startedAtMs) / 1_000).toFixed(1)
    appendFileSync(join(folder, 'nemesis.log'), `${new Date().toISOString()} +${seconds}s ${line}\n`)
  }
}

/** Whatever a deed left behind: nothing, if it kept its word. */
async function heal(rig: Rig): Promise<void> {
  for (const link of rig.links) link.heal()
  await rig.fly.endFaults()
}
