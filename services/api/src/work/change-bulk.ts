import { HangarError } from '@hangar/core'
import {
  changeBulk,
  type BulkSummary,
  type BulkVerb,
  findBulk,
  insertAudit,
  transact,
  type Tx,
} from '@hangar/db'
import { requireRole, type Caller } from '../auth/caller.ts'
import type { RequestContext } from '../http/route.ts'
import { wakeBulkSoon } from './wake-bulk.ts'

export type BulkChange = { id: number; verb: BulkVerb; reason: string | undefined; dryRun: boolean }

/** Pauses, resumes or cancels, with its audit row. One that was so already is left as it is, and nothing is written. */
export async function changeBulkState(
  change: BulkChange,
  context: RequestContext & { caller: Caller },
): Promise<{ changed: boolean; bulk: BulkSummary }> {
  const { dryRun, id } = change
  const answer = await transact(context.deps.db, { dryRun }, (tx) => carryOut(tx, change, context))
  if (answer.changed && !dryRun) await wakeBulkSoon(context.deps, id)
  return answer
}

async function carryOut(
  tx: Tx,
  { id, verb, reason }: BulkChange,
  { caller, requestId }: RequestContext & { caller: Caller },
): Promise<{ changed: boolean; bulk: BulkSummary }> {
  const result = await changeBulk(tx, id, verb)
  const bulk = await findBulk(tx, id)
  if (!result || !bulk) throw new HangarError('not_found', { operator: `there is no bulk ${id}` })
  if (verb === 'resume' && takesAdmin(bulk)) requireRole(caller, 'admin')
  const { before, changed } = result
  const isOver = before === 'done' || (before === 'cancelled' && verb !== 'cancel')
  if (isOver) throw new HangarError('bulk_over', { operator: `bulk ${id} is ${before}` })
  if (changed)
    await insertAudit(tx, {
      actor: caller.actor,
      action: `bulk.${verb}`,
      reason: reason ?? null,
      requestId,
      before: { bulkId: id, state: before },
      after: { bulkId: id, state: bulk.state },
    })
  return { changed, bulk }
}

/** What ends apps, or goes against what is paid. */
export function takesAdmin({ action, force }: Pick<BulkSummary, 'action' | 'force'>): boolean {
  return force || action === 'deprovision'
}
