/** A history with what every guarantee asks of it looked up once: whose call is this, under which fence, on what row. */
import type { AppRow, EventRow } from '@hangar/db'
import type { CallEntry } from '@hangar/fly-sim'
import type { History, Violation } from './history.ts'

/** Moments are kept to the millisecond, so that two in a row may look like one, or the other way round. */
export const CLOCK_SLACK_MS = 5
/** How long a look at the entitlement holds: the lease that the guard extends. */
export const GUARD_MS = 15_000

export type Call = CallEntry & {
  /** Null: not made under a lease. */
  fence: number | null
  row: AppRow | null
}

export type View = {
  history: History
  /** Oldest generation first. */
  rowsByUser: ReadonlyMap<string, readonly AppRow[]>
  /** In order of id. */
  eventsByRow: ReadonlyMap<string, readonly EventRow[]>
  eventsByUser: ReadonlyMap<string, readonly EventRow[]>
  calls: readonly Call[]
  callsByUser: ReadonlyMap<string, readonly Call[]>
}

export type Finding = Omit<Violation, 'guarantee'>

/** One thing that always holds, and how a history shows that it did not. */
export type Guarantee = { name: string; says: string; findings: (view: View) => Finding[] }

export function viewOf(history: History): View {
  const apps = history.apps.toSorted((a, b) => a.generation - b.generation)
  const events = history.events.toSorted((a, b) => a.id - b.id)
  const rowOfName = rowsByName(history)
  const calls = history.calls.map((call): Call => {
    const row = call.app === null ? null : (rowOfName.get(call.app) ?? null)
    return { ...call, fence: fenceOfAttempt(call.attempt), row }
  })
  return {
    history,
    rowsByUser: Map.groupBy(apps, (row) => row.userId),
    eventsByRow: Map.groupBy(events, (event) => event.userFlyAppId ?? ''),
    eventsByUser: Map.groupBy(events, (event) => event.userId),
    calls,
    callsByUser: Map.groupBy(
      calls.filter((call) => call.row !== null),
      (call) => call.row?.userId ?? '',
    ),
  }
}

/** A name that turned out to be a stranger's was its row's too, for a while. */
function rowsByName({ apps, events }: History): Map<string, AppRow> {
  const byId = new Map(apps.map((row) => [row.id, row]))
  const names = new Map<string, AppRow>()
  for (const event of events) {
    const row = byId.get(event.userFlyAppId ?? '')
    const name = event.metadata['app']
    if (event.eventType === 'provision_started' && row && typeof name === 'string') names.set(name, row)
  }
  for (const row of apps) names.set(row.flyAppName, row)
  return names
}

/** `<fence>.<attempt>` */
function fenceOfAttempt(attempt: string | null): number | null {
  const fence = Number(attempt?.split('.')[0] ?? Number.NaN)
  return Number.isInteger(fence) ? fence : null
}

/** The fence under which a step was recorded; null for what no lease is needed for. */
export function fenceOf(event: EventRow): number | null {
  const { fence } = event.metadata
  return typeof fence === 'number' ? fence : null
}

export const eventsOf = (view: View, row: AppRow): readonly EventRow[] => view.eventsByRow.get(row.id) ?? []

export const isMutation = (call: CallEntry): boolean => call.method !== 'GET'

const BRINGS_UP = new Set([
  'apps.create',
  'secrets.set',
  'machines.create',
  'machines.start',
  'machines.update',
])

/** Makes or wakes something that costs money. */
export const bringsUp = (call: CallEntry): boolean => BRINGS_UP.has(call.operation)

/** At the same moment, or later. */
export const notBefore = (later: Date | number, earlier: Date | number): boolean =>
  Number(later) + CLOCK_SLACK_MS >= Number(earlier)

/** A call of a worker that had lost its lease: somebody with a higher fence had acted on the row before. */
export function isLosers(view: View, call: Call, row: AppRow): boolean {
  const { fence } = call
  if (fence === null) return false
  return eventsOf(view, row).some(
    (event) => (fenceOf(event) ?? 0) > fence && notBefore(call.atMs, event.createdAt),
  )
}

export const shown = (moment: Date | number): string => new Date(moment).toISOString()

export const named = (call: Call): string =>
  `${call.operation} (call ${call.seq} at ${shown(call.atMs)}, attempt ${call.attempt ?? 'none'})`

export const about = (row: AppRow): { userId: string; app: string } => ({
  userId: row.userId,
  app: row.flyAppName,
})
