/**
 * Histories that once ended badly. As scripts, not as seeds: a seed draws another script as soon as the drawing
 * changes. The seed decides the interleaving all the same.
 */
import type { Script } from './script.ts'

export type Regression = { was: string; seed: number; script: Script }

const PEACE = {
  users: 1,
  workers: 2,
  intervals: { relayMs: 1_000, sweepsMs: {} },
  errorChance: 0,
  delayChance: 0,
  exitChance: 0,
  silentChance: 0,
  stubbornChance: 0,
} as const

export const REGRESSIONS: readonly Regression[] = [
  {
    was: 'an app whose tier changed while it came up was activated in the old size, and that was the end of it',
    seed: 12,
    script: {
      ...PEACE,
      // Its programs say nothing: it takes 5 s until Fly's checks pass, and the tier changes before.
      silentChance: 1,
      calmAtMs: 12_000,
      events: [
        { atMs: 0, event: { kind: 'flip', user: 0, tier: 'pro', deliveriesMs: [10] } },
        { atMs: 4_000, event: { kind: 'flip', user: 0, tier: 'elite', deliveriesMs: [] } },
      ],
    },
  },
  {
    was: 'the worker that had made an app waited for it to appear while another deleted it, until all attempts were used up',
    seed: 1003,
    script: {
      ...PEACE,
      workers: 3,
      calmAtMs: 14_000,
      intervals: { relayMs: 1_000, sweepsMs: { differences: 10_000 } },
      errorChance: 0.0047,
      exitChance: 0.0027,
      silentChance: 0.66,
      stubbornChance: 0.54,
      events: [
        { atMs: 1_968, event: { kind: 'flip', user: 0, tier: 'free', deliveriesMs: [284] } },
        { atMs: 2_328, event: { kind: 'flip', user: 0, tier: 'pro', deliveriesMs: [104] } },
        {
          atMs: 2_497,
          event: { kind: 'fly', fault: { kind: 'app_half_gone', seed: 1_057_450_208 }, forMs: 7_222 },
        },
        {
          atMs: 3_918,
          event: {
            kind: 'fly',
            fault: { kind: 'bad_gateway', probability: 0.6, seed: 283_741_639, count: 2 },
            forMs: 4_484,
          },
        },
        { atMs: 4_429, event: { kind: 'flip', user: 0, tier: 'elite', deliveriesMs: [] } },
        { atMs: 5_346, event: { kind: 'flip', user: 0, tier: 'free', deliveriesMs: [19_889] } },
        {
          atMs: 6_616,
          event: { kind: 'fly', fault: { kind: 'status', params: { status: 503 } }, forMs: 11_286 },
        },
      ],
    },
  },
  {
    was: 'a machine that a frozen worker had made for the old tier was found by its name and recorded in the size of the new one',
    seed: 2527,
    script: {
      ...PEACE,
      workers: 3,
      calmAtMs: 18_000,
      intervals: { relayMs: 1_000, sweepsMs: { health: 15_000 } },
      delayChance: 0.034_787_885_723_635_55,
      silentChance: 0.82,
      stubbornChance: 0.4,
      events: [
        { atMs: 98, event: { kind: 'flip', user: 0, tier: 'pro', deliveriesMs: [12_602] } },
        { atMs: 5_640, event: { kind: 'flip', user: 0, tier: 'pro', deliveriesMs: [220] } },
        { atMs: 17_938, event: { kind: 'flip', user: 0, tier: 'elite', deliveriesMs: [1_587] } },
      ],
    },
  },
  {
    was: 'a change of size that Fly carried out long after its caller had given up undid the next one, and nobody looked again',
    seed: 5_004_110,
    script: {
      ...PEACE,
      workers: 3,
      calmAtMs: 12_000,
      intervals: { relayMs: 1_000, sweepsMs: { guards: 15_000, stuck: 20_000, orphans: 12_000 } },
      events: [
        { atMs: 289, event: { kind: 'flip', user: 0, tier: 'elite', deliveriesMs: [262] } },
        {
          atMs: 1_287,
          event: {
            kind: 'fly',
            fault: {
              kind: 'delay',
              params: { ms: 12_000 },
              probability: 1,
              seed: 156_801_644,
              match: { operation: 'machines.update' },
            },
            forMs: 5_963,
          },
        },
        { atMs: 3_043, event: { kind: 'flip', user: 0, tier: 'pro', deliveriesMs: [292] } },
        { atMs: 5_392, event: { kind: 'flip', user: 0, tier: 'free', deliveriesMs: [24] } },
        { atMs: 5_963, event: { kind: 'flip', user: 0, tier: 'elite', deliveriesMs: [] } },
      ],
    },
  },
]
