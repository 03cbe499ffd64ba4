/** Brakes, on the database itself: for when teardowns have to stop and the API does not answer. */
import { type BrakeName, BRAKES } from '@hangar/core'
import {
  type BrakeRow,
  countHeld,
  engageBrake,
  insertAudit,
  listBrakes,
  releaseBrake,
  transact,
  type Tx,
} from '@hangar/db'
import type { BrakeChange, BrakeLine } from '../commands/brakes.ts'
import type { Context } from '../context.ts'
import { CliError, EXIT } from '../exit.ts'
import { openDirectly } from './open.ts'

const MINUTE_MS = 60_000

export async function listBrakesDirectly(context: Context): Promise<{ items: BrakeLine[] }> {
  const { db } = await openDirectly(context)
  const held = await countHeld(db)
  const rows = await listBrakes(db)
  return { items: rows.map((row) => viewLine(row, held[row.name])) }
}

export async function changeBrakeDirectly(
  context: Context,
  name: BrakeName,
  verb: 'engage' | 'release',
  { dryRun = false, reason, ignoreMinutes = 0 }: BrakeChange,
): Promise<{ changed: boolean; brake: BrakeLine }> {
  // Each restore is a new one: what was judged about the last says nothing of the next.
  if (name === 'restored' && ignoreMinutes > 0)
    throw new CliError(
      EXIT.dataError,
      'restored cannot be ignored: if it engages again, the database was restored again.',
    )
  const { db, ...direct } = await openDirectly(context)
  const { actor } = direct.by(reason)
  return transact(db, { dryRun }, async (tx) => {
    const before = await findBrake(tx, name)
    const changed =
      verb === 'engage'
        ? await engageBrake(tx, name, { by: actor, reason })
        : await releaseBrake(tx, name, { ignoreForMs: ignoreMinutes * MINUTE_MS })
    const after = await findBrake(tx, name)
    if (changed)
      await insertAudit(tx, {
        actor,
        action: `brake.${verb}`,
        reason,
        before: stateOf(before),
        after: stateOf(after),
      })
    return { changed, brake: viewLine(after, (await countHeld(tx))[name]) }
  })
}

async function findBrake(tx: Tx, name: BrakeName): Promise<BrakeRow> {
  const brake = (await listBrakes(tx)).find((one) => one.name === name)
  if (!brake) throw new CliError(EXIT.software, `The brake ${name} has no row.`)
  return brake
}

function stateOf(brake: BrakeRow) {
  const { name, engagedAt: since, engagedBy: by, reason, details, ignoredUntil } = brake
  return { name, engaged: since !== null, since, by, reason, details, ignored_until: ignoredUntil }
}

function viewLine(brake: BrakeRow, heldUsers: number): BrakeLine {
  return {
    name: brake.name,
    engaged: brake.engagedAt !== null,
    since: brake.engagedAt?.toISOString() ?? null,
    by: brake.engagedBy,
    reason: brake.reason,
    held_users: heldUsers,
    summary: BRAKES[brake.name].summary,
  }
}
