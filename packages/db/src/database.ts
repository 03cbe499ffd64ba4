/** The connection: one pool per process, typed rows, and the few settings that every process shares. */
import {
  CamelCasePlugin,
  CompiledQuery,
  Kysely,
  PostgresDialect,
  type PostgresDialectConfig,
  type PostgresPool,
  Transaction,
} from 'kysely'
import pg from 'pg'
import { boundEnd } from './pool-end.ts'
import { PreparingClient } from './prepared.ts'
import type { Schema } from './schema.ts'
import { endWhenSilent } from './silence.ts'
import { assertNoStandby } from './standby.ts'

export type Database = Kysely<Schema>
export type Tx = Transaction<Schema>

/** In the caller's transaction, or in one of its own. */
export function inTransaction<T>(db: Database | Tx, change: (tx: Tx) => Promise<T>): Promise<T> {
  return db instanceof Transaction ? change(db) : db.transaction().execute(change)
}

export type DatabaseOptions = {
  /** Direct or session-mode connection (port 5432): a transaction pooler breaks the migration lock. */
  connectionString: string
  /** Shown in pg_stat_activity. */
  applicationName: string
  /** Default 10. */
  maxConnections?: number
  /** A statement that runs longer is cancelled by the server. Default 30 000; 0 means no limit. */
  statementTimeoutMs?: number
  /**
   * A transaction whose next statement does not come for so long is ended by the server, and its locks with it: whoever is
   * frozen inside one keeps neither its user nor the brakes from the others. Default 5 000.
   */
  idleTransactionMs?: number
  /** How long the end waits for connections that do not answer. Default 3 000. */
  endTimeoutMs?: number
  /** How long past that an answer may take to get here, before the connection counts as dead. Default 5 000. */
  answerSlackMs?: number
}

const CONNECT_TIMEOUT_MS = 5_000
const STATEMENT_TIMEOUT_MS = 30_000
const IDLE_TRANSACTION_MS = 5_000
const ANSWER_SLACK_MS = 5_000
/** A process that stops has ten seconds for all that it has to end. */
const END_TIMEOUT_MS = 1_000

/** Opens a pool; nothing is connected before the first query. End it with `db.destroy()`. */
export function createDatabase(options: DatabaseOptions): Database {
  const { statementTimeoutMs = STATEMENT_TIMEOUT_MS, answerSlackMs = ANSWER_SLACK_MS } = options
  const pool = new pg.Pool({
    ...clientConfig(options),
    max: options.maxConnections ?? 10,
    Client: PreparingClient,
    // A database that does not answer is an error, not a wait for TCP to give up.
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    // By the pool, which gives up a connection that fails here. Kysely's own hook keeps it for ever, and its place with it.
    verify: (client, done) => void setUp(client, options).then(() => done(), done),
  })
  boundEnd(pool, options.endTimeoutMs ?? END_TIMEOUT_MS)
  // An idle connection that the server closes is reported here, and the pool has already dropped it. Without
  // a listener that report would end the process; the next query opens a new connection or fails by itself.
  pool.on('error', () => undefined)
  // The pool listens to idle connections only: one that breaks between two statements of a transaction would end the
  // process. Its next statement fails, and the pool drops it.
  pool.on('connect', (client) => void client.on('error', () => undefined))
  if (statementTimeoutMs > 0)
    pool.on('connect', (client) => endWhenSilent(client, statementTimeoutMs + answerSlackMs))
  return kyselyOver({ pool })
}

type Timeouts = Pick<DatabaseOptions, 'statementTimeoutMs' | 'idleTransactionMs'>

async function setUp(client: pg.ClientBase, timeouts: Timeouts): Promise<void> {
  assertNoStandby(client)
  await client.query(timeoutStatements(timeouts))
}

/** Statements, not start-up parameters, which some poolers refuse. */
function timeoutStatements({
  statementTimeoutMs = STATEMENT_TIMEOUT_MS,
  idleTransactionMs = IDLE_TRANSACTION_MS,
}: Timeouts): string {
  return (
    `set statement_timeout = ${Math.trunc(statementTimeoutMs)}; ` +
    `set idle_in_transaction_session_timeout = ${Math.trunc(idleTransactionMs)}`
  )
}

/** The same over a pool of the caller's own, such as one that decides when each statement runs. */
export function databaseOver(
  pool: PostgresPool,
  timeouts: Pick<DatabaseOptions, 'statementTimeoutMs'> = {},
): Database {
  return kyselyOver({
    pool,
    onCreateConnection: async (connection) => {
      await connection.executeQuery(CompiledQuery.raw(timeoutStatements(timeouts)))
    },
  })
}

function kyselyOver(config: PostgresDialectConfig): Database {
  return new Kysely<Schema>({
    dialect: new PostgresDialect(config),
    // Column names are camelCase in TypeScript; what lies inside a jsonb value stays as it was written.
    plugins: [new CamelCasePlugin({ maintainNestedObjectKeys: true })],
  })
}

/** One connection as the pool would make it, not yet connected. `pipeline`: statements are sent before the answers of those before them. */
export function createClient(
  options: Pick<DatabaseOptions, 'connectionString' | 'applicationName'> & { pipeline?: boolean },
) {
  return new PreparingClient({ ...clientConfig(options), pipeline: options.pipeline ?? false })
}

function clientConfig(options: Pick<DatabaseOptions, 'connectionString' | 'applicationName'>) {
  return {
    connectionString: options.connectionString,
    application_name: options.applicationName,
    types: typeParsers,
  }
}

/** bigint as number: our versions, fences and ids stay far below 2^53. numeric (money) stays a string. */
const typeParsers: pg.CustomTypesConfig = {
  getTypeParser: ((...[oid, format]: Parameters<typeof pg.types.getTypeParser>) =>
    oid === pg.types.builtins.INT8 ? Number : (pg.types.getTypeParser(oid, format) as unknown)) as never,
}
