import type { AppRow, EventRow } from '@hangar/db'
import type { TierChange } from './history.ts'
import {
  about,
  type Call,
  CLOCK_SLACK_MS,
  eventsOf,
  type Finding,
  type Guarantee,
  GUARD_MS,
  isLosers,
  named,
  notBefore,
  shown,
  type View,
} from './view.ts'

/** The worst that a system like this can do is to stop the app of somebody who pays for it. */
export const entitledAppsStay: Guarantee = {
  name: 'entitled apps stay',
  says: 'A teardown begins only when its user is not entitled, and nothing is destroyed before one has begun.',
  findings: (view) => [...wrongLives(view), ...destroyedTooSoon(view), ...vanished(view)],
}

function wrongLives(view: View): Finding[] {
  const changes = Map.groupBy(view.history.tierChanges, (change) => change.userId)
  return view.history.apps.flatMap((row): Finding[] => {
    const own = changes.get(row.userId) ?? []
    const findings: Finding[] = []
    if (!couldBe(true, own, row.createdAt))
      findings.push({
        ...about(row),
        what: `reserved at ${shown(row.createdAt)} for a user who was not entitled`,
      })
    if (row.teardownStartedAt && !couldBe(false, own, row.teardownStartedAt))
      findings.push({
        ...about(row),
        what: `its teardown began at ${shown(row.teardownStartedAt)}, when the user was entitled`,
      })
    return findings
  })
}

/** Whether the user may have been (un)entitled at that moment, or when the guard before it last looked. */
function couldBe(entitled: boolean, changes: readonly TierChange[], moment: Date): boolean {
  const at = moment.getTime()
  return spansOf(entitled, changes).some(
    ({ from, to }) => from - CLOCK_SLACK_MS <= at && at <= to + GUARD_MS + CLOCK_SLACK_MS,
  )
}

function spansOf(entitled: boolean, changes: readonly TierChange[]): { from: number; to: number }[] {
  const spans: { from: number; to: number }[] = []
  let from: number | null = entitled ? null : -Infinity
  for (const change of changes) {
    if (change.entitled === entitled) {
      from ??= change.notBefore.getTime()
    } else if (from !== null) {
      spans.push({ from, to: change.committedBy.getTime() })
      from = null
    }
  }
  if (from !== null) spans.push({ from, to: Infinity })
  return spans
}

const DESTROYS = new Set(['apps.delete', 'machines.delete', 'machines.stop', 'machines.suspend'])

function destroyedTooSoon(view: View): Finding[] {
  return view.calls.flatMap((call): Finding[] => {
    const { row } = call
    if (!row || !DESTROYS.has(call.operation)) return []
    const doomedAt = row.teardownStartedAt ?? row.deletedAt
    if (doomedAt && notBefore(call.atMs, doomedAt)) return []
    if (isMending(call, eventsOf(view, row))) return []
    // The one call that a loser may have had on its way (see lease.ts); the end state tells whether it was put right.
    if (isLosers(view, call, row)) return []
    return [{ ...about(row), what: `${named(call)} before its teardown had begun` }]
  })
}

/** A resize stops its machine; provisioning, a repair, and an app that has one too many delete what is in the way. */
function isMending(call: Call, events: readonly EventRow[]): boolean {
  const before = events.filter((event) => notBefore(call.atMs, event.createdAt))
  const isUp = before.some((event) => event.eventType === 'provision_completed')
  const last = before.findLast((event) => /^(resize|repair)_(started|completed)$/.test(event.eventType))
  const underWay = last?.eventType.endsWith('_started') === true ? last.eventType : null
  if (call.operation === 'machines.stop') return underWay === 'resize_started'
  if (call.operation !== 'machines.delete') return false
  if (!isUp || underWay !== null) return true
  const onRecord = before.findLast((event) => event.eventType.endsWith('_machine_created'))
  return onRecord?.metadata['machine_id'] !== call.machine
}

/** A row that ends without a teardown is one whose app was found gone. */
function vanished(view: View): Finding[] {
  const isGone = (row: AppRow) => eventsOf(view, row).some((event) => event.eventType === 'app_missing')
  return view.history.apps
    .filter((row) => row.deletedAt && !row.teardownStartedAt && !isGone(row))
    .map((row) => ({
      ...about(row),
      what: 'its row ended without a teardown, and nobody found its app gone',
    }))
}
