/**
 * What a listing of machines says of the ledger: a machine that somebody stopped costs its storage from then on, also
 * where a brake keeps it from being repaired, and one that runs again costs its price.
 */
import { costStateOf } from '@hangar/core'
import { type HealthSubject, listOtherStates, mendCostInterval } from '@hangar/db'
import type { OrgMachine } from '@hangar/fly-client'
import type { ReconcileDeps } from '../reconcile/deps.ts'
import { pricesOf } from '../reconcile/prices.ts'

type Look = { subject: HealthSubject; machine: Pick<OrgMachine, 'state'> | undefined }

/** `looks`: of apps whose machines the listing may be believed about. One that it does not show changes nothing. */
export async function keepCostStates(deps: ReconcileDeps, looks: readonly Look[]): Promise<void> {
  for (const state of ['running', 'stored'] as const) {
    const seen = looks.filter(({ machine }) => machine && costStateOf(machine.state) === state)
    const ids = seen.map(({ subject }) => subject.id)
    const wrong = ids.length > 0 ? await listOtherStates(deps.db, ids, state) : []
    for (const app of wrong) await mendCostInterval(deps.db, app.id, pricesOf(deps.settings, app), state)
  }
}
