/**
 * Each statement is parsed and planned once per connection, not once per call. Ours read through views, row-level
 * security and CTEs, so that planning costs PostgreSQL more than running them: preparing more than halves its work
 * (npm run bench -- lifecycle). It needs what the rest of Hangar needs too, a direct or session-mode connection.
 *
 * A statement's life on one connection:
 *
 *   unknown ─ first call ─▶ prepared ─ a migration changed its columns, or the server forgot it ─▶ unknown
 */
import { randomBytes } from 'node:crypto'
import pg from 'pg'
import { noteStandby } from './standby.ts'

/** Far above what this repository sends. Texts beyond it (lists of another length each time) are not prepared. */
const MAX_STATEMENTS = 300

/** `cached plan must not change result type`, told by its place in PostgreSQL because its text is translated. */
const PLAN_IS_STALE = 'RevalidateCachedQuery'
/** invalid_sql_statement_name: DISCARD ALL, or a pooler that changed the server under us. */
const STATEMENT_IS_UNKNOWN = '26000'

/**
 * How a statement begins that is planned anew for each of its values: one whose filters are anybody's choice, where the
 * plan for the usual values is a bad one for the rare ones, and where there are too many texts to keep.
 */
export const PLANNED_ANEW = '/* planned anew */'

/** For `pg.Pool`'s option `Client`. */
export class PreparingClient extends pg.Client {
  constructor(config?: string | pg.ClientConfig) {
    super(config)
    noteStandby(this)
    prepareStatements(this)
  }
}

type Send = (...args: unknown[]) => unknown
type SendConfig = (config: pg.QueryConfig) => Promise<pg.QueryResult>

function prepareStatements(client: pg.Client): void {
  const names = new Map<string, string>()
  // Unlike any other connection's, in case a pooler lets two of them meet on one server process.
  const prefix = `hangar_${randomBytes(4).toString('hex')}_`
  let given = 0
  const send = client.query.bind(client) as SendConfig

  const prepare = (text: string, values: unknown[]): Promise<pg.QueryResult> => {
    let name = names.get(text)
    if (name === undefined) {
      if (names.size >= MAX_STATEMENTS) return send({ text, values })
      name = `${prefix}${++given}`
      names.set(text, name)
    }
    return send({ name, text, values })
  }

  const query = (...args: unknown[]): unknown => {
    const [text, values] = args
    const isPlain =
      args.length === 2 && typeof text === 'string' && Array.isArray(values) && values.length > 0
    if (!isPlain || text.startsWith(PLANNED_ANEW)) return (send as Send)(...args)
    return prepare(text, values).catch((error: unknown) => {
      if (!mustPrepareAnew(error)) throw error
      names.delete(text)
      // It failed before it did anything. Inside a transaction, which that has ended, the second try fails too.
      return prepare(text, values).catch(() => {
        throw error
      })
    })
  }
  Reflect.set(client, 'query', query)
}

function mustPrepareAnew(error: unknown): boolean {
  if (!(error instanceof pg.DatabaseError)) return false
  return error.routine === PLAN_IS_STALE || error.code === STATEMENT_IS_UNKNOWN
}
