/**
 * Every change on Fly is in the events, and every event of a change was a change. The pairs:
 *
 *   call             its event, by the same fence
 *   apps.create      provision_app_created
 *   secrets.set      …_secrets_set
 *   machines.create  …_machine_created
 *   machines.start   …_machine_launched
 *   machines.restart …_machine_restarted
 *   machines.update  resize_machine_updated
 *   machines.stop    …_machine_stopped or …_drain_signalled
 *   machines.delete  …_machine_deleted
 *   apps.delete      deprovision_app_deleting or orphan_deleting before it
 *
 * A worker that dies, loses its lease or never gets the answer writes nothing: then the call is the last thing that
 * its fence did, and whoever comes next finds what it left.
 */
import type { AppRow, EventRow } from '@hangar/db'
import {
  about,
  type Call,
  eventsOf,
  fenceOf,
  type Finding,
  type Guarantee,
  isMutation,
  named,
  notBefore,
  type View,
} from './view.ts'

export const callsHaveEvents: Guarantee = {
  name: 'calls have events',
  says: 'Each change made on Fly has its event, unless it was the last thing that its worker could do.',
  findings: (view) =>
    view.calls
      .filter((call) => call.applied && isMutation(call) && call.fence !== null)
      .flatMap((call): Finding[] => {
        const { row } = call
        if (!row || hasEvent(view, call, row) || wasTheLast(view, call, row)) return []
        return [{ ...about(row), what: `${named(call)} has no event, and its worker went on` }]
      }),
}

export const eventsHaveCalls: Guarantee = {
  name: 'events have calls',
  says: 'Each event that tells of a change on Fly has the call that made it.',
  findings: (view) =>
    view.history.apps.flatMap((row) => {
      const calls = (view.callsByUser.get(row.userId) ?? []).filter((call) => call.row === row)
      return eventsOf(view, row).flatMap((event): Finding[] => {
        const operation = operationTold(event)
        if (operation === null || calls.some((call) => made(call, operation, event))) return []
        return [{ ...about(row), what: `event ${event.id} ${event.eventType} has no call ${operation}` }]
      })
    }),
}

type Pair = { operation: string; after?: RegExp; before?: RegExp; beforeByAnyone?: boolean }

const PAIRS: readonly Pair[] = [
  { operation: 'apps.create', after: /^provision_app_created$/ },
  { operation: 'secrets.set', after: /_secrets_set$/ },
  { operation: 'machines.create', after: /_machine_created$/ },
  { operation: 'machines.start', after: /_machine_launched$/ },
  { operation: 'machines.restart', after: /_machine_restarted$/ },
  { operation: 'machines.update', after: /^resize_machine_updated$/ },
  { operation: 'machines.stop', after: /_(machine_stopped|drain_signalled)$/ },
  { operation: 'machines.delete', after: /_machine_deleted$/ },
  { operation: 'apps.delete', before: /^(deprovision_app|orphan)_deleting$/, beforeByAnyone: true },
]

function hasEvent(view: View, call: Call, row: AppRow): boolean {
  const pair = PAIRS.find(({ operation }) => operation === call.operation)
  if (!pair) return false
  return eventsOf(view, row).some((event) => {
    const own = fenceOf(event) === call.fence
    if (own && pair.after?.test(event.eventType) === true && notBefore(event.createdAt, call.atMs))
      return true
    return (
      (own || pair.beforeByAnyone === true) &&
      pair.before?.test(event.eventType) === true &&
      notBefore(call.atMs, event.createdAt)
    )
  })
}

/** That it never got the answer, or a bad one, is the one thing that it may still write. */
const FAILURE = /_(retried|failed)$/

function wasTheLast(view: View, call: Call, row: AppRow): boolean {
  const wroteLater = (view.eventsByUser.get(row.userId) ?? []).some(
    (event) =>
      fenceOf(event) === call.fence && Number(event.createdAt) > call.atMs && !FAILURE.test(event.eventType),
  )
  const calledLater = (view.callsByUser.get(row.userId) ?? []).some(
    (other) => other.fence === call.fence && other.seq > call.seq && isMutation(other),
  )
  return !wroteLater && !calledLater
}

/** The call that an event claims was made; null for an event that claims none. */
function operationTold(event: EventRow): string | null {
  if (event.status === 'skipped') return null
  if (/^(deprovision_app|orphan)_deleted$/.test(event.eventType)) return 'apps.delete'
  const pair = PAIRS.find(({ after }) => after?.test(event.eventType) === true)
  return pair?.operation ?? null
}

/** Found on Fly instead of made: by an earlier fence, whose answer was lost. */
const IS_OFTEN_FOUND = new Set(['apps.create', 'machines.create', 'machines.update', 'apps.delete'])

function made(call: Call, operation: string, event: EventRow): boolean {
  if (call.operation !== operation || !notBefore(event.createdAt, call.atMs)) return false
  const fence = fenceOf(event)
  if (call.fence === fence) return true
  if (!IS_OFTEN_FOUND.has(operation)) return false
  return call.applied && (call.fence ?? 0) <= (fence ?? Infinity)
}
