import { insertBulk, type Database, type NewBulk } from '@hangar/db'

/** A bulk over these users, as the API writes it. */
export function createBulk(
  db: Database,
  userIds: readonly string[],
  change: Partial<NewBulk> = {},
): Promise<number> {
  const bulk: NewBulk = {
    action: 'retry',
    force: false,
    reason: 'a test',
    actor: 'user:ada',
    requestId: 'req-1',
    perMinute: 60,
    burstApprovalId: null,
    items: userIds.map((userId) => ({ userId })),
    ...change,
  }
  return db.transaction().execute((tx) => insertBulk(tx, bulk))
}

/** In waves of two, a minute apart, that stop where more than half have failed. */
export function createMigration(
  db: Database,
  userIds: readonly string[],
  change: Partial<NewBulk> = {},
): Promise<number> {
  const waves = { size: 2, pauseMs: 60_000, stopOnFailureShare: 0.5 }
  return createBulk(db, userIds, { action: 'migrate', waves, ...change })
}
