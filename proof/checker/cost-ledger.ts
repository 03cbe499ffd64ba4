import type { AppRow } from '@hangar/db'
import type { CostInterval } from './history.ts'
import { about, eventsOf, type Finding, type Guarantee, notBefore, shown, type View } from './view.ts'

/** An event and the interval that it opens or closes are written by one statement, which reads the clock twice. */
const STATEMENT_MS = 1_000
/** final_cost_usd is rounded to the millionth. */
const ROUNDING_USD = 0.000_001

export const ledgerIsWhole: Guarantee = {
  name: 'the ledger is whole',
  says: 'What an app costs has no overlap, and no gap while the app is up; it is open while the app runs and closed after.',
  findings: (view) => {
    const intervals = Map.groupBy(view.history.costIntervals, (interval) => interval.userFlyAppId)
    return view.history.apps.flatMap((row) => {
      const own = (intervals.get(row.id) ?? []).toSorted((a, b) => Number(a.startedAt) - Number(b.startedAt))
      const wrong = [...overlaps(own), ...openOnes(row, own), ...gaps(view, row, own), ...finalCost(row, own)]
      return wrong.map((what): Finding => ({ ...about(row), what }))
    })
  },
}

function overlaps(intervals: readonly CostInterval[]): string[] {
  return intervals.flatMap((interval, index) => {
    const next = intervals[index + 1]
    if (!next || (interval.endedAt && notBefore(next.startedAt, interval.endedAt))) return []
    const end = interval.endedAt ? `ends at ${shown(interval.endedAt)}` : 'is open'
    return [`interval ${interval.id} ${end} and interval ${next.id} begins at ${shown(next.startedAt)}`]
  })
}

function openOnes(row: AppRow, intervals: readonly CostInterval[]): string[] {
  const open = intervals.filter((interval) => interval.endedAt === null).length
  if (row.status === 'deleted' && open > 0) return [`${open} intervals are open on a row that has ended`]
  const atRest = row.status === 'active' && row.operation === null
  if (atRest && open !== 1) return [`${open} intervals are open on an active row`]
  return []
}

const COMES_UP = /^(provision|resize|repair)_completed$/
const MAY_GO_DOWN =
  /^((resize|repair|deprovision)_started|app_missing|provision_started|health_check_failed)$/

/**
 * From each moment at which an operation was complete until the next begins, or a health check failed (its machine may be
 * gone, and then it costs nothing), every moment is paid for.
 */
function gaps(view: View, row: AppRow, intervals: readonly CostInterval[]): string[] {
  const events = eventsOf(view, row)
  return events.flatMap((event, index): string[] => {
    if (!COMES_UP.test(event.eventType)) return []
    const end = events.slice(index + 1).find((later) => MAY_GO_DOWN.test(later.eventType))
    if (!end && (row.status !== 'active' || row.operation !== null)) return []
    const untilMs = end ? Number(end.createdAt) : Infinity
    const gapAtMs = firstGap(intervals, Number(event.createdAt), untilMs)
    return gapAtMs === null ? [] : [`nothing is paid for from ${shown(gapAtMs)}, though the app was up`]
  })
}

function firstGap(intervals: readonly CostInterval[], fromMs: number, untilMs: number): number | null {
  let paidMs = fromMs
  for (const { startedAt, endedAt } of intervals) {
    if (Number(startedAt) > paidMs + STATEMENT_MS) break
    paidMs = Math.max(paidMs, endedAt ? Number(endedAt) : Infinity)
  }
  return paidMs + STATEMENT_MS >= untilMs ? null : paidMs
}

function finalCost(row: AppRow, intervals: readonly CostInterval[]): string[] {
  if (row.status !== 'deleted') return []
  const sum = intervals.reduce((usd, { usdPerSecond, startedAt, endedAt }) => {
    const seconds = (Number(endedAt ?? startedAt) - Number(startedAt)) / 1_000
    return usd + Number(usdPerSecond) * seconds
  }, 0)
  const written = Number(row.finalCostUsd)
  if (Math.abs(written - sum) <= ROUNDING_USD) return []
  return [`its final cost is ${written} USD, and its intervals add up to ${sum.toFixed(6)}`]
}
