/** What is not as it should be, once all is at rest: the same eyes as of a history, and a few of a fleet's own. */
import { listDifferences } from '@hangar/db'
import { SETTINGS } from '../simulation/settings.ts'
import { differences, judge, orphans, readStates } from '../simulation/verdict.ts'
import type { Fleet } from './fleet.ts'

/** Named; of the others how many there are. */
const NAMED = 10

/** Every user has exactly the app of their tier, or none; nothing else is on Fly, and no sweep would find anything. */
export async function endCheck({ simulation }: Fleet): Promise<string[]> {
  const states = await readStates(simulation)
  const busy = states
    .filter(({ wanted, done, leased }) => wanted > done || leased)
    .map(({ userId }) => `user ${userId} is not done`)
  const left = (await orphans(simulation)).map(({ name }) => `${name} is an orphan`)
  const found = await listDifferences(simulation.store.reader, { ...SETTINGS.policy, limit: 1_000 })
  return briefly([
    ...busy,
    ...differences(simulation, states),
    ...left,
    ...found.map(({ userId, kind }) => `the sweep would find user ${userId}: ${kind}`),
    ...simulation.apps.doubles.map((which) => `two apps traded at once: ${which}`),
    ...simulation.housekeeping.broken,
  ])
}

/** The guarantees on the whole way there, by the checker of all campaigns. */
export async function wayCheck({ simulation }: Fleet): Promise<string[]> {
  const violations = await judge(simulation)
  return briefly(
    violations.map(({ guarantee, what, app, userId }) => `${guarantee}: ${app ?? userId ?? ''} ${what}`),
  )
}

function briefly(found: readonly string[]): string[] {
  const more = found.length - NAMED
  return more > 0 ? [...found.slice(0, NAMED), `and ${more} more`] : [...found]
}
