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

/**
 * The services' roles of this server, and what each needs and does not have: of Hangar's own by hangar.service_rights, of
 * the product's tables by the mapping.
 */
export async function findMissingRights(db: Database | Tx): Promise<{ roles: string[]; missing: string[] }> {
  const { rows } = await sql<{ role: string; missing: string | null }>`
    select r.rolname as role, string_agg(lacks.what, ', ' order by lacks.at, lacks.what) as missing
    from hangar.service_roles s join pg_roles r on r.rolname = s.role_name
    left join lateral (
      select 1 as at, verb || ' on ' || n.object as what
      from hangar.service_rights n
      cross join regexp_split_to_table(n.privileges, ', ') as verb
      cross join lateral (select substring(n.object from ' (.*)$') as name) named
      where s.kind in ('all', n.service) and (case
        when n.object like 'function %' then has_function_privilege(r.oid, to_regprocedure(name)::oid, verb)
        when verb like '%(%' then has_column_privilege(r.oid, to_regclass(name)::oid,
          substring(verb from '\\((.*)\\)'), split_part(verb, ' ', 1))
        else has_table_privilege(r.oid, to_regclass(name)::oid, verb) end) is not true
      union all
      select 2, what from (${hostRightsLacked}) as of_host
    ) lacks on true
    group by r.rolname order by r.rolname`.execute(db)
  return {
    roles: rows.map(({ role }) => role),
    missing: rows.flatMap(({ role, missing }) => (missing === null ? [] : [`${role}: ${missing}`])),
  }
}

/** hangar.host_need() of `asked.kind` and `asked.part`, for the services' own roles, which may not call it. */
export const hostNeed = sql<string | null>`case
  when asked.part in ('subscriptions', 'users', 'traders') then 'select'
  when asked.part in ('signals', 'executions') and asked.kind in ('api', 'all') then 'insert'
  when asked.part = 'notifications' and asked.kind in ('worker', 'all') then 'insert' end`

/**
 * Of the role `r` with the kind `s.kind`: what hangar.open_host_part() would give, or somebody by hand. Tables are found by
 * the catalog, because their names cannot be resolved by a role that may not use their schemas.
 */
const hostRightsLacked = sql`
  select lack.what
  from hangar.host_mapping m
  cross join lateral jsonb_each(m.mapping - 'webhook') as host (part, names)
  cross join lateral (select s.kind, host.part) as asked
  cross join lateral (select ${hostNeed} as verb, host.names ->> 'table' as name,
    parse_ident(host.names ->> 'table') as path) as needed
  join pg_namespace n on n.nspname = needed.path[1]
  join pg_class c on c.relnamespace = n.oid and c.relname = needed.path[2]
  cross join lateral (
    select needed.verb || ' (' || named.value || ') on ' || needed.name as what
    from jsonb_each_text(host.names) as named
    left join pg_attribute a on a.attrelid = c.oid and a.attname = named.value and a.attnum > 0 and not a.attisdropped
    where named.key <> 'table' and has_column_privilege(r.oid, c.oid, a.attnum, needed.verb) is not true
    union all
    select 'usage on schema ' || n.nspname where not has_schema_privilege(r.oid, n.oid, 'usage')
    union all
    select 'usage on sequence ' || q.relname from pg_depend d join pg_class q on q.oid = d.objid
    where d.refobjid = c.oid and d.deptype = 'a' and needed.verb = 'insert'
      and case q.relkind when 'S' then not has_sequence_privilege(r.oid, q.oid, 'usage') end
    union all
    -- Rows that are hidden are counted by whoever reads them; what may not be inserted shows only when it is.
    select 'a policy for insert on ' || needed.name
    where needed.verb = 'insert' and c.relrowsecurity and not r.rolbypassrls and not r.rolsuper
      and not pg_has_role(r.oid, c.relowner, 'usage')
      and not exists (
        select from pg_policy p cross join unnest(p.polroles) as to_role (oid)
        where p.polrelid = c.oid and p.polpermissive and p.polcmd in ('*', 'a')
          and case to_role.oid when 0 then true else pg_has_role(r.oid, to_role.oid, 'usage') end)
  ) as lack
  where needed.verb is not null`

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
