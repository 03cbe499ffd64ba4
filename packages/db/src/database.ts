/** The connection: one pool per process, typed rows, and the few settings that every process shares. */
import { CamelCasePlugin, CompiledQuery, Kysely, PostgresDialect, type Transaction } from 'kysely'
import pg from 'pg'
import { PreparingClient } from './prepared.ts'
import type { Schema } from './schema.ts'

export type Database = Kysely<Schema>
export type Tx = Transaction<Schema>

export type DatabaseOptions = {
  /** Direct or session-mode connection (port 5432): a transaction pooler breaks the migration lock. */
  connectionString: string
  /** Shown in pg_stat_activity. */
  applicationName: string
  /** Default 10. */
  maxConnections?: number
  /** A statement that runs longer is cancelled by the server. Default 30 000; 0 means no limit. */
  statementTimeoutMs?: number
}

const CONNECT_TIMEOUT_MS = 5_000

/** Opens a pool; nothing is connected before the first query. End it with `db.destroy()`. */
export function createDatabase(options: DatabaseOptions): Database {
  const pool = new pg.Pool({
    connectionString: options.connectionString,
    application_name: options.applicationName,
    max: options.maxConnections ?? 10,
    types: typeParsers,
    Client: PreparingClient,
    // A database that does not answer is an error, not a wait for TCP to give up.
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
  })
  // An idle connection that the server closes is reported here, and the pool has already dropped it. Without
  // a listener that report would end the process; the next query opens a new connection or fails by itself.
  pool.on('error', () => undefined)
  const timeoutMs = Math.trunc(options.statementTimeoutMs ?? 30_000)
  return new Kysely<Schema>({
    dialect: new PostgresDialect({
      pool,
      // Set by a statement, not as a start-up parameter, which some poolers refuse.
      onCreateConnection: async (connection) => {
        await connection.executeQuery(CompiledQuery.raw(`set statement_timeout = ${timeoutMs}`))
      },
    }),
    // Column names are camelCase in TypeScript; what lies inside a jsonb value stays as it was written.
    plugins: [new CamelCasePlugin({ maintainNestedObjectKeys: true })],
  })
}

/** bigint as number: our versions, fences and ids stay far below 2^53. numeric (money) stays a string. */
const typeParsers: pg.CustomTypesConfig = {
  getTypeParser: ((...[oid, format]: Parameters<typeof pg.types.getTypeParser>) =>
    oid === pg.types.builtins.INT8 ? Number : (pg.types.getTypeParser(oid, format) as unknown)) as never,
}
