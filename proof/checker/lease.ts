import type { AppRow } from '@hangar/db'
import {
  about,
  type Call,
  eventsOf,
  fenceOf,
  type Finding,
  type Guarantee,
  isMutation,
  named,
  type View,
} from './view.ts'

/** What a worker does that was stopped, lost its lease and woke up again. */
export const leaseHolds: Guarantee = {
  name: 'the lease holds',
  says: 'Who lost the lease changes nothing on Fly but by one call in flight, on its own generation, and writes no row.',
  findings: (view) => [...lateCalls(view), ...lateWrites(view), ...callsWithoutLease(view)],
}

/** It had moved on to this generation under its lease: the one before was closed, and this one reserved. */
function workedOn(view: View, fence: number, row: AppRow): boolean {
  return eventsOf(view, row).some((event) => fenceOf(event) === fence)
}

function lateCalls(view: View): Finding[] {
  return [...view.callsByUser.values()].flatMap((calls) => {
    const findings: Finding[] = []
    const late = new Map<number, Call>()
    const lastApp = new Map<number, string | null>()
    let newest = 0
    for (const call of calls) {
      const { fence, row } = call
      if (fence === null || !row) continue
      newest = Math.max(newest, fence)
      if (fence < newest && isMutation(call)) {
        const first = late.get(fence)
        if (first)
          findings.push({
            ...about(row),
            what: `${named(call)} after fence ${newest} called, and after ${named(first)}`,
          })
        else if ((lastApp.get(fence) ?? call.app) !== call.app && !workedOn(view, fence, row))
          findings.push({
            ...about(row),
            what: `${named(call)} after fence ${newest} called, on another generation`,
          })
        late.set(fence, call)
      }
      lastApp.set(fence, call.app)
    }
    return findings
  })
}

/** Claims and fenced writes of one user come one after the other, so their fences only grow. */
function lateWrites({ eventsByUser, history }: View): Finding[] {
  const findings: Finding[] = []
  const fences = new Map(history.works.map((work) => [work.userId, work.fence]))
  for (const [userId, events] of eventsByUser) {
    let newest = 0
    for (const event of events) {
      const fence = fenceOf(event)
      if (fence === null) continue
      if (fence < newest)
        findings.push({
          userId,
          what: `event ${event.id} ${event.eventType} of fence ${fence} after one of fence ${newest}`,
        })
      newest = Math.max(newest, fence)
    }
    const claimed = fences.get(userId) ?? 0
    if (newest > claimed)
      findings.push({ userId, what: `events of fence ${newest}, but only ${claimed} claims were ever made` })
  }
  return findings
}

function callsWithoutLease({ calls, history }: View): Finding[] {
  return calls
    .filter(
      (call) => isMutation(call) && call.fence === null && (call.app ?? '').startsWith(history.appPrefix),
    )
    .map((call) => ({ app: call.app ?? '', what: `${named(call)} was made under no lease` }))
}
