/** Judges what happened in a campaign, whoever ran it: each guarantee is a file of its own. */
import { brakesHold } from './brakes-hold.ts'
import { callsHaveEvents, eventsHaveCalls } from './calls-and-events.ts'
import { cancelledWorkStops } from './cancelled-work.ts'
import { ledgerIsWhole } from './cost-ledger.ts'
import { desiredIsThere } from './end-state.ts'
import { entitledAppsStay } from './entitled-apps-stay.ts'
import type { History, Violation } from './history.ts'
import { leaseHolds } from './lease.ts'
import { namesAreUsedOnce } from './names.ts'
import { oneAppTrades } from './one-app-trades.ts'
import { oneLiveApp } from './one-live-app.ts'
import { nothingIsLost } from './retained.ts'
import { secretsStaySecret } from './secrets.ts'
import { strangersAreLeftAlone } from './strangers.ts'
import { type Guarantee, viewOf } from './view.ts'

export { differences } from './end-state.ts'
export type * from './history.ts'

export const GUARANTEES: readonly Guarantee[] = [
  oneLiveApp,
  oneAppTrades,
  entitledAppsStay,
  brakesHold,
  leaseHolds,
  callsHaveEvents,
  eventsHaveCalls,
  cancelledWorkStops,
  namesAreUsedOnce,
  nothingIsLost,
  ledgerIsWhole,
  secretsStaySecret,
  strangersAreLeftAlone,
  desiredIsThere,
]

/** Everything that does not hold in this history; empty when all is well. */
export function check(history: History): Violation[] {
  const view = viewOf(history)
  return GUARANTEES.flatMap(({ name, findings }) =>
    findings(view).map((finding) => ({ guarantee: name, ...finding })),
  )
}
