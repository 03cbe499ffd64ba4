import { acknowledgeAlert, type AlertRow, insertAudit, type Tx } from '@hangar/db'
import type { Caller } from '../auth/caller.ts'
import type { RequestContext } from '../http/route.ts'

/** Somebody has seen it, with its audit row. Null: there is no such alert. */
export async function acknowledge(
  tx: Tx,
  id: number,
  { caller, requestId }: RequestContext & { caller: Caller },
): Promise<AlertRow | null> {
  const found = await acknowledgeAlert(tx, id, caller.actor)
  if (found?.isNew)
    await insertAudit(tx, {
      actor: caller.actor,
      action: 'alert.acknowledge',
      requestId,
      before: { id, acknowledged_by: null },
      after: { id, acknowledged_by: caller.actor },
    })
  return found?.alert ?? null
}
