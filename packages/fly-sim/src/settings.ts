import type { Random } from './random.ts'

/** Milliseconds, or a range from which each use draws. */
export type Delay = number | readonly [number, number]

type DelayRow = { brisk: Delay; realistic: Delay; what: string }

/**
 * Everything that takes time on Fly. `none` makes all of them zero; `brisk` (the default) keeps every state visible but
 * lets a demo finish in seconds; `realistic` is of the size that people report from production.
 */
export const DELAYS = {
  requestMs: { brisk: 0, realistic: [20, 80], what: 'added to every answer of the API' },
  appVisibleMs: { brisk: 0, realistic: [0, 800], what: 'a new app answers 404 for so long' },
  machineVisibleMs: { brisk: 0, realistic: [0, 300], what: 'a new machine answers 404 for so long' },
  missingAppReadMs: { brisk: 0, realistic: 3_000, what: 'reading an app that does not exist takes so long' },
  creatingMs: {
    brisk: 0,
    realistic: 0,
    what: 'state creating before created; 0: the create call answers created',
  },
  createMs: { brisk: 80, realistic: [600, 2_500], what: 'created until starting: the image is fetched' },
  startMs: { brisk: 120, realistic: [300, 1_500], what: 'starting until started' },
  stopMs: {
    brisk: 80,
    realistic: [150, 900],
    what: 'how long a program that is not a real process needs to obey a signal',
  },
  suspendMs: { brisk: 100, realistic: [300, 1_200], what: 'suspending until suspended' },
  updateMs: { brisk: 80, realistic: [500, 2_000], what: 'replacing until the new version starts' },
  destroyMs: {
    brisk: 80,
    realistic: [300, 1_500],
    what: 'destroying until destroyed, once the program has ended',
  },
  destroyedKeptMs: {
    brisk: 5_000,
    realistic: 60_000,
    what: 'a destroyed machine answers 200 for so long, then 404',
  },
  appDeleteMs: { brisk: 120, realistic: [800, 4_000], what: '202 on deletion until the app is gone' },
  nameHeldMs: { brisk: 0, realistic: 0, what: 'the name of an app that is gone stays taken for so long' },
  checksMs: {
    brisk: 200,
    realistic: 5_000,
    what: 'started until checks of a machine without a real process have results',
  },
  orgListLagMs: { brisk: 0, realistic: [1_000, 3_000], what: 'how late a change shows in the org-wide list' },
  secretsVisibleMs: {
    brisk: 0,
    realistic: [0, 1_000],
    what: 'a written secret reaches a booting machine so late, unless min_secrets_version asks for it',
  },
  restartBackoffMs: {
    brisk: 500,
    realistic: 1_000,
    what: 'pause before the restart policy starts an ended program again; doubles each time up to 30 times this',
  },
} as const satisfies Record<string, DelayRow>

export type DelayName = keyof typeof DELAYS
export type Delays = Record<DelayName, Delay>
export type DelayPreset = 'none' | 'brisk' | 'realistic'
export const DELAY_PRESETS: readonly DelayPreset[] = ['none', 'brisk', 'realistic']

export const DELAY_NAMES = Object.keys(DELAYS) as DelayName[]

/** The delays of a preset, or brisk with some replaced. */
export function delaysOf(choice: DelayPreset | Partial<Delays> = 'brisk', base?: Delays): Delays {
  const overrides = typeof choice === 'string' ? {} : choice
  const preset = typeof choice === 'string' ? choice : 'brisk'
  const chosen = {} as Delays
  for (const name of DELAY_NAMES) {
    const standard = preset === 'none' ? 0 : DELAYS[name][preset]
    chosen[name] = overrides[name] ?? (typeof choice === 'string' ? standard : (base?.[name] ?? standard))
  }
  return chosen
}

export function draw(delay: Delay, random: Random): number {
  return typeof delay === 'number' ? delay : random.between(delay[0], delay[1])
}

/** null: no limit. Fly publishes no numbers for these; see docs/fidelity.md. */
export type Quotas = {
  appsPerOrg: number | null
  machinesPerOrg: number | null
  memoryMbPerRegion: number | null
}

export const NO_QUOTAS: Quotas = { appsPerOrg: null, machinesPerOrg: null, memoryMbPerRegion: null }
