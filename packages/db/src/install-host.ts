import { sql } from 'kysely'
import type { Database, Tx } from './database.ts'

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

/** Makes or replaces the trigger and the views on the host's tables. Enrolls nobody. May be repeated. */
export async function installHost(
  db: Database | Tx,
  mapping: HostMapping = DEFAULT_HOST_MAPPING,
): Promise<void> {
  await sql`select hangar.install_host(${JSON.stringify(mapping)}::jsonb)`.execute(db)
}

/** The mapping that is installed, or null where `installHost` never ran. */
export async function findHostMapping(db: Database | Tx): Promise<HostMapping | null> {
  const row = await db.selectFrom('hangar.hostMapping').select('mapping').executeTakeFirst()
  return (row?.mapping as HostMapping | undefined) ?? null
}
