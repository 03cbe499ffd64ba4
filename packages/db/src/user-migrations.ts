/** Who is to be moved, and into which life: users who pay, and have no app of their own that is up. */
import { appName, type Policy } from '@hangar/core'
import { sql } from 'kysely'
import { lastGeneration } from './apps.ts'
import { type BulkItemRow, listBulkItems } from './bulks.ts'
import type { Database, Tx } from './database.ts'
import { findInstallationId } from './installation.ts'

/** Rows of a report read in one go. */
const ITEMS_AT_ONCE = 1_000

/** From here to the end of the transaction nobody else makes a migration: no user gets into two at once. */
export async function lockMigrations(tx: Tx): Promise<void> {
  await sql`select pg_advisory_xact_lock(hashtextextended('hangar.migrations', 0))`.execute(tx)
}

/**
 * In the order of their ids. Whether each may really be moved is judged from their facts: here is left out only who
 * certainly is not meant.
 */
export async function listMigrants(
  tx: Tx,
  { tiers, limit }: { tiers: readonly string[]; limit: number },
  { endedStatuses }: Policy,
): Promise<string[]> {
  const { rows } = await sql<{ userId: string }>`
    select host.user_id from hangar.host_subscriptions host
    where lower(host.tier) = any (${[...tiers]}::text[])
      and (host.status is null or lower(host.status) <> all (${[...endedStatuses]}::text[]))
      and not exists (
        select from public.user_fly_apps app where app.user_id = host.user_id and app.deleted_at is null
          and app.status = 'active' and app.teardown_started_at is null)
    order by host.user_id limit ${limit}`.execute(tx)
  return rows.map(({ userId }) => userId)
}

/** Those of them who wait or are at it in a migration that goes on. */
export async function listMigrating(tx: Tx, userIds: readonly string[]): Promise<Set<string>> {
  const { rows } = await sql<{ userId: string }>`
    select item.user_id from hangar.bulks bulk
    join hangar.bulk_items item on item.bulk_id = bulk.id and item.state in ('waiting', 'asked')
    where bulk.ended_at is null and bulk.action = 'migrate' and item.user_id = any (${[...userIds]}::uuid[])`.execute(
    tx,
  )
  return new Set(rows.map(({ userId }) => userId))
}

/**
 * What their apps are called, or will be unless a stranger on Fly has the name: of one who has a live row the name that is
 * in it, else that of the next life.
 */
export async function foreseeAppNames(
  tx: Tx,
  userIds: readonly string[],
  prefix: string,
): Promise<Map<string, string>> {
  const installationId = await findInstallationId(tx)
  const { rows } = await sql<{ userId: string; name: string | null; generation: number }>`
    select who.user_id,
      (select fly_app_name from public.user_fly_apps app where app.user_id = who.user_id and deleted_at is null) as name,
      1 + ${lastGeneration(sql`who.user_id`)} as generation
    from unnest(${[...userIds]}::uuid[]) as who (user_id)`.execute(tx)
  return new Map(
    rows.map(({ userId, name, generation }) => [
      userId,
      name ?? appName({ prefix, installationId, userId, generation, candidate: 0 }),
    ]),
  )
}

/** What became of each, however many, a page at a time. */
export async function* eachBulkItem(db: Database, bulkId: number): AsyncGenerator<BulkItemRow[]> {
  let afterPlace: number | undefined
  for (;;) {
    const items = await listBulkItems(db, bulkId, { limit: ITEMS_AT_ONCE, afterPlace })
    if (items.length > 0) yield items
    if (items.length < ITEMS_AT_ONCE) return
    afterPlace = items.at(-1)?.place
  }
}
