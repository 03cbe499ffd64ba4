/**
 * What a listing of machines says of the ledger: a machine that somebody stopped costs its storage from then on, also
 * where a brake keeps it from being repaired, one that is gone costs nothing, and one that is back costs its price again.
 */
import { costStateOf } from '@hangar/core'
import { endCostIntervals, type HealthLook, listOtherStates, mendCostInterval } from '@hangar/db'
import type { OrgMachine } from '@hangar/fly-client'
import type { ReconcileDeps } from '../reconcile/deps.ts'
import { pricesOf } from '../reconcile/prices.ts'

/** Looks in a row that found the app unwell, the last of them without its machine: a listing may lag. */
const FAILURES_BEFORE_END = 2

type Look = HealthLook & { machine: Pick<OrgMachine, 'state'> | undefined }

/** `looks`: of apps whose machines the listing may be believed about, as they were before these looks were recorded. */
export async function keepCostStates(deps: ReconcileDeps, looks: readonly Look[]): Promise<void> {
  const gone = looks.filter(
    ({ subject, verdict, machine }) =>
      !machine && verdict.status === 'unhealthy' && subject.healthFailures + 1 >= FAILURES_BEFORE_END,
  )
  await endCostIntervals(
    deps.db,
    gone.map(({ subject }) => subject),
  )
  for (const state of ['running', 'stored'] as const) {
    const seen = looks.filter(({ machine }) => machine && costStateOf(machine.state) === state)
    const ids = seen.map(({ subject }) => subject.id)
    const wrong = ids.length > 0 ? await listOtherStates(deps.db, ids, state) : []
    for (const app of wrong) await mendCostInterval(deps.db, app.id, pricesOf(deps.settings, app), state)
  }
}
