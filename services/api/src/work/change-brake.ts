import { BRAKES, HangarError, type BrakeName } from '@hangar/core'
import { countHeld, insertAudit, listBrakes, type BrakeRow, type Tx } from '@hangar/db'
import type { Caller } from '../auth/caller.ts'
import type { RequestContext } from '../http/route.ts'

export type BrakeChange = { name: BrakeName; verb: 'engage' | 'release'; reason: string }

/**
 * Engages or releases by hand, with its audit row in the same transaction. A brake that was as wished already is left
 * as it is, and nothing is written.
 */
export async function changeBrake(
  { name, verb, reason }: BrakeChange,
  change: (tx: Tx) => Promise<boolean>,
  { deps, requestId, caller }: RequestContext & { caller: Caller },
): Promise<{ changed: boolean; brake: ReturnType<typeof viewBrake> }> {
  const answer = await deps.db.transaction().execute(async (tx) => {
    const before = await findBrake(tx, name)
    const changed = await change(tx)
    const after = await findBrake(tx, name)
    if (changed)
      await insertAudit(tx, {
        actor: caller.actor,
        action: `brake.${verb}`,
        reason,
        requestId,
        before: viewState(before),
        after: viewState(after),
      })
    return { changed, brake: viewBrake(after, (await countHeld(tx))[name]) }
  })
  if (answer.changed)
    deps.logger.warn(
      { brake: name, by: caller.actor, reason },
      `brake ${verb === 'engage' ? 'engaged' : 'released'}`,
    )
  return answer
}

async function findBrake(tx: Tx, name: BrakeName): Promise<BrakeRow> {
  const brake = (await listBrakes(tx)).find((one) => one.name === name)
  if (!brake) throw new HangarError('internal', { operator: `the brake ${name} has no row` })
  return brake
}

/** A brake as the admin API shows it. */
export function viewBrake(brake: BrakeRow, heldUsers: number) {
  const { summary, holds, resumes } = BRAKES[brake.name]
  return {
    ...viewState(brake),
    summary,
    holds,
    held_users: heldUsers,
    /** `when_clear`: by itself, as soon as its condition is gone; `operator`: when a person says so. */
    resumes,
  }
}

function viewState(brake: BrakeRow) {
  return {
    name: brake.name,
    engaged: brake.engagedAt !== null,
    since: brake.engagedAt,
    by: brake.engagedBy,
    reason: brake.reason,
    details: brake.details,
    ignored_until: brake.ignoredUntil,
  }
}
