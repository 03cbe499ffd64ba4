/** What many histories came to, and how that is shown. */
import type { HistoryResult } from './history.ts'
import { FLY_MENU } from './script.ts'
import { strikeOf } from './simulation.ts'

export type Failure = { seed: number; violations: string[] }

export type Totals = {
  histories: number
  flips: number
  turns: number
  mutations: number
  faults: Record<string, number>
  failures: Failure[]
  longestConvergenceMs: number
}

export function noTotals(): Totals {
  return { histories: 0, flips: 0, turns: 0, mutations: 0, faults: {}, failures: [], longestConvergenceMs: 0 }
}

export function addResult(totals: Totals, result: HistoryResult): void {
  totals.histories++
  totals.flips += result.flips
  totals.turns += result.turns
  totals.mutations += result.mutations
  for (const [kind, times] of result.faults) totals.faults[kind] = (totals.faults[kind] ?? 0) + times
  if (result.violations.length > 0) totals.failures.push({ seed: result.seed, violations: result.violations })
  totals.longestConvergenceMs = Math.max(totals.longestConvergenceMs, result.convergedAfterMs ?? 0)
}

export function addTotals(totals: Totals, more: Totals): void {
  totals.histories += more.histories
  totals.flips += more.flips
  totals.turns += more.turns
  totals.mutations += more.mutations
  for (const [kind, times] of Object.entries(more.faults))
    totals.faults[kind] = (totals.faults[kind] ?? 0) + times
  totals.failures.push(...more.failures)
  totals.longestConvergenceMs = Math.max(totals.longestConvergenceMs, more.longestConvergenceMs)
}

/** So many histories have drawn each fault of Fly's often enough for it to strike. */
const MANY = 10_000

/** Faults of Fly's that no history ever felt, where there were enough: something does not do what it says. */
export function neverStruck({ histories, faults }: Totals): string[] {
  return histories < MANY ? [] : FLY_MENU.filter((kind) => faults[strikeOf(kind)] === undefined)
}

export function tableOf(totals: Totals, elapsedMs: number): string {
  const rows: [string, number][] = [
    ['histories', totals.histories],
    ['tier changes', totals.flips],
    ['turns', totals.turns],
    ['changes on Fly', totals.mutations],
    ...Object.entries(totals.faults)
      .sort()
      .map(([kind, times]): [string, number] => [`  ${kind}`, times]),
    ['longest convergence, s', Math.round(totals.longestConvergenceMs / 100) / 10],
    ['histories a minute', Math.round((totals.histories / elapsedMs) * 60_000)],
    ['histories with violations', totals.failures.length],
  ]
  return rows
    .map(([name, value]) => `${name.padEnd(34)}${value.toLocaleString('en').padStart(12)}`)
    .join('\n')
}
