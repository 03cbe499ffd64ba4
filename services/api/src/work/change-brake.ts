import {
  BRAKE_NAMES,
  BRAKES,
  BRAKES_BY_HAND,
  HangarError,
  type BrakedAct,
  type BrakeName,
} from '@hangar/core'
import { countHeld, insertAudit, listBrakes, transact, type BrakeRow, type Tx } from '@hangar/db'
import { z } from 'zod'
import type { Caller } from '../auth/caller.ts'
import { anyFields, count, time } from '../http/answer-fields.ts'
import type { RequestContext } from '../http/route.ts'

export type BrakeChange = { name: BrakeName; verb: 'engage' | 'release'; reason: string; dryRun: boolean }

/**
 * Engages or releases by hand, with its audit row in the same transaction. A brake that was as wished already is left
 * as it is, and nothing is written.
 */
export async function changeBrake(
  { name, verb, reason, dryRun }: BrakeChange,
  change: (tx: Tx) => Promise<boolean>,
  { deps, requestId, caller }: RequestContext & { caller: Caller },
): Promise<{ changed: boolean; brake: ReturnType<typeof viewBrake> }> {
  const answer = await transact(deps.db, { dryRun }, async (tx) => {
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
  if (answer.changed && !dryRun)
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

const ACTS = [
  'teardown',
  'repair',
  'recreate',
  'resize',
  'surplus',
  'anything',
] as const satisfies readonly BrakedAct[]

export const brakeAnswer = z
  .strictObject({
    name: z.enum(BRAKE_NAMES),
    engaged: z.boolean(),
    since: time.nullable(),
    by: z.string().nullable(),
    reason: z.string().nullable(),
    details: anyFields,
    ignored_until: time.nullable(),
    summary: z.string(),
    holds: z.array(z.enum(ACTS)),
    held_users: count,
    resumes: z
      .enum(['when_clear', 'operator'])
      .describe('By itself, as soon as its condition is gone, or when a person says so.'),
    by_hand: z.boolean().describe('Whether a person may engage it. Any brake is released by a person.'),
  })
  .meta({ id: 'Brake' })

/** Of engaging and releasing. */
export const brakeChangeAnswer = z.strictObject({
  changed: z.boolean().describe('False where it was as wished already.'),
  brake: brakeAnswer.describe('As it is then, or, for a dry run, as it would be.'),
})

/** A brake as the admin API shows it. */
export function viewBrake(brake: BrakeRow, heldUsers: number) {
  const { summary, holds, resumes } = BRAKES[brake.name]
  return {
    ...viewState(brake),
    summary,
    holds: [...holds],
    held_users: heldUsers,
    resumes,
    by_hand: BRAKES_BY_HAND.includes(brake.name),
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
