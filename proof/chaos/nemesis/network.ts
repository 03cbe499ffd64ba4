/** What happens between a service and what it depends on. */
import type { Link, LinkState } from '../rig/link.ts'
import type { Deed, Stage } from './deed.ts'

const CUT_MS = [300, 6_000] as const
/** Up to longer than the timeout of a call to Fly and a lease: what was sent arrives when nobody waits for it. */
const HELD_MS = [500, 18_000] as const
const SLOW_MS = [2_000, 8_000] as const
const SLOW_BY_MS = [20, 300] as const
const OUTAGE_MS = [2_000, 5_000] as const

const anyLink = ({ rig, dice }: Stage) => dice.pick(rig.links).name

async function hold(stage: Stage, links: readonly Link[], state: LinkState, ms: number): Promise<void> {
  for (const link of links) link.set(state)
  await stage.pause(ms)
  for (const link of links) link.heal()
}

function onLink(kind: string, range: readonly [number, number], stateOf: (stage: Stage) => LinkState): Deed {
  return {
    kind,
    on: anyLink,
    run: async (stage, name) => {
      const ms = stage.dice.between(...range)
      const state = stateOf(stage)
      await hold(
        stage,
        stage.rig.links.filter((link) => link.name === name),
        state,
        ms,
      )
      const by = state.kind === 'slow' ? ` by ${state.delayMs} ms` : ''
      return `${name} was ${state.kind === 'slow' ? 'slowed' : state.kind}${by} for ${ms} ms`
    },
  }
}

export const cutLink = onLink('cut a connection', CUT_MS, () => ({ kind: 'cut' }))
export const holdLink = onLink('hold a connection', HELD_MS, () => ({ kind: 'held' }))
export const slowLink = onLink('slow a connection', SLOW_MS, ({ dice }) => ({
  kind: 'slow',
  delayMs: dice.between(...SLOW_BY_MS),
}))

export const flyOutage: Deed = {
  kind: 'Fly: nothing answers',
  on: () => 'all of Fly',
  run: async (stage) => {
    const ms = stage.dice.between(...OUTAGE_MS)
    const links = stage.rig.links.filter((link) => link.name.endsWith('–fly'))
    await hold(stage, links, { kind: 'cut' }, ms)
    return `no worker reached Fly for ${ms} ms`
  },
}
