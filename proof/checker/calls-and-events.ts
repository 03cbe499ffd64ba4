/**
 * Every change on Fly is in the events, once, and every event of a change was one change. The pairs:
 *
 *   call             its event, by the same fence
 *   apps.create      provision_app_created
 *   secrets.set      …_secrets_set
 *   machines.create  …_machine_created
 *   machines.start   …_machine_launched
 *   machines.restart …_machine_restarted
 *   machines.update  resize_machine_updated
 *   machines.stop    …_machine_stopped, …_machine_stopping or …_drain_signalled
 *   machines.delete  …_machine_deleted
 *   apps.delete      deprovision_app_deleting before it, or orphan_deleting by whoever tried first
 *
 * They are paired off: no event answers for two calls, and no call for two events. A worker that dies, loses its lease
 * or never gets the answer writes nothing: then the call is the last thing that its fence did, and whoever comes next
 * finds what it left, and says in the event that it was found (`adopted`).
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
  says: 'Each change made on Fly has an event of its own, unless it was the last thing that its worker could do.',
  findings: (view) =>
    view.history.apps.flatMap((row) =>
      callsWithoutEvent(view, row)
        .filter((call) => !wasTheLast(view, call, row))
        .map((call) => ({ ...about(row), what: `${named(call)} has no event, and its worker went on` })),
    ),
}

export const eventsHaveCalls: Guarantee = {
  name: 'events have calls',
  says: 'Each event that tells of a change on Fly has a call of its own that made it.',
  findings: (view) =>
    view.history.apps.flatMap((row) =>
      [...eventsWithoutCall(view, row), ...endsWithoutCall(view, row)].map(
        ({ event, operation }): Finding => ({
          ...about(row),
          what: `event ${event.id} ${event.eventType} has no call ${operation} of its own`,
        }),
      ),
    ),
}

const EVENT_OF: Readonly<Record<string, RegExp>> = {
  'apps.create': /^provision_app_created$/,
  'secrets.set': /_secrets_set$/,
  'machines.create': /_machine_created$/,
  'machines.start': /_machine_launched$/,
  'machines.restart': /_machine_restarted$/,
  'machines.update': /^resize_machine_updated$/,
  'machines.stop': /_(machine_stopp(ed|ing)|drain_signalled)$/,
  'machines.delete': /_machine_deleted$/,
}
const DELETE = 'apps.delete'

const callsOn = (view: View, row: AppRow): Call[] =>
  (view.callsByUser.get(row.userId) ?? []).filter((call) => call.row === row)

/** First come, first served: an event that two calls could have had goes to the earlier one, and the later has none. */
function callsWithoutEvent(view: View, row: AppRow): Call[] {
  const events = eventsOf(view, row)
  const changes = callsOn(view, row).filter((call) => call.applied && isMutation(call) && call.fence !== null)
  const taken = new Set<EventRow>()
  return changes.filter((call, index) => {
    const event = events.find((one) => !taken.has(one) && tells(one, call))
    if (event) taken.add(event)
    return !event && !isTryAtOrphan(events, call, changes.slice(0, index))
  })
}

function tells(event: EventRow, call: Call): boolean {
  if (fenceOf(event) !== call.fence) return false
  if (call.operation === DELETE)
    return event.eventType === 'deprovision_app_deleting' && notBefore(call.atMs, event.createdAt)
  return EVENT_OF[call.operation]?.test(event.eventType) === true && notBefore(event.createdAt, call.atMs)
}

/** The event is written once for each time that the orphan was found; each try is one call under a lease of its own. */
function isTryAtOrphan(events: readonly EventRow[], call: Call, before: readonly Call[]): boolean {
  if (call.operation !== DELETE) return false
  if (before.some(({ operation, fence }) => operation === DELETE && fence === call.fence)) return false
  return events.some(
    (event) => event.eventType === 'orphan_deleting' && notBefore(call.atMs, event.createdAt),
  )
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

/** An event, and the call that it claims was made. */
type Claim = { event: EventRow; operation: string }

function eventsWithoutCall(view: View, row: AppRow): Claim[] {
  const calls = callsOn(view, row)
  const claims = eventsOf(view, row).flatMap((event): Claim[] => {
    const operation = Object.keys(EVENT_OF).find((name) => EVENT_OF[name]?.test(event.eventType))
    return operation === undefined || event.status === 'skipped' ? [] : [{ event, operation }]
  })
  const used = new Set<Call>()
  const take = ({ event, operation }: Claim, fits: (call: Call) => boolean): boolean => {
    const free = calls.filter(
      (call) =>
        call.operation === operation &&
        !used.has(call) &&
        notBefore(event.createdAt, call.atMs) &&
        fits(call),
    )
    // One that changed nothing, as "the name is taken" by what an earlier call made, is a call as well.
    const call = free.findLast(({ applied }) => applied) ?? free.at(-1)
    if (call) used.add(call)
    return call !== undefined
  }
  const ownCall = (claim: Claim) => take(claim, (call) => call.fence === fenceOf(claim.event))
  const anEarlierCall = (claim: Claim) =>
    take(claim, (call) => call.applied && (call.fence ?? 0) < (fenceOf(claim.event) ?? Infinity))
  const [found, made] = [claims.filter(wasFound), claims.filter((claim) => !wasFound(claim))]
  return [
    ...made.filter((claim) => !ownCall(claim)),
    ...found.filter((claim) => !ownCall(claim) && !anEarlierCall(claim) && !isFoundAgain(claim, claims)),
  ]
}

const wasFound = ({ event }: Claim): boolean => event.metadata['adopted'] === true

/** What a worker had on record, lost sight of and forgot, is found by a later one, though nobody has made another. */
function isFoundAgain({ event, operation }: Claim, claims: readonly Claim[]): boolean {
  const before = claims.filter(
    (other) =>
      other.operation === operation &&
      other.event.id < event.id &&
      other.event.metadata['machine_id'] === event.metadata['machine_id'],
  )
  return before.length > 0 && before.every((other) => fenceOf(other.event) !== fenceOf(event))
}

/**
 * The end of an app has a call, its own or an earlier one that was carried out. How often Fly was asked is another
 * matter; but a row ends once, and an orphan once for each time that somebody set out to delete it.
 */
function endsWithoutCall(view: View, row: AppRow): Claim[] {
  const calls = callsOn(view, row).filter((call) => call.operation === DELETE)
  const events = eventsOf(view, row)
  const seen = { deprovision: 0, orphan: 0, begun: 0 }
  return events.flatMap((event): Claim[] => {
    if (event.eventType === 'orphan_deleting') seen.begun++
    const [, whose] = /^(deprovision_app|orphan)_deleted$/.exec(event.eventType) ?? []
    if (whose === undefined || event.status === 'skipped') return []
    const isOnce = whose === 'orphan' ? ++seen.orphan <= seen.begun : ++seen.deprovision === 1
    return isOnce && calls.some((call) => ended(call, event)) ? [] : [{ event, operation: DELETE }]
  })
}

function ended(call: Call, event: EventRow): boolean {
  if (!notBefore(event.createdAt, call.atMs)) return false
  const fence = fenceOf(event)
  return call.fence === fence || (call.applied && (call.fence ?? 0) <= (fence ?? Infinity))
}
