/** Migrations, on the database itself: for when one has to be stopped and the API does not answer. */
import { HangarError } from '@hangar/core'
import {
  type BulkSummary,
  changeBulk,
  countWaves,
  findBulk,
  insertAudit,
  listBulks,
  transact,
  type Tx,
} from '@hangar/db'
import type { MigrationLine, StateChange } from '../commands/migrate-users/manage.ts'
import type { Context } from '../context.ts'
import { CliError, EXIT } from '../exit.ts'
import type { ChangeOptions } from '../options.ts'
import { openDirectly } from './open.ts'

export async function listMigrationsDirectly(
  context: Context,
  limit: number,
): Promise<{ items: MigrationLine[] }> {
  const { db } = await openDirectly(context)
  return { items: (await listBulks(db, { limit, action: 'migrate' })).map(viewLine) }
}

/** With its audit row, as the API writes it. Whoever asks users holds the same row: from then on nobody is asked. */
export async function changeMigrationDirectly(
  context: Context,
  id: number,
  verb: 'pause' | 'cancel',
  { dryRun = false, reason }: ChangeOptions,
): Promise<StateChange> {
  const { db, by } = await openDirectly(context)
  return transact(db, { dryRun }, async (tx) => {
    await findMigration(tx, id)
    const result = await changeBulk(tx, id, verb)
    const after = await findMigration(tx, id)
    const before = result?.before ?? after.state
    const changed = result?.changed ?? false
    if (before === 'done' || (before === 'cancelled' && verb !== 'cancel'))
      throw new HangarError('bulk_over', { operator: `migration ${id} is ${before}` })
    if (changed)
      await insertAudit(tx, {
        ...by(reason),
        action: `bulk.${verb}`,
        before: { bulkId: id, state: before },
        after: { bulkId: id, state: after.state },
      })
    return { changed, dry_run: dryRun, migration: viewLine(after) }
  })
}

async function findMigration(tx: Tx, id: number): Promise<BulkSummary> {
  const bulk = await findBulk(tx, id)
  if (bulk?.action === 'migrate') return bulk
  throw new CliError(EXIT.noInput, `There is no migration ${id}.`)
}

function viewLine(bulk: BulkSummary): MigrationLine {
  return {
    id: bulk.id,
    state: bulk.state,
    // Those that are migrations have waves.
    wave: bulk.wave ?? 1,
    waves: bulk.waveSize === null ? 1 : countWaves(bulk),
    counts: bulk.counts,
    created_at: bulk.createdAt.toISOString(),
    ended_at: bulk.endedAt?.toISOString() ?? null,
    created_by: bulk.actor,
    reason: bulk.reason,
  }
}
