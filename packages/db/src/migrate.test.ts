import { randomUUID } from 'node:crypto'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createTestDatabase, startPostgres } from '@hangar/testkit'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { sql } from 'kysely'
import { createDatabase, type Database } from './database.ts'
import { countHostRows } from './host.ts'
import { installHost } from './install-host.ts'
import { findMissingRights } from './install-state.ts'
import { loadBaseline } from './baseline.ts'
import { migrateToLatest, readMigrations } from './migrate.ts'
import { migrationsDirectory } from './paths.ts'

const VALID =
  'create schema if not exists hangar;\ncreate table hangar.migration_checksums (name text, sha256 text);'

async function withEmpty(use: (url: string, db: Database) => Promise<void>): Promise<void> {
  const empty = await createTestDatabase({ template: 'empty' })
  try {
    await use(empty.url, empty.db)
  } finally {
    await empty.drop()
  }
}

describe('migrateToLatest', () => {
  let folder = ''
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'hangar-migrations-'))
  })
  afterAll(() => rm(folder, { recursive: true }))

  const options = () => ({ migrationsDir: folder })

  test('applies everything to an empty database, and nothing the second time', async () => {
    await withEmpty(async (url) => {
      const names = (await readMigrations()).map(({ name }) => name)
      expect(await migrateToLatest(url)).toEqual({ applied: names })
      expect(await migrateToLatest(url)).toEqual({ applied: [] })
    })
  })

  test('several at once: one applies, the others find it done', async () => {
    await withEmpty(async (url) => {
      const runs = await Promise.all(Array.from({ length: 4 }, () => migrateToLatest(url)))
      const expected = (await readMigrations()).map(({ name }) => name)
      expect(runs.map(({ applied }) => applied).filter(({ length }) => length > 0)).toEqual([expected])
    })
  })

  test('a failing file is taken back and named; what was before it stays, and the next run goes on', async () => {
    await withEmpty(async (url, db) => {
      await writeFile(join(folder, '0001_a.sql'), VALID)
      await writeFile(join(folder, '0002_b.sql'), 'create table public.half_done (); select 1 / 0;')
      await expect(migrateToLatest(url, options())).rejects.toMatchObject({
        code: 'migration_failed',
        message: expect.stringContaining('0002_b failed: division by zero'),
      })
      const { rows } = await sql`select to_regclass('public.half_done') as found`.execute(db)
      expect(rows).toEqual([{ found: null }])
      await writeFile(join(folder, '0002_b.sql'), 'create table public.whole ();')
      expect(await migrateToLatest(url, options())).toEqual({ applied: ['0002_b'] })
    })
  })

  test('a process that dies between a file and its note does not apply the file twice', async () => {
    await withEmpty(async (url, db) => {
      await writeFile(join(folder, '0001_a.sql'), VALID)
      await writeFile(join(folder, '0002_b.sql'), 'create table public.once ();')
      await migrateToLatest(url, options())
      await sql`delete from hangar.migration where name = '0002_b'`.execute(db)
      expect(await migrateToLatest(url, options())).toEqual({ applied: ['0002_b'] })
    })
  })

  test('a file that was edited after it was applied is refused; other line ends are no edit', async () => {
    await withEmpty(async (url) => {
      await writeFile(join(folder, '0001_a.sql'), VALID)
      await writeFile(join(folder, '0002_b.sql'), 'create table public.b ();\n')
      await migrateToLatest(url, options())
      await writeFile(join(folder, '0002_b.sql'), 'create table public.b ();\r\n')
      await writeFile(join(folder, '0003_c.sql'), 'create table public.c ();\n')
      expect(await migrateToLatest(url, options())).toEqual({ applied: ['0003_c'] })
      await writeFile(join(folder, '0002_b.sql'), 'create table public.b (id int);\n')
      await expect(migrateToLatest(url, options())).rejects.toMatchObject({
        code: 'migration_edited',
        message: expect.stringContaining('0002_b'),
      })
    })
  })
})

describe('a process that dies after its last migration, and before the roles have what is new', () => {
  test('the next run gives it to them, though nothing is left to apply', async () => {
    await withEmpty(async (url, db) => {
      await migrateToLatest(url)
      const role = `hangar_test_${randomUUID().slice(0, 8)}`
      await sql`create role ${sql.ref(role)}`.execute(db)
      try {
        await sql`select hangar.grant_service_role(${role}::regrole, 'worker')`.execute(db)
        await sql`revoke select on hangar.settings from ${sql.ref(role)}`.execute(db)
        expect((await findMissingRights(db)).missing).toHaveLength(1)
        // Two at once, as two machines that are rolled out.
        const runs = await Promise.all([migrateToLatest(url), migrateToLatest(url)])
        expect(runs).toEqual([{ applied: [] }, { applied: [] }])
        expect(await findMissingRights(db)).toEqual({ roles: [role], missing: [] })
      } finally {
        await sql`drop owned by ${sql.ref(role)}`.execute(db)
        await sql`drop role ${sql.ref(role)}`.execute(db)
      }
    })
  })
})

