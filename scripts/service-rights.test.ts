/** Each service's role can do what the service's code asks of the database, and nothing else. */
import { createClient } from '@hangar/db'
import { useTestDatabase } from '@hangar/testkit'
import { describe, expect, test } from '@jest/globals'
import { deriveServiceRights, SERVICES, type Right, type Service } from './lib/service-rights.ts'

const t = useTestDatabase()
const needed = deriveServiceRights()

async function query<Row extends object>(text: string, values: string[]): Promise<Row[]> {
  const client = createClient({ connectionString: t.url, applicationName: 'test' })
  await client.connect()
  try {
    return (await client.query<Row>(text, values)).rows
  } finally {
    await client.end()
  }
}

/** What the migrations say, in the words of what was derived. */
async function granted(service: Service): Promise<Right[]> {
  const rows = await query<{ object: string; privileges: string }>(
    'select object, privileges from hangar.service_rights where service = $1',
    [service],
  )
  return rows
    .flatMap(({ object, privileges }) => {
      const name = object.replace(/^(table|function) /, '').replace(/\(.*$/, '')
      return privileges.split(', ').map((verb) => `${verb.startsWith('update (') ? 'lock' : verb} ${name}`)
    })
    .sort()
}

/** Every privilege that a role has, by whatever way, on anything in this database but the system's own. */
async function effective(role: string): Promise<string[]> {
  const rows = await query<{ found: string }>(
    `with own as (select oid, nspname from pg_namespace where nspname !~ '^(pg_|information_schema)')
    select lower(verb) || ' ' || n.nspname || '.' || c.relname as found
    from pg_class c join own n on n.oid = c.relnamespace, unnest(
      array['SELECT', 'INSERT', 'UPDATE', 'DELETE', 'TRUNCATE', 'REFERENCES', 'TRIGGER', 'MAINTAIN']) verb
    where c.relkind in ('r', 'v', 'm', 'p', 'f')
      and (verb <> 'MAINTAIN' or current_setting('server_version_num')::int >= 170000)
      and has_table_privilege($1, c.oid, verb)
    union all
    select lower(verb) || ' (' || a.attname || ') ' || n.nspname || '.' || c.relname
    from pg_class c join own n on n.oid = c.relnamespace
    join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped,
    unnest(array['SELECT', 'INSERT', 'UPDATE', 'REFERENCES']) verb
    where c.relkind in ('r', 'v', 'm', 'p', 'f') and not has_table_privilege($1, c.oid, verb)
      and has_column_privilege($1, c.oid, a.attnum, verb)
    union all
    select 'sequence ' || n.nspname || '.' || c.relname from pg_class c join own n on n.oid = c.relnamespace
    where case c.relkind when 'S' then has_sequence_privilege($1, c.oid, 'usage, select, update') else false end
    union all
    select 'execute ' || n.nspname || '.' || p.proname from pg_proc p join own n on n.oid = p.pronamespace
    where n.nspname = 'hangar' and has_function_privilege($1, p.oid, 'execute')
    union all
    select 'create in ' || nspname from own where has_schema_privilege($1, oid, 'create')
    order by 1`,
    [role],
  )
  return rows.map(({ found }) => found)
}

/** To hold a row as it is, one has to have the right to update a column of it: the one that does least harm. */
const LOCKED_BY: Record<string, string> = {
  'public.user_fly_apps': 'updated_at',
  'hangar.shim_receipts': 'received_at',
}
const READ_OF_HOST = [
  ...['user_id', 'tier', 'status', 'updated_at'].map((name) => `select (${name}) public.user_subscriptions`),
  ...['id', 'email'].map((name) => `select (${name}) public.user_profiles`),
  ...['id', 'user_id', 'name', 'enabled', 'filter', 'is_builtin', 'disabled_by'].map(
    (name) => `select (${name}) public.traders`,
  ),
]
const WRITTEN_BY_API = [
  ...['trader_id', 'symbol', 'payload', 'created_at', 'user_id', 'client_id'].map(
    (name) => `insert (${name}) public.trader_signals`,
  ),
  ...['trader_id', 'started_at', 'finished_at', 'outcome', 'user_id', 'client_id'].map(
    (name) => `insert (${name}) public.trader_execution_history`,
  ),
]

describe.each(SERVICES)('%s', (service) => {
  test('its role is granted what its code asks for, no less and no more', async () => {
    expect(await granted(service)).toEqual(needed[service])
  })

  test('nothing else in the whole database is open to it', async () => {
    const expected = [
      ...needed[service].map((right) =>
        right.replace(/^lock (.*)$/, (_, table: string) => `update (${LOCKED_BY[table]}) ${table}`),
      ),
      ...READ_OF_HOST,
      ...(service === 'api' ? WRITTEN_BY_API : []),
    ]
    expect(await effective(`hangar_${service}`)).toEqual(expected.sort())
  })

  test('its role is an ordinary one', async () => {
    const rows = await query(
      `select rolsuper, rolcreaterole, rolcreatedb, rolreplication, rolbypassrls,
        (select count(*) from pg_auth_members where member = r.oid) as groups
      from pg_roles r where rolname = $1`,
      [`hangar_${service}`],
    )
    const none = { rolsuper: false, rolcreaterole: false, rolcreatedb: false, rolreplication: false }
    expect(rows).toEqual([{ ...none, rolbypassrls: false, groups: 0 }])
  })
})

test('what was read off the code is not nothing', () => {
  expect(needed.worker).toContain('update public.user_fly_apps')
  expect(needed.api).toContain('lock public.user_fly_apps')
  expect(needed.api).not.toContain('update public.user_fly_apps')
  expect(needed.scheduler.filter((right) => right.startsWith('delete'))).toEqual([])
})
