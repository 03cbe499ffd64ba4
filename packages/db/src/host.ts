/**
 * The host product's rows, through the views that `installHost` made. They are read as the caller's own role: where
 * row-level security blinds it, the views are empty instead of failing, which is why each process asks
 * `assertHostRowsVisible` before it believes them.
 */
import { HangarError } from '@hangar/core'
import { sql } from 'kysely'
import type { Database, Tx } from './database.ts'
import { onlyRow } from './rows.ts'

export type Subscription = { tier: string | null; status: string | null }
export type CustomTrader = { id: string; name: string; definition: unknown }

export async function findSubscription(db: Database | Tx, userId: string): Promise<Subscription | null> {
  const row = await db
    .selectFrom('hangar.hostSubscriptions')
    .select(['tier', 'status'])
    .where('userId', '=', userId)
    .executeTakeFirst()
  return row ?? null
}

export async function findUserEmail(db: Database | Tx, userId: string): Promise<string | null> {
  const row = await db
    .selectFrom('hangar.hostUsers')
    .select('email')
    .where('userId', '=', userId)
    .executeTakeFirst()
  return row?.email ?? null
}

/** Whether the host has a profile or a subscription of this user. */
export async function userExists(db: Database | Tx, userId: string): Promise<boolean> {
  const { rows } = await sql<{ found: boolean }>`
    select exists (select from hangar.host_users where user_id = ${userId})
      or exists (select from hangar.host_subscriptions where user_id = ${userId}) as found`.execute(db)
  return onlyRow(rows).found
}

/** The user's own enabled traders, by id. Built-in ones run on the shared fleet, never in a user's app. */
export function listCustomTraders(db: Database | Tx, userId: string): Promise<CustomTrader[]> {
  return db
    .selectFrom('hangar.hostTraders')
    .select(['id', 'name', 'definition'])
    .where('userId', '=', userId)
    .where('enabled', '=', true)
    .where('isBuiltin', '=', false)
    .orderBy('id')
    .execute()
}

export type TraderSet = { traders: CustomTrader[]; version: string }

/** The same traders and what stands for them, read at one moment. */
export async function readTraderSet(db: Database | Tx, userId: string): Promise<TraderSet> {
  const { rows } = await sql<TraderSet>`
    select ${TRADERS_VERSION} as version, coalesce(jsonb_agg(
      jsonb_build_object('id', id, 'name', name, 'definition', definition) order by id), '[]') as traders
    from hangar.host_traders where user_id = ${userId} and enabled and not is_builtin`.execute(db)
  return onlyRow(rows)
}

/** An aggregate over rows of hangar.host_traders: differs as soon as an id, a name or a definition does. */
export const TRADERS_VERSION = sql<string>`encode(sha256(convert_to(coalesce(
  string_agg(jsonb_build_array(id, name, definition)::text, ',' order by id), ''), 'UTF8')), 'hex')`

/** How many host rows the caller's role sees, and how many there are, counted at one moment. */
export async function countHostRows(db: Database | Tx): Promise<{ visible: number; total: number }> {
  const { rows } = await sql<{ visible: number; total: number }>`
    select (select count(*) from hangar.host_subscriptions) + (select count(*) from hangar.host_users)
      + (select count(*) from hangar.host_traders) as visible, hangar.host_row_count() as total`.execute(db)
  return onlyRow(rows)
}

/**
 * Throws `host_rows_hidden` where row-level security hides host rows from this role, and `host_not_installed` where
 * nobody said what the host's tables are called. An empty host is fine.
 */
export async function assertHostRowsVisible(db: Database | Tx): Promise<void> {
  const installed = await db.selectFrom('hangar.hostMapping').select('singleton').executeTakeFirst()
  if (!installed)
    throw new HangarError('host_not_installed', {
      operator:
        'nobody said in this database what the tables are called: run "hangar install --mapping mapping.json --yes"',
    })
  const { visible, total } = await countHostRows(db)
  if (visible === total) return
  throw new HangarError('host_rows_hidden', {
    operator: `this role sees ${visible} of the host's ${total} rows: give it BYPASSRLS, or policies that let it read`,
  })
}