describe('a role that is no superuser, as Supabase’s postgres is', () => {
  test('migrates a database that it owns, and installs on tables that it owns', async () => {
    await withEmpty(async (url, db) => {
      const role = `hangar_owner_${randomUUID().slice(0, 8)}`
      await sql`create role ${sql.ref(role)} login bypassrls password 'secret'`.execute(db)
      try {
        await sql`alter database ${sql.ref(new URL(url).pathname.slice(1))} owner to ${sql.ref(role)}`.execute(
          db,
        )
        const own = new URL(url)
        own.username = role
        own.password = 'secret'
        await migrateToLatest(own.href)
        const owner = createDatabase({
          connectionString: own.href,
          applicationName: 'test',
          maxConnections: 1,
        })
        try {
          await sql`create table public.accounts (id uuid primary key, plan text)`.execute(owner)
          await sql`create table public.bots (id uuid, name text, enabled boolean, code jsonb)`.execute(owner)
          await installHost(owner, {
            subscriptions: { table: 'public.accounts', user_id: 'id', tier: 'plan' },
            users: { table: 'public.accounts', id: 'id' },
            traders: {
              table: 'public.bots',
              id: 'id',
              user_id: 'id',
              name: 'name',
              enabled: 'enabled',
              definition: 'code',
            },
          })
          await sql`insert into public.accounts values (gen_random_uuid(), 'pro')`.execute(owner)
          expect(await countHostRows(owner)).toEqual({ visible: 2, total: 2 })
        } finally {
          await owner.destroy()
        }
      } finally {
        await sql`reassign owned by ${sql.ref(role)} to current_user`.execute(db)
        await sql`drop role ${sql.ref(role)}`.execute(db)
      }
    })
  })
})

describe('the migration files', () => {
  test('are numbered without a gap and open with why, locks and grants', async () => {
    const files = await readMigrations()
    expect(files.length).toBeGreaterThan(0)
    for (const [index, { name, text }] of files.entries()) {
      expect(name).toMatch(new RegExp(`^${String(index + 1).padStart(4, '0')}_[a-z_]+$`))
      const opening = text.split('\n\n')[0]
      for (const word of ['-- Why: ', '-- Locks: ', '-- Grants: ']) expect(opening).toContain(word)
    }
  })

  test('are those that were committed: an edit is a new file, with its line in checksums.txt', async () => {
    const listed = await readFile(join(migrationsDirectory, 'checksums.txt'), 'utf8')
    const actual = (await readMigrations()).map(({ name, sha256 }) => `${sha256}  ${name}.sql\n`)
    expect(listed).toBe(actual.join(''))
  })
})

describe('on plain PostgreSQL, without the roles of Supabase', () => {
  let server: Awaited<ReturnType<typeof startPostgres>>
  let db: Database
  beforeAll(async () => {
    server = await startPostgres()
    db = createDatabase({ connectionString: server.url, applicationName: 'test', maxConnections: 2 })
  })
  afterAll(async () => {
    await db.destroy()
    await server.stop()
  })

  test('migrates and installs on a host of its own; roles that come later are covered by the next install', async () => {
    await migrateToLatest(server.url)
    const before = await sql`select rolname from pg_roles where rolname in ('anon', 'service_role')`.execute(
      db,
    )
    expect(before.rows).toEqual([])
    await sql`create table public.accounts (id uuid primary key, plan text)`.execute(db)
    await sql`create table public.bots (id int primary key, owner uuid, title text, is_on boolean, code jsonb)`.execute(
      db,
    )
    const mapping = {
      subscriptions: { table: 'public.accounts', user_id: 'id', tier: 'plan' },
      users: { table: 'public.accounts', id: 'id' },
      traders: {
        table: 'public.bots',
        id: 'id',
        user_id: 'owner',
        name: 'title',
        enabled: 'is_on',
        definition: 'code',
      },
    }
    await installHost(db, mapping)
    await sql`insert into public.accounts values (gen_random_uuid(), 'pro')`.execute(db)
    const { rows } = await sql`select wanted_version from hangar.user_wants`.execute(db)
    expect(rows).toEqual([{ wantedVersion: 1 }])

    await loadBaseline(server.url)
    await installHost(db, mapping)
    const access = await sql<{ service: boolean; anon: boolean }>`
      select has_table_privilege('service_role', 'public.user_fly_apps', 'select') as service,
        has_table_privilege('anon', 'public.user_fly_apps', 'select') as anon`.execute(db)
    expect(access.rows).toEqual([{ service: true, anon: false }])
  })
})
