import { CompiledQuery, sql } from 'kysely'
import pg from 'pg'
import type { Database, Tx } from './database.ts'
import { withLockRetries } from './lock-retries.ts'
import { readMigrations } from './migrate.ts'

/** What the host product's tables and columns are called. `table` is written with its schema. */
export type HostMapping = {
  subscriptions: { table: string; user_id: string; tier: string; status?: string; updated_at?: string }
  users: { table: string; id: string; email?: string }
  traders: {
    table: string
    id: string
    user_id: string
    name: string
    enabled: string
    definition: string
    is_builtin?: string
    disabled_by?: string
  }
  /** Where the signals and executions go that users' apps send. Left out: the shim takes none. */
  signals?: {
    table: string
    trader_id: string
    symbol: string
    payload: string
    created_at: string
    user_id?: string
    client_id?: string
  }
  executions?: {
    table: string
    trader_id: string
    started_at: string
    finished_at: string
    outcome: string
    user_id?: string
    client_id?: string
  }
  /** Where users are told that their app has come or gone. Left out: they are not told. */
  notifications?: {
    table: string
    user_id: string
    title: string
    body: string
    kind?: string
    created_at?: string
  }
  /** Where the trigger sends its signed hint. `secret_name` is the name of a Vault secret, never the secret. */
  webhook?: { url: string; secret_name: string }
}

/** The product's own names, as in db/baseline. */
export const DEFAULT_HOST_MAPPING: HostMapping = {
  subscriptions: {
    table: 'public.user_subscriptions',
    user_id: 'user_id',
    tier: 'tier',
    status: 'status',
    updated_at: 'updated_at',
  },
  users: { table: 'public.user_profiles', id: 'id', email: 'email' },
  traders: {
    table: 'public.traders',
    id: 'id',
    user_id: 'user_id',
    name: 'name',
    enabled: 'enabled',
    is_builtin: 'is_builtin',
    definition: 'filter',
    disabled_by: 'disabled_by',
  },
  signals: {
    table: 'public.trader_signals',
    trader_id: 'trader_id',
    symbol: 'symbol',
    payload: 'payload',
    created_at: 'created_at',
    user_id: 'user_id',
    client_id: 'client_id',
  },
  executions: {
    table: 'public.trader_execution_history',
    trader_id: 'trader_id',
    started_at: 'started_at',
    finished_at: 'finished_at',
    outcome: 'outcome',
    user_id: 'user_id',
    client_id: 'client_id',
  },
}

export type HostPart = Exclude<keyof HostMapping, 'webhook'>
export const HOST_PARTS = [
  'subscriptions',
  'users',
  'traders',
  'signals',
  'executions',
  'notifications',
] as const satisfies readonly HostPart[]

/**
 * Makes or replaces the trigger and the views on the host's tables. Enrolls nobody. May be repeated. Where the tables are
 * in use it is tried again, each time in a transaction of its own that waits for no lock longer than a moment.
 */
export async function installHost(db: Database, mapping: HostMapping = DEFAULT_HOST_MAPPING): Promise<void> {
  await withLockRetries(() => sql`select hangar.install_host(${JSON.stringify(mapping)}::jsonb)`.execute(db))
}

/**
 * What is wrong with a mapping, by the database's own word; null where it could be installed. Changes nothing, and works
 * before anything of Hangar is there.
 */
export async function checkHostMapping(db: Database, mapping: HostMapping): Promise<string | null> {
  try {
    await db.transaction().execute(async (tx) => {
      await bringChecks(tx)
      await sql`select hangar.check_host_mapping(${JSON.stringify(mapping)}::jsonb)`.execute(tx)
      throw new TakenBack()
    })
    return null
  } catch (error) {
    if (error instanceof TakenBack) return null
    if (error instanceof pg.DatabaseError && MAPPING_FAULTS.has(error.code ?? '')) return error.message
    throw error
  }
}

class TakenBack extends Error {}

/** The functions that check, from the migrations, where the database does not have them yet. */
async function bringChecks(tx: Tx): Promise<void> {
  const { rows } = await sql<{ there: boolean }>`
    select exists (select from pg_proc p join pg_namespace n on n.oid = p.pronamespace
      where n.nspname = 'hangar' and p.proname = 'check_host_mapping') as there`.execute(tx)
  if (rows[0]?.there) return
  await sql`create schema if not exists hangar`.execute(tx)
  const text = (await readMigrations()).map((file) => file.text).join('\n')
  for (const name of ['check_host_part', 'check_host_mapping']) {
    const [definition] =
      new RegExp(`create function hangar\\.${name}\\([\\s\\S]*?\\n\\$\\$;`).exec(text) ?? []
    await tx.executeQuery(
      CompiledQuery.raw(definition?.replace('create function', 'create or replace function') ?? ''),
    )
  }
}

/** invalid_parameter_value, undefined_table, undefined_column, datatype_mismatch: as check_host_part() says it. */
const MAPPING_FAULTS = new Set(['22023', '42P01', '42703', '42804'])

/** Opens one table of the host to the services' roles, as far as each needs it. Where the mapping has none, nothing. */
export async function openHostPart(db: Database, part: HostPart): Promise<void> {
  await withLockRetries(() => sql`select hangar.open_host_part(${part})`.execute(db))
}

/** The same taken back, by the mapping that is installed: before another one takes its place. */
export async function closeHostPart(db: Database, part: HostPart): Promise<void> {
  await withLockRetries(() => sql`select hangar.close_host_part(${part})`.execute(db))
}

/** Takes the trigger and what the services' roles may see off the host's tables. Hangar's own rows stay. */
export async function uninstallHost(db: Database): Promise<void> {
  for (const part of HOST_PARTS) await closeHostPart(db, part)
  await withLockRetries(() => sql`select hangar.uninstall_host()`.execute(db))
}

/** The mapping that is installed, or null where `installHost` never ran. */
export async function findHostMapping(db: Database | Tx): Promise<HostMapping | null> {
  const row = await db.selectFrom('hangar.hostMapping').select('mapping').executeTakeFirst()
  return (row?.mapping as HostMapping | undefined) ?? null
}
