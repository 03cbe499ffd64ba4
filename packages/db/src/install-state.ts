/** How Hangar stands in a database: what was applied, what is on the host's tables, and who may do what. Read only. */
import { sql } from 'kysely'
import type { Database, Tx } from './database.ts'
import { readMigrations } from './migrate.ts'
import { onlyRow } from './rows.ts'

export type SchemaState = {
  /** Of this release's files, in order. */
  missing: string[]
  edited: string[]
  /** Applied here, and not of this release: it is older than the database. */
  unknown: string[]
}

/** Compares the migrations that were applied with this release's. */
export async function readSchemaState(db: Database | Tx): Promise<SchemaState> {
  const applied = await sql<{ name: string; sha256: string }>`
    select name, sha256 from hangar.migration_checksums order by name`.execute(db)
  const files = await readMigrations()
  const there = new Map(applied.rows.map(({ name, sha256 }) => [name, sha256]))
  const known = new Set(files.map(({ name }) => name))
  return {
    missing: files.filter(({ name }) => !there.has(name)).map(({ name }) => name),
    edited: files
      .filter(({ name, sha256 }) => there.has(name) && there.get(name) !== sha256)
      .map(({ name }) => name),
    unknown: [...there.keys()].filter((name) => !known.has(name)),
  }
}

export type TriggerState = {
  /** Null: there is no such table any more. */
  table: string | null
  /** `wrong`: it watches other columns than the mapping says. */
  trigger: 'right' | 'wrong' | 'disabled' | 'missing'
  /** pg_net's call is there. */
  hasPgNet: boolean
  hasVault: boolean
}

/** What the mapping says of the subscriptions, held against the catalog. Null where nothing is installed. */
export async function readTriggerState(db: Database | Tx): Promise<TriggerState | null> {
  const { rows } = await sql<TriggerState>`
    select to_regclass(s ->> 'table')::text as "table",
      case when t.oid is null then 'missing' when t.tgenabled = 'D' then 'disabled'
        when encode(t.tgargs, 'hex') <> encode(convert_to(s ->> 'user_id', 'UTF8') || '\\x00'
          || convert_to(s ->> 'tier', 'UTF8') || '\\x00' || convert_to(coalesce(s ->> 'status', ''), 'UTF8')
          || '\\x00', 'hex') then 'wrong'
        else 'right' end as trigger,
      -- By the catalog: their names can not be resolved by a role that may not use their schemas.
      exists (select from pg_proc p join pg_namespace n on n.oid = p.pronamespace
        where n.nspname = 'net' and p.proname = 'http_post') as has_pg_net,
      exists (select from pg_class c join pg_namespace n on n.oid = c.relnamespace
        where n.nspname = 'vault' and c.relname = 'decrypted_secrets') as has_vault
    from (select mapping -> 'subscriptions' as s from hangar.host_mapping) host
    left join pg_trigger t on t.tgrelid = to_regclass(s ->> 'table') and t.tgname = 'on_user_tier_change'`.execute(
    db,
  )
  return rows[0] ?? null
}

/** What anon and authenticated can reach of Hangar's own, which is nothing where all is well. */
export async function listExposed(db: Database | Tx): Promise<string[]> {
  const { rows } = await sql<{ name: string }>`
    select distinct object as name
    from (select oid, rolname from pg_roles where rolname in ('anon', 'authenticated')) r
    cross join lateral (
      select c.oid::regclass::text as object from pg_class c
      where (c.relnamespace = 'hangar'::regnamespace
          or c.relnamespace = 'public'::regnamespace and c.relname in ('user_fly_apps', 'user_fly_app_events'))
        and c.relkind in ('r', 'v')
        and has_table_privilege(r.oid, c.oid, 'select, insert, update, delete, truncate, references, trigger')
      union all
      select p.oid::regprocedure::text from pg_proc p
      where p.pronamespace = 'hangar'::regnamespace and has_function_privilege(r.oid, p.oid, 'execute')
      union all
      select 'schema hangar' where has_schema_privilege(r.oid, 'hangar', 'usage')
    ) o order by 1`.execute(db)
  return rows.map(({ name }) => name)
}

/** The services' roles of this server, and what hangar.service_rights says they need and they do not have. */
export async function findMissingRights(db: Database | Tx): Promise<{ roles: string[]; missing: string[] }> {
  const { rows } = await sql<{ role: string; missing: string | null }>`
    select r.rolname as role, string_agg(verb || ' on ' || n.object, ', ' order by n.object, verb)
      filter (where (case
        when n.object like 'function %' then has_function_privilege(r.oid, to_regprocedure(name)::oid, verb)
        when verb like '%(%' then has_column_privilege(r.oid, to_regclass(name)::oid,
          substring(verb from '\\((.*)\\)'), split_part(verb, ' ', 1))
        else has_table_privilege(r.oid, to_regclass(name)::oid, verb) end) is not true) as missing
    from hangar.service_roles s join pg_roles r on r.rolname = s.role_name
    join hangar.service_rights n on s.kind in ('all', n.service)
    cross join regexp_split_to_table(n.privileges, ', ') as verb
    cross join lateral (select substring(n.object from ' (.*)$') as name) named
    group by r.rolname order by r.rolname`.execute(db)
  return {
    roles: rows.map(({ role }) => role),
    missing: rows.flatMap(({ role, missing }) => (missing === null ? [] : [`${role}: ${missing}`])),
  }
}

export type ConnectionState = {
  role: string
  /** A superuser, or the owner of Hangar's schema. */
  isMighty: boolean
  serverVersion: number
  /** The server's clock. */
  now: Date
}

export async function readConnectionState(db: Database | Tx): Promise<ConnectionState> {
  const { rows } = await sql<ConnectionState>`
    select current_user as role, rolsuper or exists (
        select from pg_namespace n where n.nspname = 'hangar' and pg_has_role(n.nspowner, 'usage')) as is_mighty,
      current_setting('server_version_num')::int as server_version,
      clock_timestamp() as now
    from pg_roles where rolname = current_user`.execute(db)
  return onlyRow(rows)
}
