/**
 * Rows on the host product's side, written as the product itself writes them: plain SQL on its own tables, so
 * that the real triggers fire. Hangar's own rows are made through packages/db.
 */
import { randomUUID } from 'node:crypto'
import type { Database, Tx } from '@hangar/db'
import { sql } from 'kysely'

type Db = Database | Tx

/** A user with a profile and, unless `tier` is null, a subscription row (tier free, status active). */
export async function createUser(
  db: Db,
  options: { userId?: string; tier?: string | null; status?: string | null; email?: string } = {},
): Promise<{ userId: string; email: string }> {
  const userId = options.userId ?? randomUUID()
  const email = options.email ?? `user-${userId.slice(0, 8)}@example.test`
  await sql`insert into auth.users (id, email) values (${userId}, ${email})`.execute(db)
  await sql`insert into public.user_profiles (id, email) values (${userId}, ${email}) on conflict (id) do nothing`.execute(
    db,
  )
  const { tier = 'free', status = 'active' } = options
  if (tier !== null) await setTier(db, userId, tier, status)
  return { userId, email }
}

/** Somebody among the project's accounts who has one of our roles. No user of the product. */
export async function createAdmin(
  db: Db,
  role: 'viewer' | 'operator' | 'admin',
  email = `${role}-${randomUUID().slice(0, 8)}@example.test`,
): Promise<{ userId: string; email: string }> {
  const userId = randomUUID()
  await sql`insert into auth.users (id, email, raw_app_meta_data)
    values (${userId}, ${email}, ${JSON.stringify({ role })}::jsonb)`.execute(db)
  return { userId, email }
}

/** The product's write on an upgrade or downgrade: one row, made or changed. `status` undefined leaves it. */
export async function setTier(db: Db, userId: string, tier: string, status?: string | null): Promise<void> {
  const updated = await sql`
    update public.user_subscriptions
    set tier = ${tier}, status = ${status === undefined ? sql`status` : status}, updated_at = now()
    where user_id = ${userId}`.execute(db)
  if (updated.numAffectedRows === 1n) return
  await sql`
    insert into public.user_subscriptions (user_id, tier, status)
    values (${userId}, ${tier}, ${status === undefined ? 'active' : status})`.execute(db)
}

/** The product's write when a subscription is taken away altogether. */
export async function removeSubscription(db: Db, userId: string): Promise<void> {
  await sql`delete from public.user_subscriptions where user_id = ${userId}`.execute(db)
}

/** A custom trader of the user, or a built-in one for null. The product's quota may switch it off at once. */
export async function createTrader(
  db: Db,
  userId: string | null,
  options: { name?: string; enabled?: boolean; filter?: Record<string, unknown> } = {},
): Promise<{ traderId: string }> {
  const traderId = randomUUID()
  const name = options.name ?? `trader-${traderId.slice(0, 8)}`
  await sql`
    insert into public.traders (id, user_id, name, enabled, is_builtin, filter)
    values (${traderId}, ${userId}, ${name}, ${options.enabled ?? true}, ${userId === null},
      ${JSON.stringify(options.filter ?? {})}::jsonb)`.execute(db)
  return { traderId }
}

/** Rows that must outlive every deprovisioning. */
export async function insertSignals(db: Db, userId: string, traderId: string, count: number): Promise<void> {
  await sql`
    insert into public.trader_signals (trader_id, user_id, symbol, client_id)
    select ${traderId}::uuid, ${userId}::uuid, 'SYM' || n, ${randomUUID()} || '-' || n
    from generate_series(1, ${count}::int) n`.execute(db)
}

export async function insertExecutions(
  db: Db,
  userId: string,
  traderId: string,
  count: number,
): Promise<void> {
  await sql`
    insert into public.trader_execution_history (trader_id, user_id, finished_at, client_id)
    select ${traderId}::uuid, ${userId}::uuid, now(), ${randomUUID()} || '-' || n
    from generate_series(1, ${count}::int) n`.execute(db)
}

/** What the user's traders have found, as the product has it. */
export async function listSignals(
  db: Db,
  userId: string,
): Promise<{ traderId: string; symbol: string; payload: unknown }[]> {
  const { rows } = await sql<{ traderId: string; symbol: string; payload: unknown }>`
    select trader_id, symbol, payload from public.trader_signals where user_id = ${userId}`.execute(db)
  return rows
}

export type KeptRows = { traders: number; signals: number; executions: number }

/** How many of the rows that are never deleted the user has; equal before and after whatever happens. */
export async function countKeptRows(db: Db, userId: string): Promise<KeptRows> {
  const { rows } = await sql<KeptRows>`
    select (select count(*) from public.traders where user_id = ${userId}) as traders,
      (select count(*) from public.trader_signals where user_id = ${userId}) as signals,
      (select count(*) from public.trader_execution_history where user_id = ${userId}) as executions`.execute(
    db,
  )
  const counts = rows[0]
  if (!counts) throw new Error('A select without from always answers one row.')
  return counts
}
