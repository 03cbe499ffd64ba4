/**
 * The migrator: numbered plain SQL files, each applied once, under a session advisory lock (so: port 5432, never a
 * transaction pooler). The checksum of each applied file is kept, and an old file that was edited afterwards is refused
 * before anything runs.
 *
 * Nobody waits long for it: each file is a transaction of its own, sent in one piece, so that its locks are held for as
 * long as its statements take and not for the way to the server and back; and it gives up waiting for a lock of somebody
 * else's after a moment, because whoever comes later waits behind it, and is tried again.
 */
import { createHash } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { HangarError } from '@hangar/core'
import { CompiledQuery, Kysely, PostgresDialect, sql } from 'kysely'
import { Migrator, type Migration } from 'kysely/migration'
import pg from 'pg'
import { LOCK_TIMEOUT_MS, withLockRetries } from './lock-retries.ts'
import { migrationsDirectory } from './paths.ts'

export type MigrationFile = { name: string; text: string; sha256: string }

/** The migrations in order. Line ends do not count towards the checksum: some checkouts change them. */
export async function readMigrations(directory: string = migrationsDirectory): Promise<MigrationFile[]> {
  const names = (await readdir(directory)).filter((name) => name.endsWith('.sql')).sort()
  return Promise.all(
    names.map(async (name) => {
      const text = (await readFile(join(directory, name), 'utf8')).replaceAll('\r\n', '\n')
      return { name: name.slice(0, -'.sql'.length), text, sha256: sha256Hex(text) }
    }),
  )
}

/** Applies what is missing and returns the names of what it applied. Safe to run twice at once. */
export async function migrateToLatest(
  connectionString: string,
  options: { migrationsDir?: string } = {},
): Promise<{ applied: string[] }> {
  const files = await readMigrations(options.migrationsDir)
  const pool = new pg.Pool({ connectionString, max: 2, application_name: 'hangar-migrate' })
  pool.on('error', () => undefined)
  const db = new Kysely<unknown>({ dialect: new PostgresDialect({ pool }) })
  try {
    await refuseEditedMigrations(db, files)
    const migrator = new Migrator({
      db,
      provider: { getMigrations: () => Promise.resolve(Object.fromEntries(files.map(toMigration))) },
      migrationTableSchema: 'hangar',
      migrationTableName: 'migration',
      migrationLockTableName: 'migration_lock',
      disableTransactions: true,
    })
    const { error, results = [] } = await migrator.migrateToLatest()
    if (error !== undefined)
      throw toError(error, results.find(({ status }) => status === 'Error')?.migrationName)
    await applyServiceRights(db)
    return { applied: results.map(({ migrationName }) => migrationName) }
  } finally {
    await db.destroy()
  }
}

/** Several statements in one message are one transaction, and all of them are taken back if one fails. */
function toMigration({ name, text, sha256 }: MigrationFile): [string, Migration] {
  const inOnePiece = [
    `set local lock_timeout = ${LOCK_TIMEOUT_MS};`,
    text,
    `;insert into hangar.migration_checksums (name, sha256) values ('${name}', '${sha256}');`,
  ].join('\n')
  const up = async (db: Kysely<unknown>) => {
    // The migrator notes it down only afterwards: a process that died in between has applied it all the same.
    if ((await appliedChecksums(db)).has(name)) return
    await withLockRetries(() => db.executeQuery(CompiledQuery.raw(inOnePiece)))
  }
  return [name, { up }]
}

/**
 * The roles of the services are given what is new: after every run, because one before may have ended between its last
 * migration and this. One at a time, because two that grant on the same table fail. Migrations of tests, and those before
 * 0015, have none.
 */
async function applyServiceRights(db: Kysely<unknown>): Promise<void> {
  const { rows } = await sql<{ known: boolean }>`
    select to_regprocedure('hangar.apply_service_rights()') is not null as known`.execute(db)
  if (!rows[0]?.known) return
  const inOnePiece = [
    `set local lock_timeout = ${LOCK_TIMEOUT_MS};`,
    "select pg_advisory_xact_lock(hashtextextended('hangar.apply_service_rights', 0));",
    'select hangar.apply_service_rights();',
  ].join('\n')
  await withLockRetries(() => db.executeQuery(CompiledQuery.raw(inOnePiece)))
}

async function appliedChecksums(db: Kysely<unknown>): Promise<Map<string, string>> {
  const known = await sql<{ exists: boolean }>`
    select to_regclass('hangar.migration_checksums') is not null as exists`.execute(db)
  if (!known.rows[0]?.exists) return new Map()
  const applied = await sql<{ name: string; sha256: string }>`
    select name, sha256 from hangar.migration_checksums`.execute(db)
  return new Map(applied.rows.map(({ name, sha256 }) => [name, sha256]))
}

async function refuseEditedMigrations(db: Kysely<unknown>, files: MigrationFile[]): Promise<void> {
  const before = await appliedChecksums(db)
  const edited = files.filter(({ name, sha256 }) => before.has(name) && before.get(name) !== sha256)
  if (edited.length === 0) return
  throw new HangarError('migration_edited', {
    operator: `edited after they were applied here: ${edited.map(({ name }) => name).join(', ')}. Restore the files, and put the change into a new migration.`,
  })
}

/** The server's message names neither the file nor its hint; an operator needs both. */
function toError(error: unknown, migrationName: string | undefined): Error {
  const where = migrationName === undefined ? 'the migration' : `migration ${migrationName}`
  const reason = error instanceof Error ? error.message : String(error)
  return new HangarError('migration_failed', { operator: `${where} failed: ${reason}`, cause: error })
}

function sha256Hex(text: string): string {
  return createHash('sha256').update(text, 'utf8').digest('hex')
}
